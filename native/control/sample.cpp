#include "control/sample.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>

#include "control/noise.h"
#include "control/tile.h"
#include "isa/kernels.h"

namespace selfcorrect {
namespace {

constexpr size_t kNudge = sizeof(Nudge<float>) / sizeof(float);
constexpr size_t kCarried = sizeof(Carried<float>) / sizeof(float);

class Sampler {
 public:
  Sampler(const Reference& reference, const TrackOptions& options, const Sampling& sampling,
          const Tuning& tuning, const SampleTuning& search)
      : reference_(reference),
        options_(options),
        sampling_(sampling),
        search_(search),
        tuning_(tuning),
        setting_(tuning, options, reference.fps),
        spline_(fit_spline(reference, tuning.smoothing)),
        body_(make_humanoid(reference.skeleton)),
        window_(frames_of(sampling.window)),
        lookahead_(sampling.lookahead > 0 ? frames_of(sampling.lookahead) : 0) {}

  void run(TrackResult& result) {
    std::vector<std::vector<Sample>> kept(1, std::vector<Sample>(1));  // of every window
    kept[0][0].carried = carried_at_start();
    kept[0][0].nudge.assign(kNudge, 0);
    int frame = 0;
    const int last = reference_.frames - 1;
    while (frame < last && !(options_.cancel && *options_.cancel)) {
      const int end = std::min(frame + window_, last);
      std::vector<Sample> best = select(simulate(kept.back(), frame, end));
      if (best.empty()) break;
      kept.push_back(std::move(best));
      frame = end;
    }
    result = TrackResult{};
    result.ok = frame == last;
    result.frames = frame + 1;
    result.motion = reference_;
    result.labels.assign(static_cast<size_t>(reference_.frames) * kLabels, 0);
    Carried<float> carried;
    std::memcpy(&carried, kept.back()[0].carried.data(), sizeof carried);
    sum_up(carried.load, 0, frame, setting_.steps, result);
    trace_back(kept, frame, result);
  }

 private:
  int frames_of(double seconds) const {
    return std::max(1, static_cast<int>(std::lround(seconds * reference_.fps)));
  }

  std::vector<float> carried_at_start() const {
    const auto tile = std::make_unique<Tile<float>>();
    start(*tile, &spline_, 1, setting_.length);
    std::vector<float> floats(kCarried);
    std::memcpy(floats.data(), static_cast<const Carried<float>*>(tile.get()), sizeof(Carried<float>));
    return floats;
  }

  // All samples of one window, children of `parents` in turn; the first child of each does not deviate.
  std::vector<Sample> simulate(const std::vector<Sample>& parents, int begin, int end) const {
    const int families = static_cast<int>(parents.size());
    const size_t rows = static_cast<size_t>(end - begin) + 1;
    std::vector<Sample> samples(static_cast<size_t>(sampling_.samples));
    for (int i = 0; i < sampling_.samples; i++) {
      Sample& sample = samples[static_cast<size_t>(i)];
      sample.parent = i % families;
      sample.nudge.assign(kNudge, 0);
      if (i >= families) {
        const Noise noise(scramble(sampling_.seed) + (static_cast<uint64_t>(begin) << 32) +
                          static_cast<uint64_t>(i));
        const Nudge<float> nudge = draw_nudge(search_, noise);
        std::memcpy(sample.nudge.data(), &nudge, sizeof nudge);
      }
      sample.carried.resize(kCarried);
      sample.motion.root.resize(rows * 3);
      sample.motion.rotation.resize(rows * kBodies * 4);
      sample.labels.resize(rows * kLabels);
    }
    const int horizon = std::min(end + lookahead_, reference_.frames - 1);
    kernels().sample(
        {options_, tuning_, search_, reference_, body_, spline_, begin, end, horizon, parents.data()},
        samples.data(), sampling_.samples);
    return samples;
  }

  // The best that still follow, best first.
  std::vector<Sample> select(std::vector<Sample>&& samples) const {
    std::stable_sort(samples.begin(), samples.end(),
                     [](const Sample& a, const Sample& b) { return a.cost < b.cost; });
    size_t n = 0;
    while (n < samples.size() && n < static_cast<size_t>(sampling_.keep) && std::isfinite(samples[n].cost))
      n++;
    samples.resize(n);
    return std::move(samples);
  }

  static void trace_back(const std::vector<std::vector<Sample>>& kept, int end, TrackResult& result) {
    int best = 0;
    for (size_t w = kept.size() - 1; w > 0; w--) {
      const Sample& sample = kept[w][static_cast<size_t>(best)];
      const int frames = static_cast<int>(sample.motion.root.size() / 3) - 1, begin = end - frames;
      const auto copy = [&](auto& from, auto& to, int width, int first) {
        std::copy(from.begin() + first * width, from.end(), to.begin() + (begin + first) * width);
      };
      copy(sample.motion.root, result.motion.root, 3, 1);
      copy(sample.motion.rotation, result.motion.rotation, kBodies * 4, 1);
      copy(sample.labels, result.labels, kLabels, begin == 0 ? 0 : 1);
      end = begin;
      best = sample.parent;
    }
  }

  const Reference& reference_;
  const TrackOptions& options_;
  const Sampling& sampling_;
  const SampleTuning& search_;
  const Tuning& tuning_;
  const Setting<float> setting_;
  const Spline spline_;
  const Humanoid body_;
  const int window_, lookahead_;  // frames
};

}  // namespace

void track_sampled(const Reference& reference, const TrackOptions& options, const Sampling& sampling,
                   TrackResult& result, const Tuning& tuning, const SampleTuning& search) {
  result = TrackResult{};
  if (reference.frames < 1) return;  // nothing to track is no success
  Sampler(reference, options, sampling, tuning, search).run(result);
}

}  // namespace selfcorrect

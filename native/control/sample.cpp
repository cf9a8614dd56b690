#include "control/sample.h"

#include <limits>
#include <memory>
#include <numeric>

#include "control/judge.h"
#include "control/noise.h"
#include "control/tile.h"

namespace selfcorrect {
namespace {

using F = Lanes;

// One lane of a structure that is made of F's only, to and from plain numbers.
template <class T>
void save_lane(const T& from, int lane, float* to) {
  const F* values = reinterpret_cast<const F*>(&from);
  for (size_t i = 0; i < sizeof(T) / sizeof(F); i++) to[i] = values[i][lane];
}
template <class T>
void load_lane(T& to, int lane, const float* from) {
  F* values = reinterpret_cast<F*>(&to);
  for (size_t i = 0; i < sizeof(T) / sizeof(F); i++) values[i][lane] = from[i];
}

void blend(const Nudge<F>& from, const Nudge<F>& to, float share, Nudge<F>& out) {
  const F *a = reinterpret_cast<const F*>(&from), *b = reinterpret_cast<const F*>(&to);
  F* o = reinterpret_cast<F*>(&out);
  for (size_t i = 0; i < sizeof(out) / sizeof(F); i++) o[i] = a[i] + (b[i] - a[i]) * share;
}

// A simulation at the end of a window.
struct Sample {
  std::vector<float> carried = std::vector<float>(sizeof(Carried<F>) / sizeof(F));
  Nudge<float> nudge{};
  int parent = 0;    // among those kept of the window before
  double cost = 0;   // infinite when it lost its target
  Reference motion;  // frames of the window; the first is the one that it starts from
  std::vector<uint8_t> labels;
};

class Sampler {
 public:
  Sampler(const Reference& reference, const TrackOptions& options, const Sampling& sampling,
          const Tuning& tuning, const SampleTuning& search)
      : reference_(reference),
        options_(options),
        sampling_(sampling),
        search_(search),
        setting_(tuning, options, reference.fps),
        spline_(fit_spline(reference, tuning.smoothing)),
        window_(frames_of(sampling.window)),
        lookahead_(sampling.lookahead > 0 ? frames_of(sampling.lookahead) : 0),
        tile_(std::make_unique<Tile<F>>()),
        judge_(std::make_unique<Judge<F>>()) {
    const Humanoid body = make_humanoid(reference.skeleton);
    for (int l = 0; l < kLanes; l++) load_shape(tile_->shape, l, body);
  }

  void run(TrackResult& result) {
    start(*tile_, &spline_, 1, setting_.length);
    std::vector<std::vector<Sample>> kept(1, std::vector<Sample>(1));  // of every window
    save_lane<Carried<F>>(*tile_, 0, kept[0][0].carried.data());
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
    load_lane<Carried<F>>(*tile_, 0, kept.back()[0].carried.data());
    sum_up(tile_->load, 0, frame, setting_.steps, result);
    trace_back(kept, frame, result);
  }

 private:
  int frames_of(double seconds) const {
    return std::max(1, static_cast<int>(std::lround(seconds * reference_.fps)));
  }

  // All samples of one window, children of `parents` in turn; the first child of each does not deviate.
  std::vector<Sample> simulate(const std::vector<Sample>& parents, int begin, int end) {
    std::vector<Sample> samples(static_cast<size_t>(sampling_.samples));
    const int count = sampling_.samples, families = static_cast<int>(parents.size());
    for (int first = 0; first < count; first += kLanes) {
      Tile<F>& tile = *tile_;
      for (int l = 0; l < kLanes; l++) {  // missing lanes repeat the last sample
        const int i = std::min(first + l, count - 1);
        Sample& sample = samples[static_cast<size_t>(i)];
        sample.parent = i % families;
        const Sample& parent = parents[static_cast<size_t>(sample.parent)];
        if (i >= families)
          sample.nudge =
              draw_nudge(search_, Noise(scramble(sampling_.seed) + (static_cast<uint64_t>(begin) << 32) +
                                        static_cast<uint64_t>(i)));
        load_lane<Carried<F>>(tile, l, parent.carried.data());
        load_lane(from_, l, reinterpret_cast<const float*>(&parent.nudge));
        load_lane(to_, l, reinterpret_cast<const float*>(&sample.nudge));
        const size_t rows = static_cast<size_t>(end - begin) + 1;
        sample.motion.root.resize(rows * 3);
        sample.motion.rotation.resize(rows * kBodies * 4);
        sample.labels.resize(rows * kLabels);
      }
      const int lanes = std::min(kLanes, count - first);
      Mask<F> lost = F{} != F{};
      F cost{};
      for (int f = begin; f < end; f++) {
        cost = frame(f, static_cast<double>(f - begin) / (end - begin),
                     static_cast<double>(f + 1 - begin) / (end - begin), lost);
        for (int l = 0; l < lanes; l++) {
          Sample& sample = samples[static_cast<size_t>(first + l)];
          record(tile, l, f + 1 - begin, sample.motion);
          label(tile, l, f + 1 - begin, setting_.steps, sample.labels);
        }
      }
      for (int l = 0; l < lanes; l++)
        save_lane<Carried<F>>(tile, l, samples[static_cast<size_t>(first + l)].carried.data());
      // Where that leads: the deviation ends within a frame.
      from_ = to_;
      to_ = Nudge<F>{};
      Mask<F> later = F{} != F{};
      for (int f = end; f < std::min(end + lookahead_, reference_.frames - 1); f++)
        cost = cost + frame(f, std::min(1, f - end), 1, later);
      for (int l = 0; l < lanes; l++) {
        const double c = cost[l];
        samples[static_cast<size_t>(first + l)].cost =
            lost[l] || std::isnan(c) ? std::numeric_limits<double>::infinity() : c;
      }
    }
    return samples;
  }

  // Simulates from frame f to the next while the deviation goes from share a to share b of its way; returns
  // the cost there.
  F frame(int f, double a, double b, Mask<F>& lost) {
    Tile<F>& tile = *tile_;
    load_knot(tile.knots[0], &spline_, 1, f);
    load_knot(tile.knots[1], &spline_, 1, f + 1);
    for (F& sole : tile.load.sole) sole = F{};
    for (int s = 1; s <= setting_.steps; s++) {
      const double share = static_cast<double>(s) / setting_.steps;
      blend(from_, to_, static_cast<float>(a + (b - a) * share), nudge_);
      advance(tile, setting_, share, &nudge_);
    }
    F relative, world;
    pose_distance(tile.shape, tile.state.rotation, tile.target.rotation,
                  tile.state.position - tile.target.position, relative, world);
    lost = lost | ~follows(relative, world);
    return judge_->cost(search_, tile, &reference_.contact[static_cast<size_t>(f + 1) * 2], relative, world);
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
  const Setting<F> setting_;
  const Spline spline_;
  const int window_, lookahead_;  // frames
  std::unique_ptr<Tile<F>> tile_;
  std::unique_ptr<Judge<F>> judge_;
  Nudge<F> from_{}, to_{}, nudge_{};  // of this window
};

}  // namespace

void track_sampled(const Reference& reference, const TrackOptions& options, const Sampling& sampling,
                   TrackResult& result, const Tuning& tuning, const SampleTuning& search) {
  result = TrackResult{};
  if (reference.frames < 1) return;  // nothing to track is no success
  Sampler(reference, options, sampling, tuning, search).run(result);
}

}  // namespace selfcorrect

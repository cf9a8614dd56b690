#include "control/sample_window.h"

#include <limits>
#include <memory>

#include "control/judge.h"
#include "control/tile.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Lanes;

void blend(const Nudge<F>& from, const Nudge<F>& to, float share, Nudge<F>& out) {
  const F *a = reinterpret_cast<const F*>(&from), *b = reinterpret_cast<const F*>(&to);
  F* o = reinterpret_cast<F*>(&out);
  for (size_t i = 0; i < sizeof(out) / sizeof(F); i++) o[i] = a[i] + (b[i] - a[i]) * share;
}

class Window {
 public:
  explicit Window(const WindowJob& job) : job_(job), setting_(job.tuning, job.options, job.reference.fps) {
    for (int l = 0; l < kLanes; l++) load_shape(tile_.shape, l, job.body);
  }

  // As many samples as there are lanes, or fewer: missing lanes repeat the last one.
  void simulate(Sample* samples, int count) {
    for (int l = 0; l < kLanes; l++) {
      const Sample& sample = samples[std::min(l, count - 1)];
      const Sample& parent = job_.parents[sample.parent];
      load_lane<Carried<F>>(tile_, l, parent.carried.data());
      load_lane(from_, l, parent.nudge.data());
      load_lane(to_, l, sample.nudge.data());
    }
    const int begin = job_.begin, end = job_.end;
    Mask<F> following = F{} == F{};
    F cost{};
    for (int f = begin; f < end; f++) {
      cost = frame(f, static_cast<double>(f - begin) / (end - begin),
                   static_cast<double>(f + 1 - begin) / (end - begin), following);
      for (int l = 0; l < count; l++) {
        record(tile_, l, samples[l].motion, f + 1 - begin);
        label(tile_, l, f + 1 - begin, setting_.steps, samples[l].labels.data());
      }
    }
    for (int l = 0; l < count; l++) save_lane<Carried<F>>(tile_, l, samples[l].carried.data());
    // Where that leads: the deviation ends within a frame.
    from_ = to_;
    to_ = Nudge<F>{};
    Mask<F> later = F{} == F{};
    for (int f = end; f < job_.horizon; f++) cost = cost + frame(f, std::min(1, f - end), 1, later);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    cost = select<F>(following & (cost == cost), cost, broadcast<F>(infinity));
    for (int l = 0; l < count; l++) samples[l].cost = get_lane(cost, l);
  }

 private:
  // Simulates from frame f to the next while the deviation goes from share a to share b of its way; returns
  // the cost there.
  F frame(int f, double a, double b, Mask<F>& following) {
    load_knot(tile_.knots[0], in_step(&job_.spline, 1, f));
    load_knot(tile_.knots[1], in_step(&job_.spline, 1, f + 1));
    for (F& sole : tile_.load.sole) sole = F{};
    for (int s = 1; s <= setting_.steps; s++) {
      const double share = static_cast<double>(s) / setting_.steps;
      blend(from_, to_, static_cast<float>(a + (b - a) * share), nudge_);
      advance(tile_, setting_, s, &nudge_);
    }
    evaluate(Segment<F>(tile_.knots[0], tile_.knots[1], 1, setting_.length), tile_.target);
    F relative, world;
    pose_distance(tile_.shape, tile_.state.rotation, tile_.target.rotation,
                  tile_.state.position - tile_.target.position, relative, world);
    following = following & follows(relative, world);
    return judge_.cost(job_.search, tile_, &job_.reference.contact[static_cast<size_t>(f + 1) * 2], relative,
                       world);
  }

  const WindowJob& job_;
  const Setting<F> setting_;
  Tile<F> tile_{};
  Judge<F> judge_{};
  Nudge<F> from_{}, to_{}, nudge_{};
};

}  // namespace

void sample_window(const WindowJob& job, Sample* samples, int count) {
  const auto window = std::make_unique<Window>(job);
  for (int first = 0; first < count; first += kLanes)
    window->simulate(samples + first, std::min(kLanes, count - first));
}

}  // namespace SC_ISA
}  // namespace selfcorrect

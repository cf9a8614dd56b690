#include "control/track_tile.h"

#include <memory>

#include "control/tile.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Lanes;

class Track {
 public:
  explicit Track(const TrackJob& job) : job_(job), setting_(job.tuning, job.options, job.fps) {}

  void run() {
    while (!cancelled() && fill()) {
      if (pause() == 0) return;
      enter();
      simulate();
      judge();
    }
  }

 private:
  bool cancelled() const { return job_.options.cancel && *job_.options.cancel; }

  // Gives free lanes a motion; returns whether any has one.
  bool fill() {
    live_ = 0;
    for (int l = 0; l < kLanes; l++) {
      if (!runners_[l] && !dry_ && l < job_.limit) {
        runners_[l] = job_.feed.next();
        dry_ = !runners_[l];
        if (runners_[l]) entered_[l] = changed_ = true;
      }
      if (runners_[l]) {
        live_++;
        some_ = l;
      }
    }
    return live_ > 0;
  }

  // Hands back as many motions as the feed wants, the last lanes first; returns how many are left.
  int pause() {
    int spare = job_.feed.spare(live_);
    for (int l = kLanes - 1; l >= 0 && spare > 0; l--) {
      Runner* runner = runners_[l];
      if (!runner) continue;
      if (!entered_[l]) {
        runner->carried.resize(kCarried);
        save_lane<Carried<F>>(tile_, l, runner->carried.data());
      }
      leave(l);
      job_.feed.paused(*runner);
      spare--;
    }
    return live_;
  }

  // A lane without a motion does from the next frame on what another does, so that it wants nothing of its
  // own.
  void leave(int lane) {
    runners_[lane] = nullptr;
    entered_[lane] = false;
    live_--;
    changed_ = true;
    for (int l = 0; l < kLanes; l++)
      if (runners_[l]) some_ = l;
  }

  // Puts the motions that are new in their lanes where they are, and all at the knots of their frames.
  void enter() {
    const auto from = [&](int l) { return place(l, 0); };
    if (changed_)
      load_knot<F>(tile_.knots[0], from);
    else
      tile_.knots[0] = tile_.knots[1];
    load_knot<F>(tile_.knots[1], [&](int l) { return place(l, 1); });
    if (!changed_) return;
    evaluate(Segment<F>(tile_.knots[0], tile_.knots[1], 0, setting_.length), tile_.target);
    for (int l = 0; l < kLanes; l++) {
      if (!entered_[l]) continue;
      Runner& runner = *runners_[l];
      load_shape(tile_.shape, l, runner.body);
      set_lane(setting_.force_cap, l, Scalar<F>(runner.force_cap));
      set_lane(setting_.torque_cap, l, Scalar<F>(runner.torque_cap));
      if (runner.carried.empty()) {
        start_lane(tile_, tile_.target, l);
        record(tile_, l, runner.result.motion, 0);
      } else {
        load_lane<Carried<F>>(tile_, l, runner.carried.data());
      }
    }
    for (int l = 0; l < kLanes; l++) {
      if (!runners_[l]) {
        copy_lane(tile_.shape, some_, l);
        copy_lane<Carried<F>>(tile_, some_, l);
      }
      entered_[l] = false;
    }
    changed_ = false;
  }

  KnotPlace place(int lane, int ahead) const {
    const Runner& runner = *runners_[runners_[lane] ? lane : some_];
    return {&runner.spline, runner.frame + ahead};
  }

  void simulate() {
    for (F& sole : tile_.load.sole) sole = F{};
    for (int s = 1; s <= setting_.steps; s++) advance(tile_, setting_, s);
  }

  // Records the frame of every motion, and lets those go that are at their end or lost.
  void judge() {
    evaluate(Segment<F>(tile_.knots[0], tile_.knots[1], 1, setting_.length), tile_.target);
    F relative, world;
    pose_distance(tile_.shape, tile_.state.rotation, tile_.target.rotation,
                  tile_.state.position - tile_.target.position, relative, world);
    for (int l = 0; l < kLanes; l++) {
      if (!runners_[l]) continue;
      Runner& runner = *runners_[l];
      TrackResult& r = runner.result;
      const int f = ++runner.frame;
      if (f < r.frames && !follows<double>(get_lane(relative, l), get_lane(world, l))) {
        r.ok = false;
        r.frames = f;  // the sums may hold anything now; those of the frames tracked stay
      } else if (f < r.frames) {
        record(tile_, l, r.motion, f);
        label(tile_, l, f, setting_.steps, r.labels.data());
        sum_up(tile_.load, l, f, setting_.steps, r);
      }
      if (r.ok && f + 1 < r.frames) continue;
      leave(l);
      job_.feed.done(runner);
    }
  }

  static constexpr size_t kCarried = sizeof(Carried<F>) / sizeof(F);

  const TrackJob& job_;
  Setting<F> setting_;
  Tile<F> tile_{};
  Runner* runners_[kLanes]{};
  bool entered_[kLanes]{};   // since the last frame
  bool changed_ = false;     // any lane, since the last frame
  bool dry_ = false;         // the feed has no more
  int live_ = 0, some_ = 0;  // lanes with a motion: how many, and one of them
};

}  // namespace

void track_tile(const TrackJob& job) { std::make_unique<Track>(job)->run(); }

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "control/track_tile.h"

#include <memory>

#include "control/tile.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Lanes;

bool cancelled(const TrackOptions& options) { return options.cancel && *options.cancel; }

}  // namespace

void track_tile(const TrackJob& job, TrackResult* results) {
  const int count = job.count;
  const Setting<F> setting(job.tuning, job.options, job.fps);
  auto memory = std::make_unique<Tile<F>>();
  Tile<F>& tile = *memory;
  int frames = 0;
  for (int l = 0; l < kLanes; l++) load_shape(tile.shape, l, job.bodies[l < count ? l : 0]);
  for (int l = 0; l < count; l++) frames = std::max(frames, results[l].frames);
  start(tile, job.splines, count, setting.length);
  for (int l = 0; l < count; l++) record(tile, l, 0, results[l].motion);

  for (int f = 1; f < frames && !cancelled(job.options); f++) {
    if (f > 1) {
      tile.knots[0] = tile.knots[1];
      load_knot(tile.knots[1], job.splines, count, f);
    }
    for (F& sole : tile.load.sole) sole = F{};
    for (int s = 1; s <= setting.steps; s++) advance(tile, setting, s);
    evaluate(Segment<F>(tile.knots[0], tile.knots[1], 1, setting.length), tile.target);
    F relative, world;
    pose_distance(tile.shape, tile.state.rotation, tile.target.rotation,
                  tile.state.position - tile.target.position, relative, world);
    bool alive = false;
    for (int l = 0; l < count; l++) {
      TrackResult& r = results[l];
      if (!r.ok || f >= r.frames) continue;
      if (!follows<double>(get_lane(relative, l), get_lane(world, l))) {
        r.ok = false;
        r.frames = f;
        continue;  // the sums may hold anything now; those of the frames tracked stay
      }
      record(tile, l, f, r.motion);
      label(tile, l, f, setting.steps, r.labels);
      sum_up(tile.load, l, f, setting.steps, r);
      alive |= f + 1 < r.frames;
    }
    if (!alive) break;
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

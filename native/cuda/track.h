// The kernel `track`: a thread simulates a motion from its start to its end, or until it is lost, within the
// caps of one rung. What control/track_tile.cpp does with a motion in a lane, to the byte.
//
// A thread's simulation is 13.7 KB and lies with its stack, 16 KB in all, in local memory, which a warp reads
// side by side. A step touches most of it, and 2.2 KB of knots, which it reads where they are.
// The settings are read from the launch's arguments: a __grid_constant__, or each thread copies them.
#pragma once
#include "control/simulation.h"
#include "cuda/knots.h"
#include "cuda/spot.h"
#include "cuda/tile_memory.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Steps of a frame whose blends a launch hands over: of 240 steps a second at 5 frames a second.
constexpr int kBlends = 48;

struct TrackArgs {
  TileMemory tile;
  const int32_t* active;  // numbers of the motions to track
  int active_count;
  int rung;
  const volatile int32_t* stop;  // as in KernelArgs
  Setting<float> setting;
  Blend<float> blend[kBlends];  // of step 1 of a frame, 2, ...
};

// Of a launch, on the host.
inline TrackArgs track_args(const KernelArgs& args) {
  const TrackOptions options{args.options.rate, args.force, args.torque};
  TrackArgs out{args.tile, args.active, args.active_count,
                args.rung, args.stop,   {Tuning{}, options, args.options.fps},
                {}};
  const Setting<float>& s = out.setting;
  for (int step = 1; step <= s.steps && step <= kBlends; step++)
    out.blend[step - 1] = Blend<float>(static_cast<double>(step) / s.steps, s.length);
  return out;
}

SC_INLINE Blend<float> blend_of(const TrackArgs& args, int step) {
  const Setting<float>& s = args.setting;
  if (s.steps <= kBlends) return args.blend[step - 1];
  return Blend<float>(static_cast<double>(step) / s.steps, s.length);
}

// Of the motion's last frame tracked: `frames` frames after the first one.
SC_INLINE void write_sums(const TrackArgs& args, int i, bool ok, int tracked, const Load<float>& load,
                          int frames) {
  TrackTotals totals;
  if (frames > 0) sum_up(load, 0, frames, args.setting.steps, totals);
  TrackSums& out = args.tile.sums[i];
  out.ok = ok;
  out.rung = args.rung;
  out.frames = tracked;
  out.residual_mean = totals.residual_mean;
  out.residual_max = totals.residual_max;
  out.torque_mean = totals.torque_mean;
  out.torque_max = totals.torque_max;
  out.support = totals.support;
  out.saturation = totals.saturation;
  out.effort = totals.effort;
}

// A thread for each active motion. Of a motion that is lost, the frames from sums[i].frames on are left as
// they are; of all, when it is stopped.
SC_CALL inline void track(const TrackArgs& args, Spot spot) {
  const TileMemory& tile = args.tile;
  if (spot.index() >= args.active_count) return;
  const int i = args.active[spot.index()];
  if (tile.reason[i] != static_cast<uint8_t>(Reason::kNone)) return;
  const int frames = tile.length[i];
  const size_t start = static_cast<size_t>(tile.start[i]);
  const float* knot = tile.knots + knots_of(tile.start, tile.length, i);
  float* root = tile.tracked_root + start * 3;
  float* rotation = tile.tracked_rotation + start * kBodies * 4;
  uint8_t* const labels = tile.tracked_labels + start * kLabels;

  Simulation<float> now;
  load_shape(now.shape, 0, tile.body[i]);
  Target<float> target;
  {
    const KnotColumns first(knot), second(frames > 1 ? knot + kKnotGroupRow : knot);
    evaluate(Segment<float, KnotColumns>(first, second, 0, args.setting.length), target);
  }
  start_lane(now, target, 0);
  record(now.state, 0, root, rotation);
  for (int k = 0; k < kLabels; k++) labels[k] = 0;
  SC_LOOP
  for (int f = 1; f < frames; f++, knot += kKnotGroupRow) {
    if (args.stop && *args.stop) return;
    const KnotColumns from(knot), to(knot + kKnotGroupRow);
    const Load<float> before = now.load;
    for (float& sole : now.load.sole) sole = 0;
    SC_LOOP
    for (int step = 1; step <= args.setting.steps; step++) {
      const Segment<float, KnotColumns> segment(from, to, blend_of(args, step));
      advance(now, args.setting, segment, step % 2 == 1);
    }
    evaluate(Segment<float, KnotColumns>(from, to, blend_of(args, args.setting.steps)), target);
    float relative, world;
    pose_distance(now.shape, now.state.rotation, target.rotation, now.state.position - target.position,
                  relative, world);
    if (!follows<double>(relative, world)) {
      write_sums(args, i, false, f, before, f - 1);
      return;
    }
    record(now.state, 0, root + static_cast<size_t>(f) * 3, rotation + static_cast<size_t>(f) * kBodies * 4);
    label(now, 0, f, args.setting.steps, labels);
  }
  write_sums(args, i, true, frames, now.load, frames - 1);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

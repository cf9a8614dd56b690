// Times physics steps of one tile, for benches.
#pragma once
#include <algorithm>
#include <cmath>
#include <ctime>
#include <memory>

#include "control/step_kernel.h"
#include "control/tile.h"

namespace selfcorrect {
inline namespace SC_ISA {

inline double processor_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// A step with PD on the joints alone: nothing holds the pelvis.
template <class F>
void advance_passive(Tile<F>& tile, const Setting<F>& s, int step) {
  const Segment<F> segment(tile.knots[0], tile.knots[1], static_cast<double>(step) / s.steps, s.length);
  const Scalar<F> h = s.ground.step;
  ControlWork<F>& work = tile.control;
  Axes<F> turn{};
  for (int b : kTree.order) {
    place_body(tile.shape, tile.state, b, tile.kinematics);
    const int p = kParent[b], depth = kTree.depth[b];
    const BodyTarget<F> target = segment.body(b, false);
    WishLevel<F>& own = work.level[depth];
    own.error = target.rotation * conjugate(tile.state.rotation[b]);
    own.spin = target.spin;
    if (p < 0) {
      turn = axes_of(conjugate(own.error));
      continue;
    }
    const WishLevel<F>& parent = work.level[depth - 1];
    const Vec3<F> e = rotation_vector(conjugate(parent.error) * own.error);
    const Vec3<F> v = tile.state.spin[b] - tile.state.spin[p];
    const Vec3<F> wanted = rotate(turn, own.spin - parent.spin);
    work.torque[b] = (e - v * h) * s.gains.stiffness[b] + (wanted - v) * s.gains.damping[b];
  }
  const Loads<F> loads{s.gains.armature, {}, {}, &s.ground, &tile.grip, joint_limits(), h};
  const auto pelvis = articulate(tile.shape, tile.state, tile.kinematics, loads, tile.forward,
                                 [&](int b) { return work.torque[b]; });
  integrate_pelvis(tile.state, true_acceleration(pelvis.linear), h);
  accelerate(tile.kinematics, pelvis.linear, pelvis.angular, &tile.grip, tile.forward,
             [&](int b, Vec3<F> angular, Vec3<F>) { integrate_body(tile.state, b, angular, h); });
}

// Squared angles between joints and targets, summed over the joints.
template <class F>
double squared_error(const Tile<F>& tile, int lane) {
  double sum = 0;
  for (int b = 1; b < kBodies; b++) {
    const int p = kParent[b];
    const Quat<F> child = tile.target.rotation[b] * conjugate(tile.state.rotation[b]);
    const Quat<F> parent = tile.target.rotation[p] * conjugate(tile.state.rotation[p]);
    const Vec3<F> e = rotation_vector(conjugate(parent) * child);
    for (const F& x : {e.x, e.y, e.z}) sum += static_cast<double>(get_lane(x, lane)) * get_lane(x, lane);
  }
  return sum;
}

// Simulates up to lane_count<F> motions; missing lanes repeat the first. `begin()` before the first timed
// step.
template <class F, class Begin>
StepTiming run_steps(const StepJob& job, Begin begin) {
  const StepProbe& probe = job.probe;
  const int count = job.count;
  const Tuning tuning;
  TrackOptions options;
  options.rate = probe.rate;
  Setting<F> setting(tuning, options, job.fps);
  for (int b = 1; probe.gains && b < kBodies; b++) {
    const double h = setting.ground.step, kp = probe.gains[b * 2], kd = probe.gains[b * 2 + 1];
    setting.gains.stiffness[b] = Scalar<F>(kp);
    setting.gains.damping[b] = Scalar<F>(kd);
    setting.gains.armature[b] = Scalar<F>(kArmature + h * kd + h * h * kp);
  }
  auto memory = std::make_unique<Tile<F>>();
  Tile<F>& tile = *memory;
  for (int l = 0; l < lane_count<F>; l++) load_shape(tile.shape, l, job.bodies[l < count ? l : 0]);
  start(tile, job.splines, count, setting.length);
  StepTiming timing;
  timing.height = HUGE_VAL;
  const int frames = job.splines[0].frames;
  for (int f = 1; f < frames; f++) {
    if (f == probe.settle) begin();
    const double started = processor_seconds();
    if (f > 1) {
      tile.knots[0] = tile.knots[1];
      load_knot(tile.knots[1], in_step(job.splines, count, f));
    }
    for (int s = 1; s <= setting.steps; s++) {
      if (probe.gains)
        advance_passive(tile, setting, s);
      else
        advance(tile, setting, s);
    }
    if (f < probe.settle) continue;
    timing.seconds += processor_seconds() - started;
    evaluate(Segment<F>(tile.knots[0], tile.knots[1], 1, setting.length), tile.target);
    timing.steps += static_cast<long>(setting.steps) * count;
    for (int l = 0; l < count; l++) {
      timing.height = std::fmin(timing.height, get_lane(tile.state.position.y, l));
      timing.error += squared_error(tile, l) / ((kBodies - 1) * static_cast<double>(count));
    }
  }
  timing.error = std::sqrt(timing.error / std::max(1, frames - probe.settle));
  return timing;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

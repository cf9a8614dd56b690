// What the report says of torques and soles, gathered over the physics steps of a motion.
#pragma once
#include "contact/ground.h"
#include "control/controller.h"
#include "include/tracker.h"

namespace selfcorrect {
inline namespace SC_ISA {

// A torque this near to its limit is at it: clipping leaves rounding errors.
constexpr double kAtLimit = 0.9999;
// Share of the body's weight that a sole carries, on average over a frame, when it is in contact.
constexpr double kLoaded = 0.01;

// Sums and extremes over the steps so far, per lane.
template <class F>
struct Load {
  F force, force_max;    // residual force on the pelvis, body weights
  F moment, moment_max;  // residual moment on the pelvis, N m
  F support;             // vertical residual force, body weights
  F saturated;           // joint-steps whose torque was at the limit
  F effort;              // largest torque over its limit
  F sole[kLabels];       // normal force since the last frame, N times steps
};

template <class F>
SC_INLINE void add_residual(Vec3<F> residual_force, Vec3<F> residual_moment, F weight, Load<F>& load) {
  const F unit = Scalar<F>(1) / weight, force = norm(residual_force) * unit, moment = norm(residual_moment);
  load.force = load.force + force;
  load.force_max = maximum<F>(load.force_max, force);
  load.moment = load.moment + moment;
  load.moment_max = maximum<F>(load.moment_max, moment);
  load.support = load.support + residual_force.y * unit;
}

// `ratio`: of a joint's torque to its limit.
template <class F>
SC_INLINE void add_torque(F ratio, Load<F>& load) {
  const F at_limit = select<F>(ratio > broadcast<F>(kAtLimit), broadcast<F>(1), F{});
  load.saturated = load.saturated + at_limit;
  load.effort = maximum<F>(load.effort, ratio);
}

template <class F>
SC_INLINE void add_soles(const Grip<F>& grip, Load<F>& load) {
  constexpr int soles[kLabels] = {7, 10, 8, 11};
  SC_LOOP
  for (int i = 0; i < kLabels; i++) {
    SC_LOOP
    for (int p = kPoints.begin[soles[i]]; p < kPoints.end[soles[i]]; p++)
      load.sole[i] = load.sole[i] + grip.normal[p];
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

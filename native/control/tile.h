// One SIMD register's worth of motions, tracked from first to last frame.
#pragma once
#include <memory>

#include "control/controller.h"
#include "control/track.h"
#include "dynamics/forward.h"
#include "dynamics/kinematics.h"

namespace selfcorrect {

template <class F>
struct Tile {
  Shape<F> shape;
  State<F> state;
  Kinematics<F> kinematics;
  Knot<F> knots[2];
  Target<F> target;
  Control<F> control;
  ControlWork<F> work;
  Grip<F> grip;
  ForwardWork<F> forward;
  Acceleration<F> acceleration;
  F force_sum, force_max, torque_sum, support_sum;  // over the steps so far, per lane
};

// Everything that happens in one physics step, towards `tile.target`.
template <class F>
void advance(Tile<F>& tile, const Tuning& tuning, const Gains<F>& gains, const Ground<F>& ground, F force_cap,
             F torque_cap) {
  forward_kinematics(tile.shape, tile.state, tile.kinematics);
  control(tuning, gains, tile.shape, tile.state, tile.kinematics, tile.target, ground.step, force_cap,
          torque_cap, tile.work, tile.control);
  forward_dynamics<F>(tile.shape, tile.state, tile.kinematics, tile.control.torque, gains.armature,
                      tile.control.force, tile.control.moment, &ground, &tile.grip, tile.forward,
                      tile.acceleration, joint_limits(), ground.step);
  weigh_torques(gains, tile.acceleration, tile.control);
  integrate(tile.state, tile.acceleration, ground.step);
  const F unit = Scalar<F>(1) / tile.shape.weight;
  const F force = norm(tile.control.force) * unit;
  tile.force_sum = tile.force_sum + force;
  tile.force_max = maximum(tile.force_max, force);
  tile.torque_sum = tile.torque_sum + norm(tile.control.moment);
  tile.support_sum = tile.support_sum + tile.control.force.y * unit;
}

// Mean distance of the joints between two poses on one skeleton, relative to the pelvis and in the world, m.
template <class F>
void pose_distance(const Shape<F>& shape, const Quat<F>* a, const Quat<F>* b, Vec3<F> root, F& relative,
                   F& world) {
  Vec3<F> at[kBodies];  // of the difference
  Axes<F> axes_a[kBodies], axes_b[kBodies];
  relative = F{};
  world = norm(root);
  for (int i = 0; i < kBodies; i++) {
    axes_a[i] = axes_of(a[i]);
    axes_b[i] = axes_of(b[i]);
    const int p = kParent[i];
    if (p < 0) {
      at[i] = Vec3<F>{};
      continue;
    }
    at[i] = at[p] + rotate(axes_a[p], shape.offset[i]) - rotate(axes_b[p], shape.offset[i]);
    relative = relative + norm(at[i]);
    world = world + norm(at[i] + root);
  }
  relative = relative * Scalar<F>(1.0 / kBodies);
  world = world * Scalar<F>(1.0 / kBodies);
}

// Tracks up to lane_count<F> references of one frame rate; missing lanes repeat the first one.
template <class F>
void track_tile(const Reference* const* references, int count, const TrackOptions& options,
                const Tuning& tuning, TrackResult* results);

}  // namespace selfcorrect

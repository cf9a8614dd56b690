// A tile of simulations, one per lane: its physics step with the controller, where it starts, and what comes
// of a frame. Plain arrays and no memory of its own, so that graphics cards have it too.
#pragma once
#include <algorithm>
#include <cmath>

#include "control/controller.h"
#include "control/load.h"
#include "control/track.h"
#include "dynamics/forward.h"
#include "dynamics/kinematics.h"

namespace selfcorrect {
inline namespace SC_ISA {

// What a simulation carries from one step to the next: nothing but F's.
template <class F>
struct Carried {
  State<F> state;
  Grip<F> grip;
  Plan<F> plan;
  Load<F> load;
};

template <class F>
struct Simulation : Carried<F> {
  Shape<F> shape;
  Kinematics<F> kinematics;
  ControlWork<F> control;
  ForwardWork<F> forward;
};

// What is the same in every lane and step.
template <class F>
struct Setting {
  Tuned<Scalar<F>> tuned;
  int steps;      // per frame
  double length;  // of a frame, s
  Gains<F> gains;
  Ground<F> ground;
  F force_cap, torque_cap;  // body weights, N m

  Setting(const Tuning& t, const TrackOptions& options, double fps)
      : tuned(t),
        steps(std::max(1, static_cast<int>(std::lround(options.rate / fps)))),
        length(1 / fps),
        gains(make_gains<F>(length / steps)),
        force_cap(broadcast<F>(options.force_cap)),
        torque_cap(broadcast<F>(options.torque_cap)) {
    using S = Scalar<F>;
    ground = {S(length / steps), S(t.ground_stiffness),    S(t.ground_damping),
              S(t.ground_grip),  S(t.ground_grip_damping), S(t.ground_friction)};
  }
};

// A physics step, to the instant of `segment`, in three sweeps: down from the pelvis to see where the
// bodies are and what is wanted of them, up from the leaves for contacts, torques and inertias, and down
// again with the accelerations. anew: whether what the controller wants is found anew.
template <class F, class K>
SC_INLINE void advance(Simulation<F>& tile, const Setting<F>& s, const Segment<F, K>& segment, bool anew,
                       const Nudge<F>* nudge = nullptr) {
  const Scalar<F> h = s.ground.step;
  Kinematics<F>& k = tile.kinematics;
  ControlWork<F>& work = tile.control;
  Controller<F> controller{s.tuned, s.gains, tile.shape, tile.state, k, nudge, h, anew, work, tile.plan};
  place_body(tile.shape, tile.state, 0, k);
  controller.wish_pelvis(segment.pelvis(), segment.body(0, anew));
  SC_LOOP
  for (int i = 1; i < kBodies; i++) {
    const int b = kTree.order[i];
    place_body(tile.shape, tile.state, b, k);
    controller.wish_body(b, segment.body(b, anew));
  }
  controller.plan_support(s.force_cap, s.torque_cap);

  const Loads<F> loads{s.gains.armature, work.force, work.moment, &s.ground, &tile.grip, joint_limits(), h};
  const auto pelvis =
      articulate(tile.shape, tile.state, k, loads, tile.forward, [&](int b) { return controller.torque(b); });
  integrate_pelvis(tile.state, true_acceleration(pelvis.linear), h);
  accelerate(k, pelvis.linear, pelvis.angular, &tile.grip, tile.forward,
             [&](int b, Vec3<F> angular, Vec3<F> joint) {
               integrate_body(tile.state, b, angular, h);
               if (b > 0) add_torque(torque_ratio(s.gains, b, work.torque[b], joint), tile.load);
             });
  add_residual(work.force, work.moment, tile.shape.weight, tile.load);
  add_soles(tile.grip, tile.load);
}

// Puts a lane at its target, at rest on nothing.
template <class F>
SC_CALL void start_lane(Carried<F>& carried, const Target<F>& target, int lane) {
  F* values = reinterpret_cast<F*>(&carried);
  SC_LOOP
  for (size_t i = 0; i < sizeof(carried) / sizeof(F); i++) set_lane(values[i], lane, Scalar<F>(0));
  const auto put = [lane](Vec3<F>& to, const Vec3<F>& from) {
    set_lane(to.x, lane, get_lane(from.x, lane));
    set_lane(to.y, lane, get_lane(from.y, lane));
    set_lane(to.z, lane, get_lane(from.z, lane));
  };
  put(carried.state.position, target.position);
  put(carried.state.velocity, target.velocity);
  SC_LOOP
  for (int b = 0; b < kBodies; b++) {
    Quat<F>& to = carried.state.rotation[b];
    const Quat<F>& from = target.rotation[b];
    put(carried.state.spin[b], target.spin[b]);
    set_lane(to.w, lane, get_lane(from.w, lane));
    set_lane(to.x, lane, get_lane(from.x, lane));
    set_lane(to.y, lane, get_lane(from.y, lane));
    set_lane(to.z, lane, get_lane(from.z, lane));
  }
}

// One lane's pose: root [3], rotation [22][4].
template <class F>
SC_CALL void record(const State<F>& state, int lane, float* root, float* rotation) {
  root[0] = static_cast<float>(get_lane(state.position.x, lane));
  root[1] = static_cast<float>(get_lane(state.position.y, lane));
  root[2] = static_cast<float>(get_lane(state.position.z, lane));
  SC_LOOP
  for (const Quat<F>& r : state.rotation) {
    *rotation++ = static_cast<float>(get_lane(r.w, lane));
    *rotation++ = static_cast<float>(get_lane(r.x, lane));
    *rotation++ = static_cast<float>(get_lane(r.y, lane));
    *rotation++ = static_cast<float>(get_lane(r.z, lane));
  }
}

// Which soles carried the body since the last frame. Frame 0 is given what the first steps after it show.
// labels: [frames][kLabels] of the motion.
template <class F>
SC_CALL void label(const Simulation<F>& tile, int lane, int frame, int steps, uint8_t* labels) {
  const double least = kLoaded * get_lane(tile.shape.weight, lane) * steps;
  for (int i = 0; i < kLabels; i++) {
    const bool loaded = get_lane(tile.load.sole[i], lane) > least;
    for (int f = frame == 1 ? 0 : frame; f <= frame; f++)
      labels[static_cast<size_t>(f) * kLabels + i] = loaded;
  }
}

// What the load of `frames` frames says.
template <class F>
SC_CALL void sum_up(const Load<F>& load, int lane, int frames, int steps, TrackTotals& r) {
  const double n = std::max(1, frames) * static_cast<double>(steps);
  r.residual_mean = get_lane(load.force, lane) / n;
  r.residual_max = get_lane(load.force_max, lane);
  r.torque_mean = get_lane(load.moment, lane) / n;
  r.torque_max = get_lane(load.moment_max, lane);
  r.support = get_lane(load.support, lane) / n;
  r.saturation = get_lane(load.saturated, lane) / (n * (kBodies - 1));
  r.effort = get_lane(load.effort, lane);
}

// Beyond this, in m, a motion counts as lost. 253 real and generated motions stay within 0.26 m in 99 % of
// cases; a body that falls is past 0.3 m.
constexpr double kMaxRelative = 0.2, kMaxWorld = 0.5;

// Which lanes still follow their targets. Written so that not-a-number does not.
template <class F>
SC_CALL Mask<F> follows(F relative, F world) {
  return (relative <= Scalar<F>(kMaxRelative)) & (world <= Scalar<F>(kMaxWorld));
}

// Mean distance of the joints between two poses on one skeleton, relative to the pelvis and in the world, m.
template <class F>
SC_CALL void pose_distance(const Shape<F>& shape, const Quat<F>* a, const Quat<F>* b, Vec3<F> root,
                           F& relative, F& world) {
  Vec3<F> at[kBodies];  // of the difference
  Axes<F> axes_a[kBodies], axes_b[kBodies];
  relative = F{};
  world = norm(root);
  SC_LOOP
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

}  // namespace SC_ISA
}  // namespace selfcorrect

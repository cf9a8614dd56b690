// What the dynamics kernels read and write, one motion per lane of F.
//
// Generalised velocities are the ABSOLUTE angular velocities of the bodies in world axes, and each body's
// reference point is the origin of its joint. All joints are spherical, so a joint's motion subspace is then
// [1; 0]: the shift from child to parent is a translation, the joint-space inertia a 3x3 block, and no 6x6
// transform is needed anywhere.
#pragma once
#include "math/quat.h"
#include "model/humanoid.h"

namespace selfcorrect {
inline namespace SC_ISA {

constexpr double kGravity = 9.81;
constexpr double kArmature = 0.005;  // kg m^2 on every joint

template <class F>
struct Shape {
  Vec3<F> offset[kBodies], com[kBodies], inertia[kBodies];
  F mass[kBodies];
  Vec3<F> point[kMaxPoints];
  F weight;
};

template <class F>
struct State {
  Vec3<F> position, velocity;  // of the pelvis' joint
  Quat<F> rotation[kBodies];   // absolute
  Vec3<F> spin[kBodies];       // absolute angular velocity, world axes
  Vec3<F> lead[kBodies];       // what the spin is expected to gain by the time of the rotations
  Vec3<F> rate[kBodies];       // the last step's angular acceleration

  // Angular velocity at the time of the rotations, for the forces of inertia.
  SC_INLINE Vec3<F> turning(int body) const { return spin[body] + lead[body]; }
};

// Quantities of the current configuration that several kernels share.
template <class F>
struct Kinematics {
  Axes<F> axes[kBodies];
  Vec3<F> reach[kBodies];     // from the parent's joint to the own joint, world axes
  Vec3<F> origin[kBodies];    // of the joint relative to the pelvis
  Vec3<F> velocity[kBodies];  // of the joint
  Vec3<F> turning[kBodies];   // the state's
  // Own inertia about the joint: rotational part, first moment m c; velocity-dependent moment and force.
  Sym3<F> inertia[kBodies];
  Vec3<F> moment[kBodies], bias_moment[kBodies], bias_force[kBodies];
};

// A true acceleration as the sweeps have it, and back.
template <class F>
SC_INLINE Vec3<F> less_gravity(Vec3<F> a) {
  return {a.x, a.y + Scalar<F>(kGravity), a.z};
}
template <class F>
SC_INLINE Vec3<F> true_acceleration(Vec3<F> a) {
  return {a.x, a.y - Scalar<F>(kGravity), a.z};
}

// Accelerations; `linear` is the pelvis' true acceleration.
template <class F>
struct Acceleration {
  Vec3<F> linear;
  Vec3<F> angular[kBodies];
  Vec3<F> joint[kBodies];  // relative to the parent's turning axes; entry 0 unused
};

// Copies one motion's humanoid into a lane.
template <class F>
SC_CALL void load_shape(Shape<F>& shape, int lane, const Humanoid& body) {
  auto put = [lane](Vec3<F>& to, const float* from) {
    set_lane(to.x, lane, from[0]);
    set_lane(to.y, lane, from[1]);
    set_lane(to.z, lane, from[2]);
  };
  SC_LOOP
  for (int b = 0; b < kBodies; b++) {
    put(shape.offset[b], body.offset[b]);
    put(shape.com[b], body.com[b]);
    put(shape.inertia[b], body.inertia[b]);
    set_lane(shape.mass[b], lane, body.mass[b]);
  }
  SC_LOOP
  for (int p = 0; p < kMaxPoints; p++) put(shape.point[p], body.point[p].at);
  set_lane(shape.weight, lane, body.weight);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

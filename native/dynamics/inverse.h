// Inverse dynamics (recursive Newton-Euler, Featherstone 2008, ch. 5) at given accelerations, in two halves:
// the bodies' forces and their sum at the pelvis first, then, once contact forces are known, the joint
// torques.
#pragma once
#include "dynamics/body.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Wrench {
  Vec3<F> force, moment;
};
template <class F>
SC_INLINE void operator+=(Wrench<F>& a, const Wrench<F>& b) {
  a.force += b.force;
  a.moment += b.moment;
}

// The acceleration of joint b, less gravity, from that of its parent's joint and the parent's angular one.
template <class F>
SC_INLINE Vec3<F> carried_acceleration(const Kinematics<F>& k, int b, Vec3<F> parent, Vec3<F> angular) {
  const Vec3<F> r = k.reach[b], wp = k.turning[kParent[b]];
  return parent + cross(angular, r) + cross(wp, cross(wp, r));
}

// Needed on body b about its own joint for its accelerations (of the joint's: less gravity).
template <class F>
SC_INLINE Wrench<F> needed_force(const Shape<F>& shape, const Kinematics<F>& k, int b, Vec3<F> acceleration,
                                 Vec3<F> angular) {
  const Vec3<F> h = k.moment[b];
  return {acceleration * shape.mass[b] + cross(angular, h) + k.bias_force[b],
          k.inertia[b] * angular + cross(h, acceleration) + k.bias_moment[b]};
}

// A wrench about joint b, about the pelvis' joint.
template <class F>
SC_INLINE Wrench<F> at_pelvis(const Kinematics<F>& k, int b, const Wrench<F>& w) {
  return {w.force, w.moment + cross(k.origin[b], w.force)};
}

// A wrench about joint b, about its parent's joint.
template <class F>
SC_INLINE Wrench<F> at_parent(const Kinematics<F>& k, int b, const Wrench<F>& w) {
  return {w.force, w.moment + cross(k.reach[b], w.force)};
}

// Needed on each body about its own joint, gravity included, for `wanted`. Returns what is needed at the
// pelvis in all.
template <class F>
SC_INLINE Wrench<F> needed_forces(const Shape<F>& shape, const Kinematics<F>& k,
                                  const Acceleration<F>& wanted, Wrench<F>* needed, Vec3<F>* acceleration) {
  Wrench<F> sum{};
  for (int b = 0; b < kBodies; b++) {
    const int p = kParent[b];
    acceleration[b] =
        p < 0 ? less_gravity(wanted.linear) : carried_acceleration(k, b, acceleration[p], wanted.angular[p]);
    needed[b] = needed_force(shape, k, b, acceleration[b], wanted.angular[b]);
    sum += at_pelvis(k, b, needed[b]);
  }
  return sum;
}

// Sums the wrenches from the leaves to the pelvis: entry b becomes the force and torque through joint b.
template <class F>
SC_INLINE void joint_wrenches(const Kinematics<F>& k, Wrench<F>* needed) {
  for (int b = kBodies - 1; b > 0; b--) needed[kParent[b]] += at_parent(k, b, needed[b]);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

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

// Needed on each body about its own joint, gravity included, for `wanted`. Returns what is needed at the
// pelvis in all.
template <class F>
SC_INLINE Wrench<F> needed_forces(const Shape<F>& shape, const State<F>& state, const Kinematics<F>& k,
                                  const Acceleration<F>& wanted, Wrench<F>* needed, Vec3<F>* acceleration) {
  Wrench<F> sum{};
  for (int b = 0; b < kBodies; b++) {
    const int p = kParent[b];
    Vec3<F> a;
    if (p < 0) {
      a = wanted.linear;
      a.y = a.y + Scalar<F>(kGravity);
    } else {
      const Vec3<F> r = k.reach[b], wp = state.turning(p);
      a = acceleration[p] + cross(wanted.angular[p], r) + cross(wp, cross(wp, r));
    }
    acceleration[b] = a;
    const Vec3<F> al = wanted.angular[b], h = k.moment[b];
    const Vec3<F> f = a * shape.mass[b] + cross(al, h) + k.bias_force[b];
    const Vec3<F> n = k.inertia[b] * al + cross(h, a) + k.bias_moment[b];
    needed[b] = {f, n};
    sum.force += f;
    sum.moment += n + cross(k.origin[b], f);
  }
  return sum;
}

// Sums the wrenches from the leaves to the pelvis: entry b becomes the force and torque through joint b.
template <class F>
SC_INLINE void joint_wrenches(const Kinematics<F>& k, Wrench<F>* needed) {
  for (int b = kBodies - 1; b > 0; b--) {
    Wrench<F>& parent = needed[kParent[b]];
    parent.force += needed[b].force;
    parent.moment += needed[b].moment + cross(k.reach[b], needed[b].force);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

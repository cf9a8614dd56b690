// What neither the ground nor the residual delivers.
#pragma once
#include "dynamics/inverse.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Wish;

// Takes `missing`, a wrench at the pelvis, out of the forces that the bodies need: the whole body is given
// the rigid acceleration that it has without that wrench, while the joints keep the accelerations wanted of
// them. The joint torques then fit a pelvis that nobody holds; without this they are those of a body that is
// held, and topple it.
template <class F>
SC_INLINE void absorb(const Shape<F>& shape, const Kinematics<F>& k, const Wrench<F>& missing,
                      Wish<F>* wish) {
  using S = Scalar<F>;
  const auto some = [](Vec3<F> v) { return (v.x != F{}) | (v.y != F{}) | (v.z != F{}); };
  const Mask<F> lacking = some(missing.force) | some(missing.moment);
  if (!any(lacking)) return;
  const F unit = S(kGravity) / shape.weight;
  // Composite inertia about the pelvis: I + m (o.o 1 - o o^T) + 2 o.h 1 - o h^T - h o^T over the bodies.
  Vec3<F> first{};
  Sym3<F> inertia{};
  SC_LOOP
  for (int b = 0; b < kBodies; b++) {
    const Vec3<F> o = k.origin[b], h = k.moment[b], g = o * shape.mass[b] + h;
    const F round = dot(o, g) + dot(o, h);
    first += g;
    inertia = inertia + k.inertia[b] + Sym3<F>{round - o.x * (g.x + h.x), round - o.y * (g.y + h.y),
                                               round - o.z * (g.z + h.z), -(o.x * g.y + h.x * o.y),
                                               -(o.x * g.z + h.x * o.z),  -(o.y * g.z + h.y * o.z)};
  }
  // About the centre of mass.
  const Vec3<F> c = first * unit;
  const F round = dot(first, c);
  inertia = inertia + Sym3<F>{first.x * c.x - round, first.y * c.y - round, first.z * c.z - round,
                              first.x * c.y,         first.x * c.z,         first.y * c.z};
  const Vec3<F> linear = missing.force * (unit * S(-1));
  const Vec3<F> angular = inverse(inertia) * (cross(c, missing.force) - missing.moment);
  // Lanes that lack nothing stay as they are to the sign of a zero: a motion's neighbours must not show.
  const auto add = [&](Vec3<F>& to, Vec3<F> what) {
    to = {select<F>(lacking, to.x + what.x, to.x), select<F>(lacking, to.y + what.y, to.y),
          select<F>(lacking, to.z + what.z, to.z)};
  };
  SC_LOOP
  for (int b = 0; b < kBodies; b++) {
    const Vec3<F> a = linear + cross(angular, k.origin[b] - c), h = k.moment[b];
    add(wish[b].needed.force, a * shape.mass[b] + cross(angular, h));
    add(wish[b].needed.moment, k.inertia[b] * angular + cross(h, a));
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// Forward kinematics and the bodies' own inertias, root to leaves.
#pragma once
#include "dynamics/body.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Of one body, its parent's known.
template <class F>
SC_INLINE void place_body(const Shape<F>& shape, const State<F>& state, int b, Kinematics<F>& k) {
  const Axes<F> axes = axes_of(state.rotation[b]);
  const int p = kParent[b];
  if (p < 0) {
    k.reach[b] = k.origin[b] = Vec3<F>{};
    k.velocity[b] = state.velocity;
  } else {
    const Vec3<F> r = rotate(k.axes[p], shape.offset[b]);
    k.reach[b] = r;
    k.origin[b] = k.origin[p] + r;
    k.velocity[b] = k.velocity[p] + cross(state.spin[p], r);
  }
  k.axes[b] = axes;
  // I = R diag(i) R^T + m (c.c 1 - c c^T), written with i_y taken out: R R^T = 1.
  const Vec3<F> c = rotate(axes, shape.com[b]), h = c * shape.mass[b];
  const Vec3<F> own = shape.inertia[b];
  const Vec3<F> x = axes.x * (own.x - own.y), z = axes.z * (own.z - own.y);
  const F round = dot(h, c) + own.y;
  const Sym3<F> inertia = {round + x.x * axes.x.x + z.x * axes.z.x - h.x * c.x,
                           round + x.y * axes.x.y + z.y * axes.z.y - h.y * c.y,
                           round + x.z * axes.x.z + z.z * axes.z.z - h.z * c.z,
                           x.x * axes.x.y + z.x * axes.z.y - h.x * c.y,
                           x.x * axes.x.z + z.x * axes.z.z - h.x * c.z,
                           x.y * axes.x.z + z.y * axes.z.z - h.y * c.z};
  k.inertia[b] = inertia;
  k.moment[b] = h;
  const Vec3<F> w = state.turning(b);
  k.turning[b] = w;
  k.bias_moment[b] = cross(w, inertia * w);
  k.bias_force[b] = cross(w, cross(w, h));
}

template <class F>
SC_INLINE void forward_kinematics(const Shape<F>& shape, const State<F>& state, Kinematics<F>& k) {
  for (int b = 0; b < kBodies; b++) place_body(shape, state, b, k);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

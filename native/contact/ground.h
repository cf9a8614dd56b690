// Contact of body-fixed points with the plane y = 0, linearly implicit.
//
// Normal: spring-damper on the penetration at the end of the step. Tangential: a spring to the anchor where
// the point first touched, plus damper, scaled into the Coulomb cone; where it slips, the anchor is dragged
// along. Both are linear in the point's acceleration, f = f0 - diag(Gt, Gn, Gt) a, so they enter the
// articulated inertia of their body.
#pragma once
#include "dynamics/body.h"

namespace selfcorrect {

template <class F>
struct Articulated;

template <class F>
struct Ground {
  Scalar<F> step;                // s
  Scalar<F> stiffness, damping;  // normal, N/m, N s/m
  Scalar<F> grip, grip_damping;  // tangential
  Scalar<F> friction;
};

// Displacement of every point from its anchor, and the last normal force.
template <class F>
struct Grip {
  F x[kMaxPoints], z[kMaxPoints], normal[kMaxPoints];
};

constexpr int kPointBody[kMaxPoints] = {7,  7,  7, 7, 8, 8, 8, 8,  10, 10, 10, 10, 11, 11,
                                        11, 11, 4, 5, 0, 0, 0, 20, 21, 18, 19, 9,  9,  15};
struct PointRange {
  int begin[kBodies], end[kBodies];
  constexpr PointRange() : begin{}, end{} {
    for (int b = 0; b < kBodies; b++)
      for (int p = 0; p < kMaxPoints; p++)
        if (kPointBody[p] == b) {
          if (end[b] == 0) begin[b] = p;
          end[b] = p + 1;
        }
  }
};
inline constexpr PointRange kPoints{};

template <class F>
SC_INLINE void add_contacts(const Ground<F>& g, int body, const Shape<F>& shape, const State<F>& state,
                            const Kinematics<F>& k, Grip<F>& grip, Articulated<F>& s) {
  const F zero = F{}, one = broadcast<F>(1);
  const Axes<F>& axes = k.axes[body];
  for (int p = kPoints.begin[body]; p < kPoints.end[body]; p++) {
    const Vec3<F> at = shape.point[p];
    const F height =
        state.position.y + k.origin[body].y + axes.x.y * at.x + axes.y.y * at.y + axes.z.y * at.z;
    if (!any(height < zero)) {
      grip.x[p] = grip.z[p] = grip.normal[p] = zero;
      continue;
    }
    const Vec3<F> rho = rotate(axes, at);
    const Vec3<F> v = k.velocity[body] + cross(state.spin[body], rho);
    const F push = -(height * g.stiffness) - v.y * (g.damping + g.stiffness * g.step);
    const Mask<F> active = (height < zero) & (push > zero);
    const F fn = select<F>(active, push, zero);
    const F Gn = select<F>(active, broadcast<F>(g.step * (g.damping + g.stiffness * g.step)), zero);
    const F ax = grip.x[p] + v.x * g.step, az = grip.z[p] + v.z * g.step;
    const F tx = -(ax * g.grip) - v.x * g.grip_damping, tz = -(az * g.grip) - v.z * g.grip_damping;
    const F slip = minimum<F>(fn * g.friction / square_root(tx * tx + tz * tz + Scalar<F>(1e-6)), one);
    grip.x[p] = ax * slip;
    grip.z[p] = az * slip;
    grip.normal[p] = fn;
    const F Gt = slip * (g.step * (g.grip_damping + g.grip * g.step));
    // `a` in the solver is less gravity: the true vertical acceleration is a.y - g.
    const Vec3<F> f = {tx * slip, fn + Gn * Scalar<F>(kGravity), tz * slip};
    s.moment -= cross(rho, f);
    s.force -= f;
    const F xt = rho.x * Gt, yt = rho.y * Gt, zt = rho.z * Gt, xn = rho.x * Gn, zn = rho.z * Gn;
    s.A.xx += rho.z * zn + rho.y * yt;
    s.A.yy += rho.z * zt + rho.x * xt;
    s.A.zz += rho.y * yt + rho.x * xn;
    s.A.xy -= rho.x * yt;
    s.A.xz -= rho.z * xn;
    s.A.yz -= rho.z * yt;
    s.B.x.y -= zn;
    s.B.x.z += yt;
    s.B.y.x += zt;
    s.B.y.z -= xt;
    s.B.z.x -= yt;
    s.B.z.y += xn;
    s.C.xx += Gt;
    s.C.yy += Gn;
    s.C.zz += Gt;
  }
}

}  // namespace selfcorrect

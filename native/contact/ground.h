// Contact of body-fixed points with the plane y = 0, linearly implicit: one linearisation a step.
//
// Normal: a spring-damper on the penetration at the end of the step, so a point that will be in the ground by
// then is met on its way. Tangential: a spring to the anchor where the point first touched, plus damper,
// scaled into the Coulomb cone; where it slips, the anchor is dragged along. Both are linear in the point's
// acceleration, f = f0 - diag(Gt, Gn, Gt) a, so they enter the articulated inertia of their body.
//
// The cone needs forces that are known only after the solve. f0 alone is several times the force of an impact
// and, for a point that slides, off by the speed it gains or loses within the step. So the normal force is
// the one that acted in the last step (the impulses of friction and pressure keep the ratio mu, one step
// apart), and the sticking force is taken at the last step's acceleration.
#pragma once
#include "dynamics/body.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Articulated;

template <class F>
struct Ground {
  Scalar<F> step;                // s
  Scalar<F> stiffness, damping;  // normal, N/m, N s/m
  Scalar<F> grip, grip_damping;  // tangential
  Scalar<F> friction;
};

// What contacts keep from step to step: the displacement of every point from its anchor, f0 of the last
// normal force, 0 without contact, and the last acceleration of every body's joint, less gravity.
template <class F>
struct Grip {
  F x[kMaxPoints], z[kMaxPoints], normal[kMaxPoints];
  Vec3<F> acceleration[kBodies];
};

SC_TABLE int kPointBody[kMaxPoints] = {7,  7,  7, 7, 8, 8, 8, 8,  10, 10, 10, 10, 11, 11,
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
SC_TABLE PointRange kPoints{};

// Faster points may reach the ground unseen, by the rest of their step, whatever their neighbours' lanes do.
constexpr double kMaxApproach = 8;  // m/s

template <class F>
SC_INLINE void add_contacts(const Ground<F>& g, int body, const Shape<F>& shape, const State<F>& state,
                            const Kinematics<F>& k, Grip<F>& grip, Articulated<F>& s) {
  const F zero = F{}, one = broadcast<F>(1), near = broadcast<F>(kMaxApproach) * g.step;
  const Scalar<F> normal_gain = g.step * (g.damping + g.stiffness * g.step);
  const Scalar<F> grip_gain = g.step * (g.grip_damping + g.grip * g.step);
  const Axes<F>& axes = k.axes[body];
  SC_LOOP
  for (int p = kPoints.begin[body]; p < kPoints.end[body]; p++) {
    const Vec3<F> at = shape.point[p];
    const F height =
        state.position.y + k.origin[body].y + axes.x.y * at.x + axes.y.y * at.y + axes.z.y * at.z;
    const Mask<F> within = height < near;
    if (!any(within)) {
      grip.x[p] = grip.z[p] = grip.normal[p] = zero;
      continue;
    }
    const Vec3<F> rho = rotate(axes, at);
    const Vec3<F> v = k.velocity[body] + cross(state.spin[body], rho);
    // The damper works on the way below the surface, which is all of it but in the step of the first touch.
    const F end = height + v.y * g.step;
    const F push = -(end * g.stiffness) - maximum<F>(v.y, end * (1 / g.step)) * g.damping;
    // A point that pushes now, or would at the end, is in contact: the forecast alone lets a light foot at
    // rest flicker, since it leaves out the weight that keeps the foot down.
    const F now = -(height * g.stiffness) - maximum<F>(v.y, zero) * g.damping;
    const Mask<F> active = within & (maximum<F>(push, now) > zero);
    if (!any(active)) {
      grip.x[p] = grip.z[p] = grip.normal[p] = zero;
      continue;
    }
    const Vec3<F> w = k.turning[body];
    const Vec3<F> a = grip.acceleration[body] + cross(state.rate[body], rho) + cross(w, cross(w, rho));
    const F fn = select<F>(active, push, zero);
    const F Gn = select<F>(active, broadcast<F>(normal_gain), zero);
    const F acted = grip.normal[p] - (a.y - Scalar<F>(kGravity)) * normal_gain;
    const F load = select<F>(active & (grip.normal[p] != zero) & (acted > zero), acted, zero);
    const F ax = grip.x[p] + v.x * g.step, az = grip.z[p] + v.z * g.step;
    const F tx = -(ax * g.grip) - v.x * g.grip_damping, tz = -(az * g.grip) - v.z * g.grip_damping;
    const F ux = tx - a.x * grip_gain, uz = tz - a.z * grip_gain;
    // The last acceleration says little where it would change the force by more than half.
    const F t = tx * tx + tz * tz + Scalar<F>(1e-6), u = ux * ux + uz * uz;
    const F stick = square_root(minimum<F>(maximum<F>(u, t * Scalar<F>(0.25)), t * Scalar<F>(4)));
    const F slip = minimum<F>(load * g.friction / stick, one);
    grip.x[p] = ax * slip;
    grip.z[p] = az * slip;
    grip.normal[p] = fn;
    const F Gt = slip * grip_gain;
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

}  // namespace SC_ISA
}  // namespace selfcorrect

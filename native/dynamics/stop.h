// The end stop of a joint: one spring-damper against leaving its range.
//
// The spring's length d is the distance, in radians near the limit, from the box (or cone) of allowed swings
// and twists (limits.h), with the exact gradient n of d: the spring is conservative, the damper acts along n
// alone, and a joint may move freely along its limit. Linearly implicit as the ground is: the torque on the
// child is -(push + mass n . a) n, with a the relative acceleration, push = k d + (c + h k) n . w and mass =
// h (c + h k), so the spring has the length at the end of the step.
#pragma once
#include "dynamics/body.h"
#include "model/limits.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Stop {
  Vec3<F> axis;  // n, world axes
  F push, mass;  // zero where the joint is within its limits
};

// Returns whether any lane has left its range.
template <class F>
SC_INLINE bool find_stop(const JointLimit& limit, int body, Scalar<F> step, const State<F>& state,
                         const Kinematics<F>& k, Stop<F>& out) {
  using S = Scalar<F>;
  const int p = kParent[body];
  if (!any(is_doubtful(limit, state.rotation[p], state.rotation[body]))) return false;
  const Quat<F> q = joint_rotation(limit, state.rotation[p], state.rotation[body]);
  const Mask<F> beyond = is_beyond(limit, q);
  if (!any(beyond)) return false;
  const F zero = F{}, one = broadcast<F>(1);
  const SwingTwist<F> at = swing_twist(q, limit.axis);
  F depth[3];
  for (int i = 0; i < 3; i++)
    depth[i] = maximum<F>(at.part[i] - S(limit.high[i]), zero) * S(limit.gain_high[i]) +
               minimum<F>(at.part[i] - S(limit.low[i]), zero) * S(limit.gain_low[i]);
  const F tilt = maximum<F>(S(limit.cone) - at.swing, zero) * S(limit.gain_cone);
  const F square = depth[0] * depth[0] + depth[1] * depth[1] + depth[2] * depth[2] + tilt * tilt + S(1e-20);
  const F d = square_root(square), unit = one / d;
  // Rates of the parts: gradients in the order twist, a, b.
  const F a = at.part[1], b = at.part[2], n = at.swing, inverse_n = one / n;
  const auto slope = [&](int i) {
    return depth[i] * unit * S(0.5) *
           select<F>(depth[i] > zero, broadcast<F>(limit.gain_high[i]), broadcast<F>(limit.gain_low[i]));
  };
  const F st = slope(0) * at.twist, sa = slope(1), sb = slope(2);
  const F sc = tilt * unit * S(0.5 * limit.gain_cone);
  const F along = st + (sb * a - sa * b) * S(2);
  const F first = st * b * inverse_n + (sa * (n * n - b * b) + sb * a * b) * inverse_n + sc * a;
  const F second = (sb * (n * n - a * a) + sa * a * b) * inverse_n - st * a * inverse_n + sc * b;
  Vec3<F> g = limit.axis ? Vec3<F>{second, along, first} : Vec3<F>{along, first, second};
  if (limit.offset)
    g = rotate(axes_of(Quat<F>{broadcast<F>(limit.centre.w), broadcast<F>(limit.centre.x),
                               broadcast<F>(limit.centre.y), broadcast<F>(limit.centre.z)}),
               g);
  out.axis = limit.hinge ? rotate(k.axes[body], g) * S(-1) : rotate(k.axes[p], g);
  const S resistance = S(limit.damping) + step * S(limit.stiffness);
  const F push = d * S(limit.stiffness) + dot(out.axis, state.spin[body] - state.spin[p]) * resistance;
  const Mask<F> active = beyond & (push > zero);
  out.push = select<F>(active, push, zero);
  out.mass = select<F>(active, broadcast<F>(step * resistance), zero);
  return any(active);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

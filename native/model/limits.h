// Whether a joint is within its limits, over lanes.
#pragma once
#include "math/quat.h"
#include "model/humanoid.h"
#include "model/limit_table.h"

namespace selfcorrect {
inline namespace SC_ISA {

// A rotation in the form of its joint: twist and swing components, cosines of the half swing and half twist.
template <class F>
struct SwingTwist {
  F part[3], swing, twist;
};

// From the quaternion that joint_rotation() gives. Near a swing of 180 degrees the twist means nothing.
template <class F>
SC_INLINE SwingTwist<F> swing_twist(Quat<F> q, int axis) {
  using S = Scalar<F>;
  const F t = axis ? q.y : q.x, a = axis ? q.z : q.y, b = axis ? q.x : q.z;
  const F n = square_root(q.w * q.w + t * t + S(1e-12)), unit = S(1) / n;
  const Mask<F> turned = q.w < F{};
  return {{select<F>(turned, -t, t) * unit, (a * q.w - b * t) * unit, (b * q.w + a * t) * unit},
          n,
          select<F>(turned, -q.w, q.w) * unit};
}

// The rotation of a joint in its form's order, from the absolute rotations of its bodies.
template <class F>
SC_INLINE Quat<F> joint_rotation(const JointLimit& limit, Quat<F> parent, Quat<F> child) {
  if (limit.hinge) return conjugate(child) * parent;
  const Quat<F> q = conjugate(parent) * child;
  if (!limit.offset) return q;
  using S = Scalar<F>;
  const S w = limit.centre.w, x = limit.centre.x, y = limit.centre.y, z = limit.centre.z;
  return {q.w * w + q.x * x + q.y * y + q.z * z, q.x * w - q.w * x - q.z * y + q.y * z,
          q.y * w - q.w * y - q.x * z + q.z * x, q.z * w - q.w * z - q.y * x + q.x * y};
}

// Turned far enough to be beyond the limits? Few joints are, and this takes the absolute rotations alone.
template <class F>
SC_INLINE Mask<F> is_doubtful(const JointLimit& limit, Quat<F> parent, Quat<F> child) {
  const F cosine = dot(parent, child);
  return cosine * cosine < broadcast<F>(limit.sure);
}

// Is a joint_rotation() beyond the limits? As squares: without a root or a division.
template <class F>
SC_INLINE Mask<F> is_beyond(const JointLimit& limit, Quat<F> q) {
  using S = Scalar<F>;
  const F t = limit.axis ? q.y : q.x, a = limit.axis ? q.z : q.y, b = limit.axis ? q.x : q.z;
  const F n = q.w * q.w + t * t;
  const auto past = [&](F part, int i) {
    const F square = part * select<F>(part < F{}, -part, part);
    return maximum<F>(square - n * S(limit.square_high[i]), F{} - square - n * S(limit.square_low[i]));
  };
  const F out = maximum<F>(maximum<F>(past(select<F>(q.w < F{}, -t, t), 0), past(a * q.w - b * t, 1)),
                           maximum<F>(past(b * q.w + a * t, 2), S(limit.square_cone) - n));
  return out > F{};
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// A reference as a cubic spline in time: continuous positions, velocities and accelerations at the physics
// rate.
#pragma once
#include <vector>

#include "dynamics/body.h"
#include "reference/reference.h"

namespace selfcorrect {

// Channels of a frame: pelvis position [3], then 22 absolute rotations [4].
constexpr int kChannels = 3 + kBodies * 4;

// Values, second derivatives, and second derivatives for the feed-forward, [frames][kChannels] each.
struct Spline {
  int frames = 0;
  std::vector<float> value, curvature, drive;
};

// Frames are 1 / fps apart. A single frame, or two, give a constant or a straight line.
Spline fit_spline(const Reference& reference, double smoothing);

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// The reference at one instant.
template <class F>
struct Target {
  Vec3<F> position, velocity, acceleration;  // of the pelvis
  Quat<F> rotation[kBodies];
  Vec3<F> spin[kBodies], spin_rate[kBodies];  // absolute angular velocity and acceleration, world axes
};

// One frame of every lane's spline.
template <class F>
struct Knot {
  F value[kChannels], curvature[kChannels], drive[kChannels];
};

// The segment from `a` to `b`, `length` s apart, at share u of it. Quaternion components are interpolated and
// normalised: with n = |q|^2, angular velocity = 2 q' q^* / n, and its derivative 2 q'' q^* / n - angular
// velocity n' / n.
template <class F>
SC_INLINE void evaluate(const Knot<F>& a, const Knot<F>& b, double u, double length, Target<F>& out) {
  using S = Scalar<F>;
  const double v = 1 - u, square = length * length;
  const S a0 = S(v), b0 = S(u), ca0 = S((v * v * v - v) * square / 6), cb0 = S((u * u * u - u) * square / 6);
  const S slope = S(1 / length), ca1 = S((1 - 3 * v * v) * length / 6), cb1 = S((3 * u * u - 1) * length / 6);
  auto value = [&](int k) {
    return a.value[k] * a0 + b.value[k] * b0 + (a.curvature[k] * ca0 + b.curvature[k] * cb0);
  };
  auto first = [&](int k) {
    return (b.value[k] - a.value[k]) * slope + (a.curvature[k] * ca1 + b.curvature[k] * cb1);
  };
  auto second = [&](int k) { return a.drive[k] * a0 + b.drive[k] * b0; };
  out.position = {value(0), value(1), value(2)};
  out.velocity = {first(0), first(1), first(2)};
  out.acceleration = {second(0), second(1), second(2)};
  for (int body = 0; body < kBodies; body++) {
    const int k = 3 + body * 4;
    const Quat<F> q = {value(k), value(k + 1), value(k + 2), value(k + 3)};
    const Quat<F> q1 = {first(k), first(k + 1), first(k + 2), first(k + 3)};
    const Quat<F> q2 = {second(k), second(k + 1), second(k + 2), second(k + 3)};
    const F two = S(2) / dot(q, q);
    const F shrink = dot(q, q1) * two;
    const Quat<F> w = q1 * conjugate(q), r = q2 * conjugate(q);
    const Vec3<F> spin = Vec3<F>{w.x, w.y, w.z} * two;
    out.rotation[body] = q * square_root(two * S(0.5));
    out.spin[body] = spin;
    out.spin_rate[body] = Vec3<F>{r.x, r.y, r.z} * two - spin * shrink;
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

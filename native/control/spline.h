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

// One frame of every lane's spline.
template <class F>
struct Knot {
  F value[kChannels], curvature[kChannels], drive[kChannels];
};

// Where the pelvis and the bodies are wanted at one instant.
template <class F>
struct PelvisTarget {
  Vec3<F> position, velocity, acceleration;
};
template <class F>
struct BodyTarget {
  Quat<F> rotation;
  Vec3<F> spin, spin_rate;  // absolute angular velocity and acceleration, world axes; the latter if asked for
};

// What the two knots of a segment weigh at share u of its `length` s.
template <class S>
struct Blend {
  S a0, b0, ca0, cb0, slope, ca1, cb1;

  Blend() = default;
  SC_INLINE Blend(double u, double length) {
    const double v = 1 - u, square = length * length;
    a0 = S(v);
    b0 = S(u);
    ca0 = S((v * v * v - v) * square / 6);
    cb0 = S((u * u * u - u) * square / 6);
    slope = S(1 / length);
    ca1 = S((1 - 3 * v * v) * length / 6);
    cb1 = S((3 * u * u - 1) * length / 6);
  }
};

// An instant between the knots `a` and `b`. K: as Knot, wherever its numbers are.
template <class F, class K = Knot<F>>
class Segment {
 public:
  using S = Scalar<F>;

  SC_INLINE Segment(const K& a, const K& b, const Blend<S>& at) : a_(a), b_(b), at_(at) {}
  // At share u of a segment of `length` s.
  SC_INLINE Segment(const K& a, const K& b, double u, double length) : Segment(a, b, {u, length}) {}

  SC_INLINE PelvisTarget<F> pelvis() const {
    return {
        {value(0), value(1), value(2)}, {first(0), first(1), first(2)}, {second(0), second(1), second(2)}};
  }

  // Quaternion components are interpolated and normalised: with n = |q|^2, angular velocity = 2 q' q^* / n,
  // and its derivative, where `rates` are wanted, 2 q'' q^* / n - angular velocity n' / n.
  SC_INLINE BodyTarget<F> body(int b, bool rates) const {
    const int k = 3 + b * 4;
    const Quat<F> q = {value(k), value(k + 1), value(k + 2), value(k + 3)};
    const Quat<F> q1 = {first(k), first(k + 1), first(k + 2), first(k + 3)};
    const F two = S(2) / dot(q, q);
    const Quat<F> w = q1 * conjugate(q);
    BodyTarget<F> out{q * square_root(two * S(0.5)), Vec3<F>{w.x, w.y, w.z} * two, {}};
    if (rates) {
      const Quat<F> q2 = {second(k), second(k + 1), second(k + 2), second(k + 3)}, r = q2 * conjugate(q);
      out.spin_rate = Vec3<F>{r.x, r.y, r.z} * two - out.spin * (dot(q, q1) * two);
    }
    return out;
  }

 private:
  SC_INLINE F value(int k) const {
    return a_.value[k] * at_.a0 + b_.value[k] * at_.b0 +
           (a_.curvature[k] * at_.ca0 + b_.curvature[k] * at_.cb0);
  }
  SC_INLINE F first(int k) const {
    return (b_.value[k] - a_.value[k]) * at_.slope + (a_.curvature[k] * at_.ca1 + b_.curvature[k] * at_.cb1);
  }
  SC_INLINE F second(int k) const { return a_.drive[k] * at_.a0 + b_.drive[k] * at_.b0; }

  const K &a_, &b_;
  const Blend<S> at_;
};

// The whole reference at one instant.
template <class F>
struct Target {
  Vec3<F> position, velocity;  // of the pelvis
  Quat<F> rotation[kBodies];
  Vec3<F> spin[kBodies];
};

template <class F, class K>
SC_CALL void evaluate(const Segment<F, K>& segment, Target<F>& out) {
  const PelvisTarget<F> pelvis = segment.pelvis();
  out.position = pelvis.position;
  out.velocity = pelvis.velocity;
  SC_LOOP
  for (int b = 0; b < kBodies; b++) {
    const BodyTarget<F> body = segment.body(b, false);
    out.rotation[b] = body.rotation;
    out.spin[b] = body.spin;
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// Directions and rotations for the kinematic stages, over lanes of frames.
#pragma once
#include "math/quat.h"

namespace selfcorrect {
inline namespace SC_ISA {

// The same vector in every lane.
template <class F>
SC_INLINE Vec3<F> spread(const double* v) {
  return {broadcast<F>(v[0]), broadcast<F>(v[1]), broadcast<F>(v[2])};
}
template <class F>
SC_INLINE Vec3<F> spread(double x, double y, double z) {
  return {broadcast<F>(x), broadcast<F>(y), broadcast<F>(z)};
}

template <class F>
SC_INLINE F absolute(F x) {
  return select<F>(x < F{}, -x, x);
}
template <class F>
SC_INLINE F bounded(F x, double low, double high) {
  return minimum<F>(maximum<F>(x, broadcast<F>(low)), broadcast<F>(high));
}
template <class F>
SC_INLINE Vec3<F> select(Mask<F> mask, const Vec3<F>& yes, const Vec3<F>& no) {
  return {select<F>(mask, yes.x, no.x), select<F>(mask, yes.y, no.y), select<F>(mask, yes.z, no.z)};
}
template <class F>
SC_INLINE Quat<F> select(Mask<F> mask, const Quat<F>& yes, const Quat<F>& no) {
  return {select<F>(mask, yes.w, no.w), select<F>(mask, yes.x, no.x), select<F>(mask, yes.y, no.y),
          select<F>(mask, yes.z, no.z)};
}
template <class F>
SC_INLINE Quat<F> operator+(const Quat<F>& a, const Quat<F>& b) {
  return {a.w + b.w, a.x + b.x, a.y + b.y, a.z + b.z};
}
template <class F>
SC_INLINE Vec3<F> operator-(const Vec3<F>& a) {
  return {-a.x, -a.y, -a.z};
}

template <class F>
SC_INLINE F length2d(F x, F y) {
  return square_root(x * x + y * y);
}

// Unit vector along `a`, or `fallback` where `a` has no direction.
template <class F>
SC_INLINE Vec3<F> unit(const Vec3<F>& a, const Vec3<F>& fallback) {
  const F length = norm(a);
  const Mask<F> long_enough = length > broadcast<F>(1e-9);
  return select<F>(long_enough, a * (1.0 / select<F>(long_enough, length, broadcast<F>(1))), fallback);
}
template <class F>
SC_INLINE Vec3<F> unit(const Vec3<F>& a) {
  return unit(a, spread<F>(0, 1, 0));
}
template <class F>
SC_INLINE Quat<F> unit(const Quat<F>& q) {
  return q * (1.0 / maximum<F>(square_root(dot(q, q)), broadcast<F>(1e-12)));
}

// The part of `a` perpendicular to the unit vector `axis`.
template <class F>
SC_INLINE Vec3<F> reject(const Vec3<F>& a, const Vec3<F>& axis) {
  return a - axis * dot(a, axis);
}

// Some direction that is not parallel to `a`, perpendicular to it.
template <class F>
SC_INLINE Vec3<F> aside(const Vec3<F>& a) {
  const Mask<F> steep = absolute(a.x) < broadcast<F>(0.7);
  return unit(reject(select<F>(steep, spread<F>(1, 0, 0), spread<F>(0, 0, 1)), a));
}

// 0 below `low`, 1 above `high`, with zero slope at both.
template <class F>
SC_INLINE F smoothstep(F x, double low, double high) {
  const F t = bounded<F>((x - low) * (1 / (high - low)), 0, 1);
  return t * t * (3.0 - 2.0 * t);
}

template <class F>
SC_INLINE Vec3<F> rotate(const Quat<F>& q, const Vec3<F>& v) {
  const Vec3<F> u{q.x, q.y, q.z}, t = cross(u, v) * 2.0;
  return v + t * q.w + cross(u, t);
}
// The images of the axes x and y.
template <class F>
SC_INLINE Vec3<F> right_of(const Quat<F>& q) {
  return {1.0 - 2.0 * (q.y * q.y + q.z * q.z), 2.0 * (q.x * q.y + q.w * q.z), 2.0 * (q.x * q.z - q.w * q.y)};
}
template <class F>
SC_INLINE Vec3<F> up_of(const Quat<F>& q) {
  return {2.0 * (q.x * q.y - q.w * q.z), 1.0 - 2.0 * (q.x * q.x + q.z * q.z), 2.0 * (q.y * q.z + q.w * q.x)};
}

// Smallest rotation that takes the unit vector `a` to the unit vector `b`; its length is any. Half a turn
// about a perpendicular axis where they are opposite.
template <class F>
SC_INLINE Quat<F> swing(const Vec3<F>& a, const Vec3<F>& b) {
  const F w = 1.0 + dot(a, b);
  const Vec3<F> c = cross(a, b);
  const Mask<F> opposite = w < broadcast<F>(1e-9);
  Quat<F> result{w, c.x, c.y, c.z};
  if (any(opposite)) {
    const Vec3<F> axis = aside(a);
    result = select<F>(opposite, Quat<F>{F{}, axis.x, axis.y, axis.z}, result);
  }
  return result;
}

// `start`, turned by the smallest rotation that puts its own `direction` on `target`; both of length 1.
template <class F>
SC_INLINE Quat<F> turned_onto(const Quat<F>& start, const Vec3<F>& direction, const Vec3<F>& target) {
  return unit(swing(rotate(start, direction), target) * start);
}

// Quaternion of the rotation matrix with the orthonormal right-handed columns x, y, z (Shepperd 1978). Each
// of the four vectors is a multiple of it; the one of the largest component is the most accurate.
template <class F>
SC_INLINE Quat<F> from_axes(const Vec3<F>& x, const Vec3<F>& y, const Vec3<F>& z) {
  const F trace = x.x + y.y + z.z;
  const Quat<F> by_w{1.0 + trace, y.z - z.y, z.x - x.z, x.y - y.x};
  const Mask<F> plain = trace > F{};
  Quat<F> q = by_w;
  if (any(!(plain))) {
    const Quat<F> by_x{by_w.x, 1.0 + x.x - y.y - z.z, x.y + y.x, z.x + x.z};
    const Quat<F> by_y{by_w.y, by_x.y, 1.0 + y.y - x.x - z.z, y.z + z.y};
    const Quat<F> by_z{by_w.z, by_x.z, by_y.z, 1.0 + z.z - x.x - y.y};
    q = select<F>(y.y > z.z, by_y, by_z);
    q = select<F>((x.x > y.y) & (x.x > z.z), by_x, q);
    q = select<F>(plain, by_w, q);
  }
  return unit(q);
}

// Rotation whose y axis is the unit vector `y` and whose x axis is as close to `x` as that allows.
template <class F>
SC_INLINE Quat<F> from_y_and_x(const Vec3<F>& y, const Vec3<F>& x) {
  const Vec3<F> across = reject(x, y);
  Vec3<F> right = unit(across);
  const Mask<F> parallel = dot(across, across) < broadcast<F>(1e-18);
  if (any(parallel)) right = select<F>(parallel, aside(y), right);
  return from_axes(right, y, cross(right, y));
}

}  // namespace SC_ISA
}  // namespace selfcorrect

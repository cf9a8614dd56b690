// Vectors, symmetric and full 3x3 matrices over a lane type.
#pragma once
#include "math/lanes.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Vec3 {
  F x, y, z;
};
template <class F>
SC_INLINE Vec3<F> operator+(Vec3<F> a, Vec3<F> b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
template <class F>
SC_INLINE Vec3<F> operator-(Vec3<F> a, Vec3<F> b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
template <class F, class S>
SC_INLINE Vec3<F> operator*(Vec3<F> a, S s) {
  return {a.x * s, a.y * s, a.z * s};
}
template <class F>
SC_INLINE void operator+=(Vec3<F>& a, Vec3<F> b) {
  a = a + b;
}
template <class F>
SC_INLINE void operator-=(Vec3<F>& a, Vec3<F> b) {
  a = a - b;
}
template <class F>
SC_INLINE Vec3<F> cross(Vec3<F> a, Vec3<F> b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
template <class F>
SC_INLINE F dot(Vec3<F> a, Vec3<F> b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
template <class F>
SC_INLINE F norm(Vec3<F> a) {
  return square_root(dot(a, a));
}
// Scales `a` down to length `limit` where it is longer.
template <class F>
SC_INLINE Vec3<F> clip_norm(Vec3<F> a, F limit) {
  const F length = norm(a);
  return a * select<F>(length > limit, limit / length, broadcast<F>(1));
}

template <class F>
struct Sym3 {
  F xx, yy, zz, xy, xz, yz;
};
template <class F>
SC_INLINE Sym3<F> operator+(const Sym3<F>& a, const Sym3<F>& b) {
  return {a.xx + b.xx, a.yy + b.yy, a.zz + b.zz, a.xy + b.xy, a.xz + b.xz, a.yz + b.yz};
}
template <class F>
SC_INLINE Vec3<F> operator*(const Sym3<F>& s, Vec3<F> v) {
  return {s.xx * v.x + s.xy * v.y + s.xz * v.z, s.xy * v.x + s.yy * v.y + s.yz * v.z,
          s.xz * v.x + s.yz * v.y + s.zz * v.z};
}
template <class F>
SC_INLINE Sym3<F> inverse(const Sym3<F>& s) {
  const F a = s.yy * s.zz - s.yz * s.yz, b = s.xz * s.yz - s.xy * s.zz, c = s.xy * s.yz - s.xz * s.yy;
  const F d = Scalar<F>(1) / (s.xx * a + s.xy * b + s.xz * c);
  return {a * d, (s.xx * s.zz - s.xz * s.xz) * d, (s.xx * s.yy - s.xy * s.xy) * d, b * d,
          c * d, (s.xy * s.xz - s.xx * s.yz) * d};
}

// Rows x, y, z.
template <class F>
struct Mat3 {
  Vec3<F> x, y, z;
};
template <class F>
SC_INLINE Mat3<F> operator+(const Mat3<F>& a, const Mat3<F>& b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
template <class F>
SC_INLINE Vec3<F> operator*(const Mat3<F>& m, Vec3<F> v) {
  return {dot(m.x, v), dot(m.y, v), dot(m.z, v)};
}
template <class F>
SC_INLINE Vec3<F> transposed_times(const Mat3<F>& m, Vec3<F> v) {
  return m.x * v.x + m.y * v.y + m.z * v.z;
}
template <class F>
SC_INLINE Mat3<F> operator*(const Sym3<F>& s, const Mat3<F>& m) {
  return {m.x * s.xx + m.y * s.xy + m.z * s.xz, m.x * s.xy + m.y * s.yy + m.z * s.yz,
          m.x * s.xz + m.y * s.yz + m.z * s.zz};
}

}  // namespace SC_ISA
}  // namespace selfcorrect

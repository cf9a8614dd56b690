// Unit quaternions, wxyz: a product a * b rotates by b first.
#pragma once
#include "math/vec3.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Quat {
  F w, x, y, z;
};
template <class F>
SC_INLINE Quat<F> operator*(Quat<F> a, Quat<F> b) {
  return {a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
          a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
}
template <class F>
SC_INLINE Quat<F> conjugate(Quat<F> q) {
  return {q.w, -q.x, -q.y, -q.z};
}
template <class F>
SC_INLINE F dot(Quat<F> a, Quat<F> b) {
  return a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z;
}
template <class F, class S>
SC_INLINE Quat<F> operator*(Quat<F> q, S s) {
  return {q.w * s, q.x * s, q.y * s, q.z * s};
}

// The images of the three axes: columns of the rotation matrix.
template <class F>
struct Axes {
  Vec3<F> x, y, z;
};
template <class F>
SC_INLINE Axes<F> axes_of(Quat<F> q) {
  const Scalar<F> one = 1;
  const F x2 = q.x + q.x, y2 = q.y + q.y, z2 = q.z + q.z;
  const F xx = q.x * x2, yy = q.y * y2, zz = q.z * z2, xy = q.x * y2, xz = q.x * z2, yz = q.y * z2;
  const F wx = q.w * x2, wy = q.w * y2, wz = q.w * z2;
  return {{one - yy - zz, xy + wz, xz - wy},
          {xy - wz, one - xx - zz, yz + wx},
          {xz + wy, yz - wx, one - xx - yy}};
}
template <class F>
SC_INLINE Vec3<F> rotate(const Axes<F>& r, Vec3<F> v) {
  return r.x * v.x + r.y * v.y + r.z * v.z;
}

SC_TABLE double kAngleOverSine[] = {0.13853818510861066, -0.3894952520136363, 0.7021854416389192,
                                    -0.9644605908887777, 1.1539654183788857,  -1.329941381341388,
                                    1.570548596909254,   -1.9999928731845098, 3.14159261939374};

// The rotation vector of a unit quaternion, the short way round. angle / sin(angle / 2) as a polynomial in
// |cos(angle / 2)| (Chebyshev fit over [0, 1], error below 1e-7), so that every instruction set gives the
// same bits.
template <class F>
SC_INLINE Vec3<F> rotation_vector(Quat<F> q) {
  using S = Scalar<F>;
  const F c = select<F>(q.w < F{}, -q.w, q.w);
  F p = F{} + S(-0.02294018855752557);
  for (double k : kAngleOverSine) p = p * c + S(k);
  p = select<F>(q.w < F{}, -p, p);
  return {q.x * p, q.y * p, q.z * p};
}

// exp(v / 2) * q for |v| below 1 radian, renormalised to first order.
template <class F>
SC_INLINE Quat<F> integrate_rotation(Quat<F> q, Vec3<F> v) {
  using S = Scalar<F>;
  const Vec3<F> h = v * S(0.5);
  const F a = dot(h, h);
  const F sine = S(1) + a * (S(-1.0 / 6) + a * (S(1.0 / 120) + a * S(-1.0 / 5040)));
  const F cosine = S(1) + a * (S(-0.5) + a * (S(1.0 / 24) + a * S(-1.0 / 720)));
  const Quat<F> turned = Quat<F>{cosine, h.x * sine, h.y * sine, h.z * sine} * q;
  return turned * (S(1.5) - dot(turned, turned) * S(0.5));
}

}  // namespace SC_ISA
}  // namespace selfcorrect

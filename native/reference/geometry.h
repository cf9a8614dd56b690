// Vectors and unit quaternions in double precision for the kinematic stages.
#pragma once
#include <cmath>

#include "math/portable.h"

namespace selfcorrect::kinematics {

struct Vec3 {
  double x = 0, y = 0, z = 0;
};

inline Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec3 operator-(Vec3 a) { return {-a.x, -a.y, -a.z}; }
inline Vec3 operator*(double s, Vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
inline Vec3& operator+=(Vec3& a, Vec3 b) { return a = a + b; }
inline Vec3& operator-=(Vec3& a, Vec3 b) { return a = a - b; }
inline double dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double norm(Vec3 a) { return std::sqrt(dot(a, a)); }

inline double length2d(double x, double y) { return std::sqrt(x * x + y * y); }

// Unit vector along `a`, or `fallback` where `a` has no direction.
inline Vec3 unit(Vec3 a, Vec3 fallback = {0, 1, 0}) {
  const double length = norm(a);
  return length > 1e-9 ? (1 / length) * a : fallback;
}

// The part of `a` perpendicular to the unit vector `axis`.
inline Vec3 reject(Vec3 a, Vec3 axis) { return a - dot(a, axis) * axis; }

inline double lerp(double a, double b, double t) { return a + t * (b - a); }
inline Vec3 lerp(Vec3 a, Vec3 b, double t) { return a + t * (b - a); }

// 0 below `low`, 1 above `high`, with zero slope at both.
inline double smoothstep(double x, double low, double high) {
  const double t = std::fmin(1, std::fmax(0, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

struct Quat {
  double w = 1, x = 0, y = 0, z = 0;
};

inline Quat operator*(Quat a, Quat b) {
  return {a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
          a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
}
inline double dot(Quat a, Quat b) { return a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z; }
inline Quat conjugate(Quat q) { return {q.w, -q.x, -q.y, -q.z}; }
inline Quat negate(Quat q) { return {-q.w, -q.x, -q.y, -q.z}; }
inline Quat unit(Quat q) {
  const double length = std::sqrt(dot(q, q));
  return length > 1e-12 ? Quat{q.w / length, q.x / length, q.y / length, q.z / length} : Quat{};
}
inline Vec3 rotate(Quat q, Vec3 v) {
  const Vec3 u{q.x, q.y, q.z};
  const Vec3 t = 2.0 * cross(u, v);
  return v + q.w * t + cross(u, t);
}

inline Quat about(Vec3 unit_axis, double angle) {
  const double s = portable::sin(0.5 * angle);
  return {portable::cos(0.5 * angle), s * unit_axis.x, s * unit_axis.y, s * unit_axis.z};
}

// Smallest rotation that takes the unit vector `a` to the unit vector `b`.
inline Quat swing(Vec3 a, Vec3 b) {
  const double w = 1 + dot(a, b);
  if (w < 1e-9) {  // opposite: half a turn about any perpendicular axis
    const Vec3 axis = unit(std::fabs(a.x) < 0.7 ? cross(a, {1, 0, 0}) : cross(a, {0, 0, 1}));
    return {0, axis.x, axis.y, axis.z};
  }
  const Vec3 c = cross(a, b);
  return unit(Quat{w, c.x, c.y, c.z});
}

// Shortest-arc interpolation between two unit quaternions.
inline Quat slerp(Quat a, Quat b, double t) {
  double cosine = dot(a, b);
  if (cosine < 0) {
    b = negate(b);
    cosine = -cosine;
  }
  double from = 1 - t, to = t;
  if (cosine < 0.9995) {
    const double angle = portable::acos(cosine), sine = portable::sin(angle);
    from = portable::sin((1 - t) * angle) / sine;
    to = portable::sin(t * angle) / sine;
  }
  return unit(
      Quat{from * a.w + to * b.w, from * a.x + to * b.x, from * a.y + to * b.y, from * a.z + to * b.z});
}

// Quaternion of the rotation matrix with the orthonormal right-handed columns x, y, z (Shepperd 1978).
inline Quat from_axes(Vec3 x, Vec3 y, Vec3 z) {
  const double trace = x.x + y.y + z.z;
  if (trace > 0) {
    const double s = 2 * std::sqrt(trace + 1);
    return unit(Quat{0.25 * s, (y.z - z.y) / s, (z.x - x.z) / s, (x.y - y.x) / s});
  }
  if (x.x > y.y && x.x > z.z) {
    const double s = 2 * std::sqrt(1 + x.x - y.y - z.z);
    return unit(Quat{(y.z - z.y) / s, 0.25 * s, (x.y + y.x) / s, (z.x + x.z) / s});
  }
  if (y.y > z.z) {
    const double s = 2 * std::sqrt(1 + y.y - x.x - z.z);
    return unit(Quat{(z.x - x.z) / s, (x.y + y.x) / s, 0.25 * s, (y.z + z.y) / s});
  }
  const double s = 2 * std::sqrt(1 + z.z - x.x - y.y);
  return unit(Quat{(x.y - y.x) / s, (z.x + x.z) / s, (y.z + z.y) / s, 0.25 * s});
}

// Rotation whose y axis is the unit vector `y` and whose x axis is as close to `x` as that allows.
inline Quat from_y_and_x(Vec3 y, Vec3 x) {
  const Vec3 other = std::fabs(y.x) < 0.7 ? Vec3{1, 0, 0} : Vec3{0, 0, 1};
  const Vec3 right = unit(reject(x, y), unit(reject(other, y)));
  return from_axes(right, y, cross(right, y));
}

}  // namespace selfcorrect::kinematics

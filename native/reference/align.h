// The rotation that best takes one set of three vectors to another.
#pragma once
#include "reference/geometry.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Of a symmetric matrix: its upper triangle, and what its determinant and adjugate are made of, the 2x2
// minors of the upper and the lower two rows.
template <class F>
struct Symmetric4 {
  F ww, wx, wy, wz, xx, xy, xz, yy, yz, zz;
};
template <class F>
struct Minors {
  F s[6], c[6];
};
template <class F>
SC_INLINE Minors<F> minors_of(const Symmetric4<F>& n) {
  return {{n.ww * n.xx - n.wx * n.wx, n.ww * n.xy - n.wx * n.wy, n.ww * n.xz - n.wx * n.wz,
           n.wx * n.xy - n.xx * n.wy, n.wx * n.xz - n.xx * n.wz, n.wy * n.xz - n.xy * n.wz},
          {n.wy * n.xz - n.wz * n.xy, n.wy * n.yz - n.wz * n.yy, n.wy * n.zz - n.wz * n.yz,
           n.xy * n.yz - n.xz * n.yy, n.xy * n.zz - n.xz * n.yz, n.yy * n.zz - n.yz * n.yz}};
}
template <class F>
SC_INLINE F determinant(const Minors<F>& m) {
  return m.s[0] * m.c[5] - m.s[1] * m.c[4] + m.s[2] * m.c[3] + m.s[3] * m.c[2] - m.s[4] * m.c[1] +
         m.s[5] * m.c[0];
}

// The longest column of the adjugate of `n`.
template <class F>
SC_INLINE Quat<F> longest_column(const Symmetric4<F>& n) {
  const Minors<F> m = minors_of(n);
  const auto &s = m.s, &c = m.c;
  const Quat<F> columns[4] = {
      {n.xx * c[5] - n.xy * c[4] + n.xz * c[3], n.xy * c[2] - n.wx * c[5] - n.xz * c[1],
       n.wx * c[4] - n.xx * c[2] + n.xz * c[0], n.xx * c[1] - n.wx * c[3] - n.xy * c[0]},
      {n.wy * c[4] - n.wx * c[5] - n.wz * c[3], n.ww * c[5] - n.wy * c[2] + n.wz * c[1],
       n.wx * c[2] - n.ww * c[4] - n.wz * c[0], n.ww * c[3] - n.wx * c[1] + n.wy * c[0]},
      {n.xz * s[5] - n.yz * s[4] + n.zz * s[3], n.yz * s[2] - n.wz * s[5] - n.zz * s[1],
       n.wz * s[4] - n.xz * s[2] + n.zz * s[0], n.xz * s[1] - n.wz * s[3] - n.yz * s[0]},
      {n.yy * s[4] - n.xy * s[5] - n.yz * s[3], n.wy * s[5] - n.yy * s[2] + n.yz * s[1],
       n.xy * s[2] - n.wy * s[4] - n.yz * s[0], n.wy * s[3] - n.xy * s[1] + n.yy * s[0]}};
  Quat<F> longest = columns[0];
  for (int i = 1; i < 4; ++i)
    longest = select<F>(dot(columns[i], columns[i]) > dot(longest, longest), columns[i], longest);
  return longest;
}

// Unit quaternion R minimising sum |to_i - R from_i|^2 (Horn 1987; largest eigenvalue by Newton's method as
// in Theobald 2005). Three vectors that are not all parallel determine it; otherwise one of the best is
// returned.
template <class F>
SC_INLINE Quat<F> best_rotation(const Vec3<F> (&from)[3], const Vec3<F> (&to)[3]) {
  Vec3<F> sx{}, sy{}, sz{};  // rows of sum from_i to_i^T
  F bound{};
  for (int i = 0; i < 3; ++i) {
    sx += to[i] * from[i].x;
    sy += to[i] * from[i].y;
    sz += to[i] * from[i].z;
    bound += 0.5 * (dot(from[i], from[i]) + dot(to[i], to[i]));
  }
  const F squares = dot(sx, sx) + dot(sy, sy) + dot(sz, sz);
  const F yz = sy.z - sz.y, zx = sz.x - sx.z, xy = sx.y - sy.x;
  Symmetric4<F> n{sx.x + sy.y + sz.z,
                  yz,
                  zx,
                  xy,
                  sx.x - sy.y - sz.z,
                  sx.y + sy.x,
                  sz.x + sx.z,
                  sy.y - sx.x - sz.z,
                  sy.z + sz.y,
                  sz.z - sx.x - sy.y};
  // Largest root of the characteristic polynomial of Horn's matrix, from above.
  const F c2 = -2.0 * squares, c1 = -8.0 * dot(sx, cross(sy, sz)), c0 = determinant(minors_of(n));
  F lambda = bound;
  Mask<F> going = lambda == lambda;
  for (int step = 0; step < 30 && any(going); ++step) {
    const F square = lambda * lambda;
    const F value = ((square + c2) * lambda + c1) * lambda + c0;
    const F slope = (4.0 * square + 2.0 * c2) * lambda + c1;
    going = going & (absolute(slope) >= broadcast<F>(1e-30));
    const F change = select<F>(going, value / slope, F{});
    lambda -= change;
    going = going & (absolute(change) >= 1e-13 * absolute(lambda));
  }
  // Every column of the adjugate of N - lambda I is a multiple of the eigenvector; the longest is the most
  // accurate.
  n.ww -= lambda;
  n.xx -= lambda;
  n.yy -= lambda;
  n.zz -= lambda;
  return unit(longest_column(n));
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "reference/align.h"

#include <algorithm>

namespace selfcorrect::kinematics {
namespace {

struct Symmetric4 {
  double m[4][4];
};

// Determinant and adjugate by the 2x2 minors of the upper and the lower two rows.
struct Minors {
  double s[6], c[6];

  explicit Minors(const Symmetric4& n) {
    const auto& m = n.m;
    s[0] = m[0][0] * m[1][1] - m[1][0] * m[0][1];
    s[1] = m[0][0] * m[1][2] - m[1][0] * m[0][2];
    s[2] = m[0][0] * m[1][3] - m[1][0] * m[0][3];
    s[3] = m[0][1] * m[1][2] - m[1][1] * m[0][2];
    s[4] = m[0][1] * m[1][3] - m[1][1] * m[0][3];
    s[5] = m[0][2] * m[1][3] - m[1][2] * m[0][3];
    c[0] = m[2][0] * m[3][1] - m[3][0] * m[2][1];
    c[1] = m[2][0] * m[3][2] - m[3][0] * m[2][2];
    c[2] = m[2][0] * m[3][3] - m[3][0] * m[2][3];
    c[3] = m[2][1] * m[3][2] - m[3][1] * m[2][2];
    c[4] = m[2][1] * m[3][3] - m[3][1] * m[2][3];
    c[5] = m[2][2] * m[3][3] - m[3][2] * m[2][3];
  }

  double determinant() const {
    return s[0] * c[5] - s[1] * c[4] + s[2] * c[3] + s[3] * c[2] - s[4] * c[1] + s[5] * c[0];
  }

  // The longest column of the adjugate.
  Quat longest_column(const Symmetric4& n) const {
    const auto& m = n.m;
    const Quat columns[4] = {
        {m[1][1] * c[5] - m[1][2] * c[4] + m[1][3] * c[3], -m[1][0] * c[5] + m[1][2] * c[2] - m[1][3] * c[1],
         m[1][0] * c[4] - m[1][1] * c[2] + m[1][3] * c[0], -m[1][0] * c[3] + m[1][1] * c[1] - m[1][2] * c[0]},
        {-m[0][1] * c[5] + m[0][2] * c[4] - m[0][3] * c[3], m[0][0] * c[5] - m[0][2] * c[2] + m[0][3] * c[1],
         -m[0][0] * c[4] + m[0][1] * c[2] - m[0][3] * c[0], m[0][0] * c[3] - m[0][1] * c[1] + m[0][2] * c[0]},
        {m[3][1] * s[5] - m[3][2] * s[4] + m[3][3] * s[3], -m[3][0] * s[5] + m[3][2] * s[2] - m[3][3] * s[1],
         m[3][0] * s[4] - m[3][1] * s[2] + m[3][3] * s[0], -m[3][0] * s[3] + m[3][1] * s[1] - m[3][2] * s[0]},
        {-m[2][1] * s[5] + m[2][2] * s[4] - m[2][3] * s[3], m[2][0] * s[5] - m[2][2] * s[2] + m[2][3] * s[1],
         -m[2][0] * s[4] + m[2][1] * s[2] - m[2][3] * s[0],
         m[2][0] * s[3] - m[2][1] * s[1] + m[2][2] * s[0]}};
    return *std::max_element(columns, columns + 4, [](Quat a, Quat b) { return dot(a, a) < dot(b, b); });
  }
};

}  // namespace

Quat best_rotation(const Vec3* from, const Vec3* to, int count) {
  double s[3][3] = {}, bound = 0, squares = 0;
  for (int i = 0; i < count; ++i) {
    const double a[3] = {from[i].x, from[i].y, from[i].z}, b[3] = {to[i].x, to[i].y, to[i].z};
    for (int r = 0; r < 3; ++r)
      for (int c = 0; c < 3; ++c) s[r][c] += a[r] * b[c];
    bound += 0.5 * (dot(from[i], from[i]) + dot(to[i], to[i]));
  }
  for (const auto& row : s)
    for (double value : row) squares += value * value;
  const double determinant = s[0][0] * (s[1][1] * s[2][2] - s[1][2] * s[2][1]) -
                             s[0][1] * (s[1][0] * s[2][2] - s[1][2] * s[2][0]) +
                             s[0][2] * (s[1][0] * s[2][1] - s[1][1] * s[2][0]);
  const double yz = s[1][2] - s[2][1], zx = s[2][0] - s[0][2], xy = s[0][1] - s[1][0];
  Symmetric4 n{{{s[0][0] + s[1][1] + s[2][2], yz, zx, xy},
                {yz, s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]},
                {zx, s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]},
                {xy, s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1]}}};
  // Largest root of the characteristic polynomial of Horn's matrix, from above.
  const double c2 = -2 * squares, c1 = -8 * determinant, c0 = Minors(n).determinant();
  double lambda = bound;
  for (int step = 0; step < 30; ++step) {
    const double value = ((lambda * lambda + c2) * lambda + c1) * lambda + c0;
    const double slope = (4 * lambda * lambda + 2 * c2) * lambda + c1;
    if (std::fabs(slope) < 1e-30) break;
    const double change = value / slope;
    lambda -= change;
    if (std::fabs(change) < 1e-13 * std::fabs(lambda)) break;
  }
  // Every column of the adjugate of N - lambda I is a multiple of the eigenvector; the longest is the most
  // accurate.
  for (int i = 0; i < 4; ++i) n.m[i][i] -= lambda;
  return unit(Minors(n).longest_column(n));
}

}  // namespace selfcorrect::kinematics

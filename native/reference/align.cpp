#include "reference/align.h"

#include <algorithm>

namespace selfcorrect::kinematics {
namespace {

using Matrix4 = double[4][4];

double determinant3(const Matrix4& m, int row, int column) {
  int r[3], c[3];
  for (int i = 0, n = 0; i < 4; ++i)
    if (i != row) r[n++] = i;
  for (int i = 0, n = 0; i < 4; ++i)
    if (i != column) c[n++] = i;
  return m[r[0]][c[0]] * (m[r[1]][c[1]] * m[r[2]][c[2]] - m[r[1]][c[2]] * m[r[2]][c[1]]) -
         m[r[0]][c[1]] * (m[r[1]][c[0]] * m[r[2]][c[2]] - m[r[1]][c[2]] * m[r[2]][c[0]]) +
         m[r[0]][c[2]] * (m[r[1]][c[0]] * m[r[2]][c[1]] - m[r[1]][c[1]] * m[r[2]][c[0]]);
}

// Horn's symmetric 4x4 matrix N of the correlation sums.
void horn(const Vec3* from, const Vec3* to, int count, Matrix4& n, double& bound) {
  double s[3][3] = {};
  bound = 0;
  for (int i = 0; i < count; ++i) {
    const double a[3] = {from[i].x, from[i].y, from[i].z}, b[3] = {to[i].x, to[i].y, to[i].z};
    for (int r = 0; r < 3; ++r)
      for (int c = 0; c < 3; ++c) s[r][c] += a[r] * b[c];
    bound += 0.5 * (dot(from[i], from[i]) + dot(to[i], to[i]));
  }
  const double yz = s[1][2] - s[2][1], zx = s[2][0] - s[0][2], xy = s[0][1] - s[1][0];
  const double values[4][4] = {{s[0][0] + s[1][1] + s[2][2], yz, zx, xy},
                               {yz, s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]},
                               {zx, s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]},
                               {xy, s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1]}};
  std::copy(&values[0][0], &values[0][0] + 16, &n[0][0]);
}

// Largest root of det(N - lambda I) from above; the trace of N is zero, so there is no cubic term.
double largest_eigenvalue(const Matrix4& n, double bound) {
  double square = 0, cubic = 0, determinant = 0;
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) {
      square += n[i][j] * n[i][j];
      for (int k = 0; k < 4; ++k) cubic += n[i][j] * n[j][k] * n[k][i];
    }
    determinant += (i % 2 ? -1 : 1) * n[0][i] * determinant3(n, 0, i);
  }
  const double c2 = -0.5 * square, c1 = -cubic / 3, c0 = determinant;
  double lambda = bound;
  for (int step = 0; step < 30; ++step) {
    const double value = ((lambda * lambda + c2) * lambda + c1) * lambda + c0;
    const double slope = (4 * lambda * lambda + 2 * c2) * lambda + c1;
    if (std::fabs(slope) < 1e-30) break;
    const double change = value / slope;
    lambda -= change;
    if (std::fabs(change) < 1e-13 * std::fabs(lambda)) break;
  }
  return lambda;
}

}  // namespace

Quat best_rotation(const Vec3* from, const Vec3* to, int count) {
  Matrix4 n;
  double bound;
  horn(from, to, count, n, bound);
  const double lambda = largest_eigenvalue(n, bound);
  for (int i = 0; i < 4; ++i) n[i][i] -= lambda;
  // Every row of the adjugate of N - lambda I is a multiple of the eigenvector; the longest is the most
  // accurate.
  double best[4] = {1, 0, 0, 0}, longest = 0;
  for (int row = 0; row < 4; ++row) {
    double q[4], length = 0;
    for (int column = 0; column < 4; ++column) {
      q[column] = ((row + column) % 2 ? -1 : 1) * determinant3(n, row, column);
      length += q[column] * q[column];
    }
    if (length > longest) {
      longest = length;
      std::copy(q, q + 4, best);
    }
  }
  return unit(Quat{best[0], best[1], best[2], best[3]});
}

}  // namespace selfcorrect::kinematics

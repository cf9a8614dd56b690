#include "reference/filter.h"

#include <algorithm>
#include <numbers>

#include "math/portable.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kRealJerk = 145;  // m/s^3, mean of real motion at 20 fps
constexpr double kJerkFactor = 1.5;
// Sum of squared third over second differences: 3.3 for white noise, 0.5 to 2 for real motion (the larger
// values where it stands still and only the noise of the capture is left), 2.5 to 3.1 with 10 mm of jitter.
constexpr double kNoiseRatio = 2.0;
// Of one joint: a foot that is put down and lifted often comes to 2.4.
constexpr double kJointNoiseRatio = 2.5;

Vec3 second_difference(const std::vector<Positions>& p, int t, int j) {
  return p[t + 1][j] - 2.0 * p[t][j] + p[t - 1][j];
}

// Transposed direct form II, started in the steady state of the first value; the three axes side by side.
void run(const double (&b)[3], const double (&a)[2], std::vector<Vec3>& values) {
  Vec3 s1 = (1 - b[0]) * values[0], s2 = (b[2] - a[1]) * values[0];
  for (Vec3& value : values) {
    const Vec3 in = value, out = b[0] * in + s1;
    s1 = b[1] * in - a[0] * out + s2;
    s2 = b[2] * in - a[1] * out;
    value = out;
  }
}

// Whether the joints `first` to `last` - 1 together move like noise, with its share of third differences.
bool shake(const std::vector<Positions>& positions, double fps, int first, int last, double ratio) {
  const int frames = static_cast<int>(positions.size());
  double second = 0, third = 0, jerk = 0;
  for (int t = 1; t + 2 < frames; ++t)
    for (int j = first; j < last; ++j) {
      const Vec3 a = second_difference(positions, t, j), b = second_difference(positions, t + 1, j);
      const double square = dot(b - a, b - a);
      second += dot(b, b);
      third += square;
      jerk += std::sqrt(square);
    }
  jerk *= fps * fps * fps / (std::max(1, frames - 3) * double(last - first));
  return jerk > kJerkFactor * kRealJerk && third > ratio * second;
}

}  // namespace

bool is_jittery(const std::vector<Positions>& positions, double fps) {
  return shake(positions, fps, 0, kJoints, kNoiseRatio);
}

bool any_joint_jittery(const std::vector<Positions>& positions, double fps) {
  for (int j = 0; j < kJoints; ++j)
    if (shake(positions, fps, j, j + 1, kJointNoiseRatio)) return true;
  return false;
}

void low_pass(std::vector<Positions>& positions, double fps, double cutoff) {
  if (cutoff >= 0.45 * fps) return;
  const double w = portable::tan(std::numbers::pi * cutoff / fps), r = std::numbers::sqrt2 * w,
               scale = 1 / (1 + r + w * w);
  const double b[3] = {w * w * scale, 2 * w * w * scale, w * w * scale};
  const double a[2] = {2 * (w * w - 1) * scale, (1 - r + w * w) * scale};
  const int frames = static_cast<int>(positions.size());
  const int pad = std::min(frames - 1, static_cast<int>(std::ceil(2 * fps / cutoff)));
  std::vector<Vec3> x(frames + 2 * pad);
  for (int j = 0; j < kJoints; ++j) {
    const auto value = [&](int t) { return positions[t][j]; };
    for (int t = 0; t < frames; ++t) x[pad + t] = value(t);
    for (int i = 1; i <= pad;
         ++i) {  // continued point-symmetrically, so that the ends keep their place and speed
      x[pad - i] = 2.0 * value(0) - value(i);
      x[pad + frames - 1 + i] = 2.0 * value(frames - 1) - value(frames - 1 - i);
    }
    for (int direction = 0; direction < 2; ++direction) {
      run(b, a, x);
      std::reverse(x.begin(), x.end());
    }
    for (int t = 0; t < frames; ++t) positions[t][j] = x[pad + t];
  }
}

}  // namespace selfcorrect::kinematics

#include "reference/filter.h"

#include <algorithm>
#include <numbers>

namespace selfcorrect::kinematics {
namespace {

constexpr double kRealJerk = 145;  // m/s^3, mean of real motion at 20 fps
constexpr double kJerkFactor = 1.5;
// Sum of squared third over second differences: 3.3 for white noise, 0.5 to 2 for real motion (the larger
// values where it stands still and only the noise of the capture is left), 2.5 to 3.1 with 10 mm of jitter.
constexpr double kNoiseRatio = 2.0;

constexpr double kGlitch = 0.08;     // m from the middle of the neighbours
constexpr double kGlitchFactor = 4;  // and that many times what the frames around show

Vec3 second_difference(const std::vector<Positions>& p, int t, int j) {
  return p[t + 1][j] - 2.0 * p[t][j] + p[t - 1][j];
}

// Transposed direct form II, started in the steady state of the first value.
void run(const double (&b)[3], const double (&a)[2], std::vector<double>& x) {
  double s1 = (1 - b[0]) * x[0], s2 = (b[2] - a[1]) * x[0];
  for (double& value : x) {
    const double in = value, out = b[0] * in + s1;
    s1 = b[1] * in - a[0] * out + s2;
    s2 = b[2] * in - a[1] * out;
    value = out;
  }
}

}  // namespace

bool is_jittery(const std::vector<Positions>& positions, double fps) {
  const int frames = static_cast<int>(positions.size());
  double second = 0, third = 0, jerk = 0;
  for (int t = 1; t + 2 < frames; ++t)
    for (int j = 0; j < kJoints; ++j) {
      const Vec3 a = second_difference(positions, t, j), b = second_difference(positions, t + 1, j);
      const double square = dot(b - a, b - a);
      second += dot(b, b);
      third += square;
      jerk += std::sqrt(square);
    }
  jerk *= fps * fps * fps / (std::max(1, frames - 3) * double(kJoints));
  return jerk > kJerkFactor * kRealJerk && third > kNoiseRatio * second;
}

void repair_glitches(std::vector<Positions>& positions) {
  const int frames = static_cast<int>(positions.size());
  const auto off = [&](int t, int j) { return 0.5 * norm(second_difference(positions, t, j)); };
  for (int j = 0; j < kJoints; ++j)
    for (int t = 1; t + 1 < frames; ++t) {
      const double here = off(t, j);
      if (here < kGlitch) continue;
      // The direct neighbours see half of a glitch; those one further see nothing of it.
      double around = 0;
      if (t >= 3) around = std::max(around, off(t - 2, j));
      if (t + 3 < frames) around = std::max(around, off(t + 2, j));
      const double before = t >= 2 ? off(t - 1, j) : 0.5 * here,
                   after = t + 2 < frames ? off(t + 1, j) : 0.5 * here;
      if (here > kGlitchFactor * around && std::max(before, after) < 0.75 * here)
        positions[t][j] = lerp(positions[t - 1][j], positions[t + 1][j], 0.5);
    }
}

void low_pass(std::vector<Positions>& positions, double fps, double cutoff) {
  if (cutoff >= 0.45 * fps) return;
  const double w = std::tan(std::numbers::pi * cutoff / fps), r = std::numbers::sqrt2 * w,
               scale = 1 / (1 + r + w * w);
  const double b[3] = {w * w * scale, 2 * w * w * scale, w * w * scale};
  const double a[2] = {2 * (w * w - 1) * scale, (1 - r + w * w) * scale};
  const int frames = static_cast<int>(positions.size());
  const int pad = std::min(frames - 1, static_cast<int>(std::ceil(2 * fps / cutoff)));
  std::vector<double> x(frames + 2 * pad);
  for (int j = 0; j < kJoints; ++j)
    for (double Vec3::*axis : {&Vec3::x, &Vec3::y, &Vec3::z}) {
      const auto value = [&](int t) { return positions[t][j].*axis; };
      for (int t = 0; t < frames; ++t) x[pad + t] = value(t);
      for (int i = 1; i <= pad;
           ++i) {  // continued point-symmetrically, so that the ends keep their place and speed
        x[pad - i] = 2 * value(0) - value(i);
        x[pad + frames - 1 + i] = 2 * value(frames - 1) - value(frames - 1 - i);
      }
      for (int direction = 0; direction < 2; ++direction) {
        run(b, a, x);
        std::reverse(x.begin(), x.end());
      }
      for (int t = 0; t < frames; ++t) positions[t][j].*axis = x[pad + t];
    }
}

}  // namespace selfcorrect::kinematics

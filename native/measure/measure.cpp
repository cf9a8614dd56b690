#include "measure/measure.h"

#include <algorithm>
#include <cmath>

#include "reference/reference.h"

namespace selfcorrect {
namespace {

constexpr double kTolerance = 0.005;  // m above or below the floor that counts as touching it
constexpr int kFeet[2] = {10, 11};
constexpr int kRow = kJoints * 3;

double lowest(const float* frame) {
  double low = frame[1];
  for (int j = 1; j < kJoints; ++j) low = std::min(low, double(frame[3 * j + 1]));
  return low;
}

// Mean horizontal shift in metres of the foot joints that touch the floor in both frames; 0 where none does.
double slip(const float* a, const float* b) {
  double sum = 0;
  int count = 0;
  for (int foot : kFeet) {
    const float *from = a + 3 * foot, *to = b + 3 * foot;
    if (from[1] > kTolerance || to[1] > kTolerance) continue;
    const double x = double(to[0]) - from[0], z = double(to[2]) - from[2];
    sum += std::sqrt(x * x + z * z);
    ++count;
  }
  return count ? sum / count : 0;
}

}  // namespace

Measure measure(const float* joints, int frames, double fps) {
  Measure result;
  if (frames <= 0) return result;
  Contact& contact = result.joints;
  for (int t = 0; t < frames; ++t) {
    const double low = lowest(joints + t * kRow);
    if (low < -kTolerance) contact.penetrate -= low;
    if (low > kTolerance) contact.floating += low;
  }
  contact.penetrate *= 1e3 / frames;
  contact.floating *= 1e3 / frames;
  for (int t = 0; t + 1 < frames; ++t) {
    const float *a = joints + t * kRow, *b = a + kRow;
    contact.skate += slip(a, b);
    const double x = double(b[0]) - a[0], y = double(b[1]) - a[1], z = double(b[2]) - a[2];
    result.root_speed += std::sqrt(x * x + y * y + z * z);
  }
  if (frames > 1) {
    contact.skate *= 1e3 / (frames - 1);
    result.root_speed *= fps / (frames - 1);
  }
  for (int t = 0; t + 3 < frames; ++t) {
    const float* p = joints + t * kRow;
    for (int j = 0; j < kJoints; ++j, p += 3) {
      double square = 0;
      for (int k = 0; k < 3; ++k) {
        const double third = double(p[3 * kRow + k]) - 3 * (double(p[2 * kRow + k]) - p[kRow + k]) - p[k];
        square += third * third;
      }
      result.jerk += std::sqrt(square);
    }
  }
  if (frames > 3) result.jerk *= fps * fps * fps / ((frames - 3) * double(kJoints));
  return result;
}

void distance(const float* a, const float* b, int frames, double& world, double& root_relative) {
  world = root_relative = 0;
  if (frames <= 0) return;
  for (int t = 0; t < frames; ++t) {
    const float *p = a + t * kRow, *q = b + t * kRow;
    const double root[3] = {double(q[0]) - p[0], double(q[1]) - p[1], double(q[2]) - p[2]};
    for (int j = 0; j < kJoints; ++j) {
      double d[3];
      for (int k = 0; k < 3; ++k) d[k] = double(q[3 * j + k]) - p[3 * j + k];
      world += std::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
      for (int k = 0; k < 3; ++k) d[k] -= root[k];
      root_relative += std::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    }
  }
  world *= 1e3 / (double(frames) * kJoints);
  root_relative *= 1e3 / (double(frames) * kJoints);
}

double worst_distance(const float* a, const float* b, int frames) {
  double worst = 0;
  for (int t = 0; t < frames; ++t) {
    double sum = 0;
    for (int i = t * kRow; i < (t + 1) * kRow; i += 3)
      sum += std::hypot(double(b[i]) - a[i], double(b[i + 1]) - a[i + 1], double(b[i + 2]) - a[i + 2]);
    worst = std::max(worst, sum);
  }
  return 1e3 / kJoints * worst;
}

}  // namespace selfcorrect

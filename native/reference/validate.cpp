#include "reference/validate.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "reference/reference.h"

namespace selfcorrect::kinematics {
namespace {

constexpr int kMinFrames = 4;                    // one more than a third difference needs
constexpr double kMaxPosition = 1000;            // m
constexpr double kMaxSpeed = 100;                // m/s
constexpr double kMinBone = 0.01, kMaxBone = 2;  // m, of the median
// A bone is off in a frame when it differs from its median by more than half of it; short bones of a noisy
// motion do that without harm, so the difference must also be visible.
constexpr double kBoneShare = 0.5, kBoneLeast = 0.1;
// Share of frames with a bone off that is still repaired. Of 256 samples of a weak generator 22 have a bone
// off in more than a tenth of their frames, and all but two of those can be tracked.
constexpr double kOffFrames = 0.5;

double distance(const float* a, const float* b) {
  const double x = double(a[0]) - b[0], y = double(a[1]) - b[1], z = double(a[2]) - b[2];
  return std::sqrt(x * x + y * y + z * z);
}

bool bones_fit(const float* joints, int frames) {
  std::vector<double> length(frames), sorted(frames);
  std::vector<bool> off(frames, false);
  for (int j = 1; j < kJoints; ++j) {
    for (int t = 0; t < frames; ++t)
      length[t] = distance(joints + 3 * (t * kJoints + j), joints + 3 * (t * kJoints + kParent[j]));
    sorted = length;
    std::nth_element(sorted.begin(), sorted.begin() + frames / 2, sorted.end());
    const double median = sorted[frames / 2];
    if (median < kMinBone || median > kMaxBone) return false;
    const double limit = std::max(kBoneShare * median, kBoneLeast);
    for (int t = 0; t < frames; ++t)
      if (std::fabs(length[t] - median) > limit) off[t] = true;
  }
  return std::count(off.begin(), off.end(), true) <= std::max(1.0, kOffFrames * frames);
}

}  // namespace

Reason validate(const float* joints, int frames, double fps) {
  if (frames <= 0) return Reason::kEmpty;
  const long count = long(frames) * kJoints * 3, row = kJoints * 3;
  for (long i = 0; i < count; ++i)
    if (!std::isfinite(joints[i])) return Reason::kNotFinite;
  if (frames < kMinFrames) return Reason::kTooShort;
  for (long i = 0; i < count; i += 3) {
    const float* p = joints + i;
    if (std::sqrt(double(p[0]) * p[0] + double(p[1]) * p[1] + double(p[2]) * p[2]) > kMaxPosition)
      return Reason::kOutOfRange;
    if (i >= row && distance(p, p - row) * fps > kMaxSpeed) return Reason::kOutOfRange;
  }
  return bones_fit(joints, frames) ? Reason::kNone : Reason::kBones;
}

}  // namespace selfcorrect::kinematics

#include "reference/flight.h"

#include <algorithm>

namespace selfcorrect::kinematics {
namespace {

constexpr double kFall[2] = {5, 8};  // m/s^2 downwards between which the body passes from carried to falling
constexpr double kWindow = 0.05;     // s to either side

}  // namespace

std::vector<double> carried(const Motion& motion) {
  const int frames = motion.frames();
  const int reach = std::max(1, static_cast<int>(std::lround(kWindow * motion.fps)));
  std::vector<double> result(frames, 1), height(frames, 0);  // mean of the joints
  if (frames < 2 * reach + 1) return result;
  for (int t = 0; t < frames; ++t) {
    for (const Vec3& joint : motion.position[t]) height[t] += joint.y;
    height[t] /= kJoints;
  }
  const double seconds = reach / motion.fps;
  for (int t = 0; t < frames; ++t) {
    const int middle = std::clamp(t, reach, frames - 1 - reach);
    const double second = height[middle - reach] - 2 * height[middle] + height[middle + reach];
    result[t] = 1 - smoothstep(-second / (seconds * seconds), kFall[0], kFall[1]);
  }
  return result;
}

}  // namespace selfcorrect::kinematics

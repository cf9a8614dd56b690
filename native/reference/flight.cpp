#include "reference/flight.h"

#include <algorithm>

namespace selfcorrect::kinematics {
namespace {

constexpr double kFall[2] = {5, 8};  // m/s^2 downwards between which the body passes from carried to falling
constexpr double kWindow = 0.05;     // s to either side

}  // namespace

double carried(const Motion& motion, int t) {
  const int reach = std::max(1, static_cast<int>(std::lround(kWindow * motion.fps)));
  const int middle = std::clamp(t, reach, std::max(reach, motion.frames() - 1 - reach));
  if (middle + reach >= motion.frames()) return 1;
  double second = 0;
  for (int j = 0; j < kJoints; ++j)
    second += motion.position[middle - reach][j].y - 2 * motion.position[middle][j].y +
              motion.position[middle + reach][j].y;
  const double seconds = reach / motion.fps;
  return 1 - smoothstep(-second / (kJoints * seconds * seconds), kFall[0], kFall[1]);
}

}  // namespace selfcorrect::kinematics

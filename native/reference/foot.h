// The feet of a motion: where their soles are, and how a planted foot stands.
#pragma once
#include <algorithm>

#include "model/foot.h"
#include "reference/motion.h"

namespace selfcorrect::kinematics {

constexpr double kSoleDepth = kToeDepth;  // m from the centre of the toe joint down to the sole

constexpr int kCorners =
    2 * kSolePoints;  // four of the foot proper (0, 1 at the heel), then four of the toes
using SolePoints = std::array<Vec3, kCorners>;

// Corners of the sole of foot `side` (0 left, 1 right) in the world.
SolePoints sole_points(const Motion& motion, int t, int side);

// The same for the foot as it would stand if it were planted now: flat where it is nearly flat, with level
// toes.
SolePoints planted_sole_points(const Motion& motion, int t, int side);

// A foot turned flat about its ankle when its tilt is small; steeper feet stand on their heel or toes and
// stay.
Quat flattened(Quat foot);

// Rotation of the toes of a foot: bent up by `share` of what makes them level where the foot points down (the
// toes' own rotation cannot be seen in joint positions).
Quat level_toes(Quat foot, double share);

inline double lowest(const SolePoints& points) {
  double low = points[0].y;
  for (const Vec3& point : points) low = std::min(low, point.y);
  return low;
}

}  // namespace selfcorrect::kinematics

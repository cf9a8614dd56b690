// Where the soles are: the contact geometry of the feet in the frames of the ankle and toe bodies.
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

constexpr double kSoleThickness = 0.025;  // m from the centre of the toe joint down to the sole
constexpr double kHeel = 0.055;           // m of sole behind the ankle
constexpr double kToe = 0.080;            // m of sole before the toe joint
constexpr double kHalfWidth = 0.045;      // m

constexpr int kSolePoints = 6;  // 0..1 heel, 2..3 ball (under the toe joint), 4..5 tip of the toes

// Corners of the sole of one foot in the world.
inline std::array<Vec3, kSolePoints> sole_points(const Motion& motion, int t, const Leg& leg) {
  const Positions& p = motion.position[t];
  const auto& q = motion.rotation[t];
  const Vec3 toe = motion.offset[leg.toe];
  const double sole = toe.y - kSoleThickness;
  std::array<Vec3, kSolePoints> points;
  for (int i = 0; i < 2; ++i) {
    const double x = i ? kHalfWidth : -kHalfWidth;
    points[i] = p[leg.ankle] + rotate(q[leg.ankle], {x, sole, -kHeel});
    points[2 + i] = p[leg.ankle] + rotate(q[leg.ankle], {x, sole, toe.z});
    points[4 + i] = p[leg.toe] + rotate(q[leg.toe], {x, -kSoleThickness, kToe});
  }
  return points;
}

inline double lowest(const std::array<Vec3, kSolePoints>& points) {
  double low = points[0].y;
  for (const Vec3& point : points) low = std::fmin(low, point.y);
  return low;
}

}  // namespace selfcorrect::kinematics

// The soles of a motion in the world.
#pragma once
#include "model/foot.h"
#include "reference/motion.h"

namespace selfcorrect::kinematics {

constexpr double kSoleDepth = kToeDepth;  // m from the centre of the toe joint down to the sole

constexpr int kCorners = 2 * kSolePoints;  // four of the foot proper, then four of the toes
using SolePoints = std::array<Vec3, kCorners>;

// Corners of the sole of foot `side` (0 left, 1 right) in frame `t`.
inline SolePoints sole_points(const Motion& motion, int t, int side) {
  const Leg& leg = kLegs[side];
  const Sole& sole = motion.sole[side];
  SolePoints points;
  for (int i = 0; i < kSolePoints; ++i) {
    const float *foot = sole.foot[i], *toes = sole.toes[i];
    points[i] =
        motion.position[t][leg.ankle] + rotate(motion.rotation[t][leg.ankle], {foot[0], foot[1], foot[2]});
    points[kSolePoints + i] =
        motion.position[t][leg.toe] + rotate(motion.rotation[t][leg.toe], {toes[0], toes[1], toes[2]});
  }
  return points;
}

inline double lowest(const SolePoints& points) {
  double low = points[0].y;
  for (const Vec3& point : points) low = std::fmin(low, point.y);
  return low;
}

// Middle of the heel's edge of the sole.
inline Vec3 heel(const Motion& motion, int t, int side) {
  const Sole& sole = motion.sole[side];
  const Vec3 local{0.5 * (sole.foot[0][0] + sole.foot[1][0]), sole.foot[0][1],
                   0.5 * (sole.foot[0][2] + sole.foot[1][2])};
  return motion.position[t][kLegs[side].ankle] + rotate(motion.rotation[t][kLegs[side].ankle], local);
}

inline double lowest_sole(const Motion& motion, int t) {
  return std::fmin(lowest(sole_points(motion, t, 0)), lowest(sole_points(motion, t, 1)));
}

}  // namespace selfcorrect::kinematics

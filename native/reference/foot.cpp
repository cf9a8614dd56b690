#include "reference/foot.h"

#include "math/portable.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kFlat[2] = {0.20, 0.30};  // rad of tilt up to which a planted foot is meant to be flat
constexpr double kToeBend = 1.0;           // rad
constexpr double kLevel = 1e-9;            // sine of a pitch that needs no bend

SolePoints corners(const Sole& sole, Vec3 ankle, Quat foot, Vec3 toe, Quat toes) {
  SolePoints points;
  for (int i = 0; i < kSolePoints; ++i) {
    const float *a = sole.foot[i], *b = sole.toes[i];
    points[i] = ankle + rotate(foot, {a[0], a[1], a[2]});
    points[kSolePoints + i] = toe + rotate(toes, {b[0], b[1], b[2]});
  }
  return points;
}

}  // namespace

SolePoints sole_points(const Motion& motion, int t, int side) {
  const Leg& leg = kLegs[side];
  const Positions& p = motion.position[t];
  const auto& q = motion.rotation[t];
  return corners(motion.sole[side], p[leg.ankle], q[leg.ankle], p[leg.toe], q[leg.toe]);
}

SolePoints planted_sole_points(const Motion& motion, int t, int side) {
  const Leg& leg = kLegs[side];
  const Vec3 ankle = motion.position[t][leg.ankle];
  const Quat foot = flattened(motion.rotation[t][leg.ankle]);
  return corners(motion.sole[side], ankle, foot, ankle + rotate(foot, motion.offset[leg.toe]),
                 level_toes(foot, 1));
}

Quat flattened(Quat foot) {
  static const double all = portable::cos(kFlat[0]), none = portable::cos(kFlat[1]);
  const Vec3 up = rotate(foot, {0, 1, 0});
  if (up.y <= none) return foot;
  if (up.y >= all) return unit(swing(up, {0, 1, 0}) * foot);
  const double flat = 1 - smoothstep(portable::acos(std::min(up.y, 1.0)), kFlat[0], kFlat[1]);
  return unit(slerp({}, swing(up, {0, 1, 0}), flat) * foot);
}

Quat level_toes(Quat foot, double share) {
  const double down = -rotate(foot, {0, 0, 1}).y;
  if (down <= kLevel || share <= 0) return foot;
  return unit(foot * about({1, 0, 0}, -share * std::min(portable::asin(std::min(down, 1.0)), kToeBend)));
}

}  // namespace selfcorrect::kinematics

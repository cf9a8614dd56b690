#include "reference/leg.h"

#include <cmath>

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

// m that the knee's axis counts for against the knee's distance from the line hip-ankle
constexpr double kStraight = 0.005;
// Of a leg: share of its length, and m more than the least.
constexpr double kLongest = 0.9995, kShortest = 0.02;

SC_CALL Vec3<F> spread_out(const Vec3<double>& v) { return spread<F>(v.x, v.y, v.z); }

}  // namespace

SC_STAGE LegBones leg_bones(const Motion& motion, const Leg& leg) {
  const Vec3<double> to_knee = spread<double>(motion.offset[leg.knee]);
  const Vec3<double> to_ankle = spread<double>(motion.offset[leg.ankle]);
  const double thigh = norm(to_knee), shank = norm(to_ankle);
  return {thigh, shank, unit(to_knee), unit(to_ankle), bend_of(leg.knee, thigh, shank)};
}

SC_STAGE void place_ankle(const LegBones& bones, const Vec3<F>& target, LegPose& pose) {
  const double thigh = bones.thigh, shank = bones.shank;
  const Vec3<F> hip = pose.hip, way = target - hip;
  const Vec3<F> before = unit(pose.ankle - hip, spread<F>(0, -1, 0)), after = unit(way, before);
  F reach = bounded<F>(norm(way), std::fabs(thigh - shank) + kShortest, kLongest * (thigh + shank));
  // The knee stays in the plane it is in; a straight leg, which has none, bends about the knee's own axis.
  const Vec3<F> own = cross(before, right_of(pose.shank));
  const Vec3<F> bulge = reject(pose.knee - hip, before) + own * kStraight;
  const Vec3<F> carried = rotate(unit(swing(before, after)), bulge);
  const Vec3<F> ahead = unit(reject(spread<F>(0, 0, 1), after), spread<F>(1, 0, 0));
  const Vec3<F> forward = unit(reject(carried, after), ahead);
  const F side = select<F>(dot(bulge, own) < F{}, broadcast<F>(-1), broadcast<F>(1));
  F allowed_side = side;
  keep_bend(bones.bend, reach, allowed_side);
  const F along = (reach * reach + (thigh * thigh - shank * shank)) / (2.0 * reach);  // law of cosines
  const F out = square_root(maximum<F>(thigh * thigh - along * along, F{})) * (side * allowed_side);
  const Vec3<F> knee = hip + after * along + forward * out, ankle = hip + after * reach;
  pose.thigh = turned_onto(pose.thigh, spread_out(bones.to_knee), unit(knee - hip));
  pose.shank = turned_onto(pose.shank, spread_out(bones.to_ankle), unit(ankle - knee));
  pose.knee = knee;
  pose.ankle = ankle;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "reference/ik.h"

#include <algorithm>
#include <numbers>

#include "reference/align.h"

namespace selfcorrect::kinematics {
namespace {

// Sine of the bend between two bones over which their common plane becomes trustworthy.
constexpr double kLegBend[2] = {0.15, 0.5}, kArmBend[2] = {0.12, 0.4};
constexpr double kStraight =
    0.005;  // m that the knee's axis counts for against the knee's distance from the line hip-ankle
constexpr double kLongest = 0.9995,
                 kShortest = 0.02;  // of a leg: share of its length, and m more than the least

Vec3 bone(const Positions& p, int joint) { return unit(p[joint] - p[kParent[joint]], {0, -1, 0}); }

Quat fan_rotation(const Positions& p, const Offsets& offset, int center, const int (&joints)[3]) {
  Vec3 from[3], to[3];
  for (int i = 0; i < 3; ++i) {
    from[i] = offset[joints[i]];
    to[i] = p[joints[i]] - p[center];
  }
  return best_rotation(from, to, 3);
}

// `start`, turned by the smallest rotation that puts the bone to `child` on `direction`.
Quat turned_onto(Quat start, Vec3 offset, Vec3 direction) {
  return unit(swing(rotate(start, unit(offset)), direction) * start);
}

void solve_trunk(const Positions& p, const Offsets& offset, std::array<Quat, kJoints>& q) {
  q[0] = fan_rotation(p, offset, 0, {1, 2, 3});
  q[9] = fan_rotation(p, offset, 9, {12, 13, 14});
  q[3] = turned_onto(slerp(q[0], q[9], 1.0 / 3), offset[6], bone(p, 6));
  q[6] = turned_onto(slerp(q[0], q[9], 2.0 / 3), offset[9], bone(p, 9));
  q[12] = turned_onto(q[9], offset[15], bone(p, 15));
  q[15] = q[12];
}

// The arm's twist follows the plane of upper arm and forearm; a straight arm takes the twist of the smallest
// rotation from the T pose, which is singular only where no arm can point (the arm hanging or raised is not).
void solve_arm(const Positions& p, const Offsets& offset, const Arm& arm, double side,
               std::array<Quat, kJoints>& q) {
  q[arm.collar] = turned_onto(q[9], offset[arm.shoulder], bone(p, arm.shoulder));
  const Vec3 upper = bone(p, arm.elbow), fore = bone(p, arm.wrist);
  const Quat to_t_pose = about({0, 0, 1}, side * 0.5 * std::numbers::pi);
  const Vec3 sideways{side, 0, 0};
  const Vec3 local = rotate(conjugate(q[arm.collar]), upper);
  const Vec3 straight = rotate(q[arm.collar] * swing(sideways, local) * to_t_pose, {1, 0, 0});
  const Vec3 normal = -cross(upper, fore);
  const double bend = norm(normal);
  // An elbow that seems to bend backwards is a straight arm with noise unless it bends far.
  const double forwards = smoothstep(dot(unit(normal, straight), straight), -0.7, 0);
  const double trust =
      smoothstep(bend, kArmBend[0], kArmBend[1]) * std::max(forwards, smoothstep(bend, 0.4, 0.7));
  const Vec3 axis = unit(lerp(straight, unit(normal, straight), trust), straight);
  q[arm.shoulder] = from_y_and_x(-upper, axis);
  q[arm.elbow] = from_y_and_x(-fore, axis);
  q[arm.wrist] = q[arm.elbow];
}

// The knee's axis is the normal of the leg's plane; for a straight leg that of shank and foot, and for a
// pointed toe too the pelvis' own.
void solve_leg(const Positions& p, const Offsets& offset, const Leg& leg, std::array<Quat, kJoints>& q) {
  const Vec3 thigh = bone(p, leg.knee), shank = bone(p, leg.ankle), foot = bone(p, leg.toe);
  const Vec3 across = rotate(q[0], {1, 0, 0});
  const Vec3 by_foot = cross(foot, shank), by_knee = cross(thigh, shank);
  const double foot_trust = smoothstep(norm(by_foot), 0.15, 0.4);
  const Vec3 straight =
      unit(lerp(unit(reject(across, shank), across), unit(by_foot, across), foot_trust), across);
  const double bend = norm(by_knee);
  const double forwards = smoothstep(dot(unit(by_knee, straight), straight), -0.2, 0.2);
  const double trust = smoothstep(bend, kLegBend[0], kLegBend[1]) * forwards;
  const Vec3 axis = unit(lerp(straight, unit(by_knee, straight), trust), straight);
  q[leg.hip] = from_y_and_x(-thigh, axis);
  q[leg.knee] = from_y_and_x(-shank, axis);
  q[leg.ankle] = turned_onto(q[leg.knee], offset[leg.toe], foot);
  q[leg.toe] = q[leg.ankle];
}

}  // namespace

void place_ankle(Motion& motion, int t, const Leg& leg, Vec3 target) {
  Positions& p = motion.position[t];
  std::array<Quat, kJoints>& q = motion.rotation[t];
  const double thigh = norm(motion.offset[leg.knee]), shank = norm(motion.offset[leg.ankle]);
  const Vec3 hip = p[leg.hip];
  const Vec3 before = unit(p[leg.ankle] - hip, {0, -1, 0}), after = unit(target - hip, before);
  const double reach =
      std::clamp(norm(target - hip), std::fabs(thigh - shank) + kShortest, kLongest * (thigh + shank));
  // The knee stays in the plane it is in; a straight leg, which has none, bends about the knee's own axis.
  const Vec3 bulge =
      reject(p[leg.knee] - hip, before) + kStraight * cross(before, rotate(q[leg.knee], {1, 0, 0}));
  const Vec3 carried = rotate(swing(before, after), bulge);
  const Vec3 forward = unit(reject(carried, after), unit(reject({0, 0, 1}, after), {1, 0, 0}));
  const double along = (thigh * thigh + reach * reach - shank * shank) / (2 * reach);  // law of cosines
  const double out = std::sqrt(std::max(0.0, thigh * thigh - along * along));
  const Vec3 knee = hip + along * after + out * forward, ankle = hip + reach * after;
  q[leg.hip] = turned_onto(q[leg.hip], motion.offset[leg.knee], unit(knee - hip));
  q[leg.knee] = turned_onto(q[leg.knee], motion.offset[leg.ankle], unit(ankle - knee));
  p[leg.knee] = knee;
  p[leg.ankle] = ankle;
  p[leg.toe] = ankle + rotate(q[leg.ankle], motion.offset[leg.toe]);
}

Motion solve_ik(const std::vector<Positions>& positions, const Offsets& offset, double fps) {
  Motion motion;
  motion.fps = fps;
  motion.offset = offset;
  for (int side = 0; side < 2; ++side) {
    const Vec3 toe = offset[kLegs[side].toe];
    const float values[3] = {float(toe.x), float(toe.y), float(toe.z)};
    motion.sole[side] = make_sole(values);
  }
  motion.position = positions;
  motion.rotation.resize(positions.size());
  motion.contact.assign(positions.size(), {false, false});
  for (int t = 0; t < motion.frames(); ++t) {
    const Positions& p = positions[t];
    std::array<Quat, kJoints>& q = motion.rotation[t];
    solve_trunk(p, offset, q);
    for (int side = 0; side < 2; ++side) {
      solve_arm(p, offset, kArms[side], side ? -1 : 1, q);
      solve_leg(p, offset, kLegs[side], q);
    }
    pose_frame(motion, t);
    for (const Leg& leg : kLegs)
      if (norm(motion.position[t][leg.ankle] - p[leg.ankle]) > 1e-4)
        place_ankle(motion, t, leg, p[leg.ankle]);
  }
  return motion;
}

}  // namespace selfcorrect::kinematics

#include "reference/ik.h"

#include <algorithm>

#include "math/portable.h"
#include "reference/align.h"
#include "reference/hinge.h"
#include "reference/limit.h"

namespace selfcorrect::kinematics {
namespace {

// Sine of the bend between two bones over which their common plane becomes trustworthy.
constexpr double kLegBend[2] = {0.15, 0.5}, kArmBend[2] = {0.12, 0.4};
constexpr double kArmBack[2] = {0.3, 0.5};  // the same of an elbow that seems to bend backwards
constexpr double kStraight =
    0.005;  // m that the knee's axis counts for against the knee's distance from the line hip-ankle
constexpr double kMostRoll = 0.6;  // rad that an ankle turns a foot sideways
constexpr double kExact = 1e-4;    // m that an ankle may be off without a correction
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

// A straight arm takes the twist of the smallest rotation from an arm held out obliquely: in the middle of
// where arms point, and opposite to where none can. An elbow that bends a little backwards from it is a
// straight arm: taken as bent, it would turn the upper arm half round.
HingeView elbow_view(const Positions& p, const Arm& arm, double side, Quat collar) {
  const Vec3 upper = bone(p, arm.elbow), normal = cross(bone(p, arm.wrist), upper);
  const Vec3 middle = unit(Vec3{side, -1, 0.5});
  const Quat straight = collar * swing(middle, rotate(conjugate(collar), upper)) * swing({0, -1, 0}, middle);
  const Vec3 axis = rotate(straight, {1, 0, 0});
  const double bend = norm(normal), backwards = smoothstep(-dot(unit(normal, axis), axis), 0.3, 0.7);
  const double seen = lerp(1, smoothstep(bend, kArmBack[0], kArmBack[1]), backwards);
  return {upper, axis, normal, smoothstep(bend, kArmBend[0], kArmBend[1]) * seen};
}

// A straight leg's knee bends in the plane of shank and foot, and with the foot stretched too in that of the
// pelvis. A knee that bends backwards for foot and pelvis alike is a straight leg with noise; for one of them
// alone it is a foot or a pelvis that turned.
HingeView knee_view(const Positions& p, const Leg& leg, Quat pelvis) {
  const Vec3 thigh = bone(p, leg.knee), shank = bone(p, leg.ankle);
  const Vec3 across = rotate(pelvis, {1, 0, 0}), by_foot = cross(bone(p, leg.toe), shank);
  const Vec3 by_pelvis = unit(reject(across, shank), across);
  const Vec3 straight =
      unit(lerp(by_pelvis, unit(by_foot, across), smoothstep(norm(by_foot), 0.15, 0.4)), across);
  const Vec3 normal = cross(thigh, shank), side = unit(normal, straight);
  const double forwards = smoothstep(std::max(dot(side, straight), dot(side, by_pelvis)), -0.2, 0.2);
  return {thigh, straight, normal, smoothstep(norm(normal), kLegBend[0], kLegBend[1]) * forwards};
}

// A foot's roll about its own length cannot be seen in joint positions. Under a shank that stands, the sole
// is level sideways as far as an ankle turns; a leg in the air has the foot in line with the shank.
Quat level_roll(Quat foot, Vec3 direction, Vec3 shank) {
  const double level =
      smoothstep(-shank.y, 0.5, 0.8) * smoothstep(length2d(direction.x, direction.z), 0.2, 0.5);
  if (level <= 0) return foot;
  const Vec3 across = rotate(foot, {1, 0, 0}), wanted = unit(cross({0, 1, 0}, direction));
  const double angle = portable::atan2(dot(cross(across, wanted), direction), dot(across, wanted));
  return unit(about(direction, level * std::clamp(angle, -kMostRoll, kMostRoll)) * foot);
}

void solve_arms(const std::vector<Positions>& positions, Motion& motion, int side) {
  const Arm& arm = kArms[side];
  std::vector<HingeView> views(positions.size());
  for (size_t t = 0; t < positions.size(); ++t) {
    auto& q = motion.rotation[t];
    q[arm.collar] = turned_onto(q[9], motion.offset[arm.shoulder], bone(positions[t], arm.shoulder));
    views[t] = elbow_view(positions[t], arm, side ? -1 : 1, q[arm.collar]);
  }
  const std::vector<Vec3> axes = hinge_axes(views, motion.fps);
  for (size_t t = 0; t < positions.size(); ++t) {
    auto& q = motion.rotation[t];
    q[arm.shoulder] = from_y_and_x(-bone(positions[t], arm.elbow), axes[t]);
    q[arm.elbow] = q[arm.wrist] = from_y_and_x(-bone(positions[t], arm.wrist), axes[t]);
  }
}

void solve_legs(const std::vector<Positions>& positions, Motion& motion, int side) {
  const Leg& leg = kLegs[side];
  std::vector<HingeView> views(positions.size());
  for (size_t t = 0; t < positions.size(); ++t)
    views[t] = knee_view(positions[t], leg, motion.rotation[t][0]);
  const std::vector<Vec3> axes = hinge_axes(views, motion.fps);
  for (size_t t = 0; t < positions.size(); ++t) {
    auto& q = motion.rotation[t];
    q[leg.hip] = from_y_and_x(-bone(positions[t], leg.knee), axes[t]);
    q[leg.knee] = from_y_and_x(-bone(positions[t], leg.ankle), axes[t]);
    const Quat foot = turned_onto(q[leg.knee], motion.offset[leg.toe], bone(positions[t], leg.toe));
    q[leg.ankle] = q[leg.toe] = level_roll(foot, bone(positions[t], leg.toe), bone(positions[t], leg.ankle));
  }
}

// Bends an elbow the right way, with the wrist where it is or as near as that allows.
void place_wrist(Motion& motion, int t, const Arm& arm) {
  Positions& p = motion.position[t];
  auto& q = motion.rotation[t];
  const double upper = norm(motion.offset[arm.elbow]), fore = norm(motion.offset[arm.wrist]);
  const Vec3 shoulder = p[arm.shoulder], axis = rotate(q[arm.elbow], {-1, 0, 0});
  const Vec3 line = unit(p[arm.wrist] - shoulder, unit(p[arm.elbow] - shoulder));
  const Vec3 own = unit(cross(line, axis), unit(reject({0, 0, -1}, line), {1, 0, 0}));
  const double reach = norm(p[arm.wrist] - shoulder);
  const double bend = (dot(p[arm.elbow] - shoulder, own) < 0 ? -1 : 1) * bend_of(upper, fore, reach);
  const double allowed = allowed_bend(arm.elbow, bend), length = reach_of(upper, fore, allowed);
  const double along = (upper * upper + length * length - fore * fore) / (2 * length);
  const double out = std::sqrt(std::max(0.0, upper * upper - along * along)) * (allowed < 0 ? -1 : 1);
  p[arm.elbow] = shoulder + along * line + out * own;
  p[arm.wrist] = shoulder + length * line;
  q[arm.shoulder] = turned_onto(q[arm.shoulder], motion.offset[arm.elbow], unit(p[arm.elbow] - shoulder));
  q[arm.elbow] = q[arm.wrist] =
      turned_onto(q[arm.elbow], motion.offset[arm.wrist], unit(p[arm.wrist] - p[arm.elbow]));
}

}  // namespace

void place_ankle(Motion& motion, int t, const Leg& leg, Vec3 target) {
  Positions& p = motion.position[t];
  std::array<Quat, kJoints>& q = motion.rotation[t];
  const double thigh = norm(motion.offset[leg.knee]), shank = norm(motion.offset[leg.ankle]);
  const Vec3 hip = p[leg.hip];
  const Vec3 before = unit(p[leg.ankle] - hip, {0, -1, 0}), after = unit(target - hip, before);
  double reach =
      std::clamp(norm(target - hip), std::fabs(thigh - shank) + kShortest, kLongest * (thigh + shank));
  // The knee stays in the plane it is in; a straight leg, which has none, bends about the knee's own axis.
  const Vec3 own = cross(before, rotate(q[leg.knee], {1, 0, 0}));
  const Vec3 bulge = reject(p[leg.knee] - hip, before) + kStraight * own;
  const Vec3 carried = rotate(swing(before, after), bulge);
  const Vec3 forward = unit(reject(carried, after), unit(reject({0, 0, 1}, after), {1, 0, 0}));
  const double side = dot(bulge, own) < 0 ? -1 : 1;
  const double bend = side * bend_of(thigh, shank, reach), allowed = allowed_bend(leg.knee, bend);
  if (allowed != bend) reach = reach_of(thigh, shank, allowed);
  const double along = (thigh * thigh + reach * reach - shank * shank) / (2 * reach);  // law of cosines
  const double out = std::sqrt(std::max(0.0, thigh * thigh - along * along)) * (side * allowed < 0 ? -1 : 1);
  const Vec3 knee = hip + along * after + out * forward, ankle = hip + reach * after;
  q[leg.hip] = turned_onto(q[leg.hip], motion.offset[leg.knee], unit(knee - hip));
  q[leg.knee] = turned_onto(q[leg.knee], motion.offset[leg.ankle], unit(ankle - knee));
  p[leg.knee] = knee;
  p[leg.ankle] = ankle;
  p[leg.toe] = ankle + rotate(q[leg.ankle], motion.offset[leg.toe]);
}

void solve_ik(const std::vector<Positions>& positions, const Offsets& offset, double fps, Motion& motion) {
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
  for (int t = 0; t < motion.frames(); ++t) solve_trunk(positions[t], offset, motion.rotation[t]);
  for (int side = 0; side < 2; ++side) {
    solve_arms(positions, motion, side);
    solve_legs(positions, motion, side);
  }
  for (int t = 0; t < motion.frames(); ++t) {
    pose_frame(motion, t);
    for (const Leg& leg : kLegs) {
      const Vec3 ankle = positions[t][leg.ankle];
      if (norm(motion.position[t][leg.ankle] - ankle) > kExact || bends_too_far(motion, t, leg.knee))
        place_ankle(motion, t, leg, ankle);
    }
    for (const Arm& arm : kArms)
      if (bends_too_far(motion, t, arm.elbow)) place_wrist(motion, t, arm);
  }
  keep_limits(motion);
}

}  // namespace selfcorrect::kinematics

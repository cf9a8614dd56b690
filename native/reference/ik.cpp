#include "reference/ik.h"

#include <algorithm>

#include "math/series.h"
#include "reference/align.h"
#include "reference/hinge.h"
#include "reference/leg.h"
#include "reference/pose.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

// Sine of the bend between two bones over which their common plane becomes trustworthy.
SC_TABLE double kLegBend[2] = {0.15, 0.5}, kArmBend[2] = {0.12, 0.4};
SC_TABLE double kArmBack[2] = {0.3, 0.5};  // the same of an elbow that seems to bend backwards
constexpr double kMostRoll = 0.6;          // rad that an ankle turns a foot sideways
constexpr double kSineMostRoll = 0.5646424733950354, kCosineMostRoll = 0.8253356149096783;
constexpr double kAnkleExact = 1e-4;  // m that an ankle may be off without a correction

// The joints of consecutive frames, and the directions of the bones that end in them.
struct Given {
  const double* series;
  int stride, t;

  SC_INLINE Vec3<F> at(int j) const {
    return load_vector(series + static_cast<long>(3 * j) * stride + t, stride);
  }
  SC_INLINE Vec3<F> bone(int j) const { return unit(at(j) - at(kParent[j]), spread<F>(0, -1, 0)); }
};

// What is asked of the skeleton in every frame.
struct Rest {
  double direction[kJoints][3];  // unit, of the offsets
  LegBones leg[2];
  Bend elbow[2];

  SC_CALL explicit Rest(const Motion& motion) {
    for (int j = 1; j < kJoints; ++j) {
      const Vec3<double> v = unit(spread<double>(motion.offset[j]));
      direction[j][0] = v.x;
      direction[j][1] = v.y;
      direction[j][2] = v.z;
    }
    for (int side = 0; side < 2; ++side) {
      const Arm& arm = kArms[side];
      leg[side] = leg_bones(motion, kLegs[side]);
      elbow[side] = bend_of(arm.elbow, norm(spread<double>(motion.offset[arm.elbow])),
                            norm(spread<double>(motion.offset[arm.wrist])));
    }
  }
  SC_INLINE Vec3<F> to(int j) const { return spread<F>(direction[j]); }
};

SC_STAGE Quat<F> fan_rotation(const Given& p, const Motion& motion, int center, const int (&joints)[3]) {
  Vec3<F> from[3], to[3];
  for (int i = 0; i < 3; ++i) {
    from[i] = spread<F>(motion.offset[joints[i]]);
    to[i] = p.at(joints[i]) - p.at(center);
  }
  return best_rotation(from, to);
}

// The rotations a third and two thirds of the way from `a` to `b`. With c the cosine of the angle between
// them and k twice that of a third of it, those are k a + b and a + k b, up to their length, and k^3 - 3 k =
// 2 c.
struct Thirds {
  Quat<F> first, second;
};
SC_CALL Thirds thirds(const Quat<F>& a, Quat<F> b) {
  F c = dot(a, b);
  b = select<F>(c < F{}, b * -1.0, b);
  c = absolute(c);
  F k = broadcast<F>(2);
  for (int step = 0; step < 5; ++step) k = (2.0 * k * k * k + 2.0 * c) / (3.0 * k * k - 3.0);  // Newton
  return {unit(a * k + b), unit(a + b * k)};
}

SC_STAGE void solve_trunk(const Given& p, const Rest& rest, Motion& motion) {
  const Quat<F> pelvis = fan_rotation(p, motion, 0, {1, 2, 3}),
                chest = fan_rotation(p, motion, 9, {12, 13, 14});
  const Thirds between = thirds(pelvis, chest);
  const Quat<F> neck = turned_onto(chest, rest.to(15), p.bone(15));
  set_turn(motion, 0, p.t, pelvis);
  set_turn(motion, 3, p.t, turned_onto(between.first, rest.to(6), p.bone(6)));
  set_turn(motion, 6, p.t, turned_onto(between.second, rest.to(9), p.bone(9)));
  set_turn(motion, 9, p.t, chest);
  set_turn(motion, 12, p.t, neck);
  set_turn(motion, 15, p.t, neck);
}

// A straight arm takes the twist of the smallest rotation from an arm held out obliquely: in the middle of
// where arms point, and opposite to where none can. An elbow that bends a little backwards from it is a
// straight arm: taken as bent, it would turn the upper arm half round.
SC_STAGE HingeView<F> elbow_view(const Given& p, const Arm& arm, double side, const Quat<F>& collar) {
  const Vec3<F> upper = p.bone(arm.elbow), normal = cross(p.bone(arm.wrist), upper);
  const Vec3<F> middle = unit(spread<F>(side, -1, 0.5));
  const Quat<F> oblique = unit(swing(spread<F>(0, -1, 0), middle));
  const Quat<F> held = unit(swing(middle, rotate(conjugate(collar), upper)));
  const Vec3<F> axis = rotate(collar, rotate(held, right_of(oblique)));
  const F bend = norm(normal), backwards = smoothstep(-dot(unit(normal, axis), axis), 0.3, 0.7);
  const F seen = 1.0 + backwards * (smoothstep(bend, kArmBack[0], kArmBack[1]) - 1.0);
  return {upper, axis, normal, smoothstep(bend, kArmBend[0], kArmBend[1]) * seen};
}

// A straight leg's knee bends in the plane of shank and foot, and with the foot stretched too in that of the
// pelvis. A knee that bends backwards for foot and pelvis alike is a straight leg with noise; for one of them
// alone it is a foot or a pelvis that turned.
SC_STAGE HingeView<F> knee_view(const Given& p, const Leg& leg, const Quat<F>& pelvis) {
  const Vec3<F> thigh = p.bone(leg.knee), shank = p.bone(leg.ankle);
  const Vec3<F> across = right_of(pelvis), by_foot = cross(p.bone(leg.toe), shank);
  const Vec3<F> by_pelvis = unit(reject(across, shank), across);
  const F stretched = smoothstep(norm(by_foot), 0.15, 0.4);
  const Vec3<F> straight = unit(by_pelvis + (unit(by_foot, across) - by_pelvis) * stretched, across);
  const Vec3<F> normal = cross(thigh, shank), side = unit(normal, straight);
  const F forwards = smoothstep(maximum<F>(dot(side, straight), dot(side, by_pelvis)), -0.2, 0.2);
  return {thigh, straight, normal, smoothstep(norm(normal), kLegBend[0], kLegBend[1]) * forwards};
}

// A foot's roll about its own length cannot be seen in joint positions. Under a shank that stands, the sole
// is level sideways as far as an ankle turns; a leg in the air has the foot in line with the shank.
SC_CALL Quat<F> level_roll(const Quat<F>& foot, const Vec3<F>& direction, const Vec3<F>& shank) {
  const F level = smoothstep(-shank.y, 0.5, 0.8) * smoothstep(length2d(direction.x, direction.z), 0.2, 0.5);
  const Vec3<F> across = right_of(foot), wanted = unit(cross(spread<F>(0, 1, 0), direction));
  F s = dot(cross(across, wanted), direction), c = dot(across, wanted);
  const F length = maximum<F>(length2d(s, c), broadcast<F>(1e-30));
  s = s / length;
  c = c / length;
  const Mask<F> far = c < broadcast<F>(kCosineMostRoll);
  c = select<F>(far, broadcast<F>(kCosineMostRoll), c);
  s = select<F>(far, select<F>(s < F{}, broadcast<F>(-kSineMostRoll), broadcast<F>(kSineMostRoll)), s);
  const F half = level * arcsine(s / square_root(2.0 * (1.0 + c)));  // of the angle to turn by
  const Vec3<F> axis = direction * sine(half);
  return unit(Quat<F>{cosine(half), axis.x, axis.y, axis.z} * foot);
}

// Bends an elbow the right way, with the wrist where it is or as near as that allows. For frames in which it
// bends too far.
SC_STAGE void place_wrist(Motion& motion, const Rest& rest, int side, int t, Mask<F> wrong) {
  const Arm& arm = kArms[side];
  const Bend& limit = rest.elbow[side];
  const double upper = limit.upper, fore = limit.lower;
  const Vec3<F> shoulder = place(motion, arm.shoulder, t);
  const Vec3<F> elbow = place(motion, arm.elbow, t), wrist = place(motion, arm.wrist, t);
  const Quat<F> arm_turn = turn(motion, arm.shoulder, t), fore_turn = turn(motion, arm.elbow, t);
  const Vec3<F> axis = -right_of(fore_turn);
  const Vec3<F> line = unit(wrist - shoulder, unit(elbow - shoulder));
  const Vec3<F> behind = unit(reject(spread<F>(0, 0, -1), line), spread<F>(1, 0, 0));
  const Vec3<F> own = unit(cross(line, axis), behind);
  F reach = norm(wrist - shoulder);
  F bent = select<F>(dot(elbow - shoulder, own) < F{}, broadcast<F>(-1), broadcast<F>(1));
  keep_bend(limit, reach, bent);
  const F along = (reach * reach + (upper * upper - fore * fore)) / (2.0 * reach);
  const F out = square_root(maximum<F>(upper * upper - along * along, F{})) * bent;
  const Vec3<F> to_elbow = shoulder + line * along + own * out, to_wrist = shoulder + line * reach;
  const Quat<F> arm_turned = turned_onto(arm_turn, rest.to(arm.elbow), unit(to_elbow - shoulder));
  const Quat<F> fore_turned = turned_onto(fore_turn, rest.to(arm.wrist), unit(to_wrist - to_elbow));
  set_place(motion, arm.elbow, t, select<F>(wrong, to_elbow, elbow));
  set_place(motion, arm.wrist, t, select<F>(wrong, to_wrist, wrist));
  set_turn(motion, arm.shoulder, t, select<F>(wrong, arm_turned, arm_turn));
  set_turn(motion, arm.elbow, t, select<F>(wrong, fore_turned, fore_turn));
  set_turn(motion, arm.wrist, t, select<F>(wrong, fore_turned, fore_turn));
}

SC_CALL void solve_arm(const Given& p, const Hinge& hinge, int side, Motion& motion) {
  const Arm& arm = kArms[side];
  const Vec3<F> upper = p.bone(arm.elbow), axis = hinge.axis(p.t, upper);
  const Quat<F> fore = from_y_and_x(-p.bone(arm.wrist), axis);
  set_turn(motion, arm.shoulder, p.t, from_y_and_x(-upper, axis));
  set_turn(motion, arm.elbow, p.t, fore);
  set_turn(motion, arm.wrist, p.t, fore);
}

SC_STAGE void solve_leg(const Given& p, const Rest& rest, const Hinge& hinge, int side, Motion& motion) {
  const Leg& leg = kLegs[side];
  const Vec3<F> thigh = p.bone(leg.knee), shank = p.bone(leg.ankle), direction = p.bone(leg.toe);
  const Vec3<F> axis = hinge.axis(p.t, thigh);
  const Quat<F> lower = from_y_and_x(-shank, axis);
  const Quat<F> foot = level_roll(turned_onto(lower, rest.to(leg.toe), direction), direction, shank);
  set_turn(motion, leg.hip, p.t, from_y_and_x(-thigh, axis));
  set_turn(motion, leg.knee, p.t, lower);
  set_turn(motion, leg.ankle, p.t, foot);
  set_turn(motion, leg.toe, p.t, foot);
}

// Where bones have other lengths than the skeleton's, or a knee bends the wrong way.
SC_STAGE void reach_ankle(const Given& p, const Rest& rest, int side, Motion& motion) {
  const Leg& leg = kLegs[side];
  LegPose pose{place(motion, leg.hip, p.t), place(motion, leg.knee, p.t), place(motion, leg.ankle, p.t),
               turn(motion, leg.hip, p.t), turn(motion, leg.knee, p.t)};
  const Vec3<F> target = p.at(leg.ankle);
  const Mask<F> wrong = (norm(pose.ankle - target) > broadcast<F>(kAnkleExact)) |
                        bends_too_far(rest.leg[side].bend, pose.thigh, pose.shank);
  if (!any(wrong)) return;
  const LegPose old = pose;
  place_ankle(rest.leg[side], target, pose);
  const Vec3<F> ankle = select<F>(wrong, pose.ankle, old.ankle);
  set_place(motion, leg.knee, p.t, select<F>(wrong, pose.knee, old.knee));
  set_place(motion, leg.ankle, p.t, ankle);
  set_turn(motion, leg.hip, p.t, select<F>(wrong, pose.thigh, old.thigh));
  set_turn(motion, leg.knee, p.t, select<F>(wrong, pose.shank, old.shank));
  set_place(motion, leg.toe, p.t,
            ankle + rotate(turn(motion, leg.ankle, p.t), spread<F>(motion.offset[leg.toe])));
}

}  // namespace

SC_STAGE void solve_ik(const double* given, Motion& motion, Scratch scratch) {
  const Rest rest(motion);
  const int frames = motion.frames;
  Hinge elbow[2] = {Hinge(scratch), Hinge(scratch)}, knee[2] = {Hinge(scratch), Hinge(scratch)};
  for (int t : side_by_side(0, frames)) {
    const Given p{given, motion.stride, t};
    set_place(motion, 0, t, p.at(0));
    solve_trunk(p, rest, motion);
    for (int side = 0; side < 2; ++side) {
      const Arm& arm = kArms[side];
      const Quat<F> collar = turned_onto(turn(motion, 9, t), rest.to(arm.shoulder), p.bone(arm.shoulder));
      set_turn(motion, arm.collar, t, collar);
      elbow[side].see(t, elbow_view(p, arm, side ? -1 : 1, collar));
      knee[side].see(t, knee_view(p, kLegs[side], turn(motion, 0, t)));
    }
  }
  for (int side = 0; side < 2; ++side) {
    elbow[side].remember(frames, motion.fps, scratch);
    knee[side].remember(frames, motion.fps, scratch);
  }
  for (int t : side_by_side(0, frames)) {
    const Given p{given, motion.stride, t};
    for (int side = 0; side < 2; ++side) {
      solve_arm(p, elbow[side], side, motion);
      solve_leg(p, rest, knee[side], side, motion);
    }
    pose_frames<F>(motion, t);
    for (int side = 0; side < 2; ++side) {
      const Arm& arm = kArms[side];
      reach_ankle(p, rest, side, motion);
      const Mask<F> wrong =
          bends_too_far(rest.elbow[side], turn(motion, arm.shoulder, t), turn(motion, arm.elbow, t));
      if (any(wrong)) place_wrist(motion, rest, side, t, wrong);
    }
  }
  keep_limits(motion, scratch);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "reference/limit.h"

#include <algorithm>
#include <cmath>

#include "math/portable.h"
#include "model/limits.h"
#include "reference/geometry.h"
#include "reference/pose.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using Rotation = Quat<double>;

constexpr double kRadian = 0.017453292519943295;

// Backwards bends, in multiples of the limit, between which the limit gives way to a bend forwards.
constexpr double kGiveUp = 2, kMirrored = 4;

constexpr double kTurn = 6.283185307179586, kKeepEnd = 1.5;  // rad

// The bend in radians, negative backwards, that a joint takes instead of `bend`.
SC_CALL double allowed_bend(const Bend& limit, double bend) {
  if (bend >= -limit.back) return std::min(bend, limit.most);
  const double turn = std::clamp((-bend / limit.back - kGiveUp) / (kMirrored - kGiveUp), 0.0, 1.0);
  const double mirrored = turn < 1 ? turn * (1 + kMirrored) * limit.back - limit.back : -bend;
  return std::min(mirrored, limit.most);
}

// The end of its range that a twist beyond it goes to: the nearer one, but the last one (-1 or 1) where both
// are about as near.
SC_CALL int nearer_end(const JointLimit& limit, double sine, int last) {
  const double angle = 2 * portable::asin(std::clamp(sine, -1.0, 1.0));
  const double low = 2 * portable::asin(limit.low[0]), high = 2 * portable::asin(limit.high[0]);
  const double above = angle > high ? angle - high : angle - high + kTurn;
  const double below = angle < low ? low - angle : low - angle + kTurn;
  return above + last * -kKeepEnd < below ? 1 : -1;
}

// Brings `q` (joint_rotation) into its limits. `end`: where the twist left its range, -1 or 1, 0 within it.
SC_STAGE Rotation clamped(const JointLimit& limit, Rotation q, int& end) {
  const SwingTwist<double> at = swing_twist(q, limit.axis);
  double twist = at.part[0];
  end = twist >= limit.low[0] && twist <= limit.high[0] ? 0 : nearer_end(limit, twist, end);
  if (end) twist = end < 0 ? limit.low[0] : limit.high[0];
  double a = std::clamp<double>(at.part[1], limit.low[1], limit.high[1]);
  double b = std::clamp<double>(at.part[2], limit.low[2], limit.high[2]);
  const double most = std::sqrt(1 - limit.square_cone), size = length2d(a, b);
  if (size > most) {
    a *= most / size;
    b *= most / size;
  }
  const double n = std::sqrt(1 - a * a - b * b), c = std::sqrt(1 - twist * twist);
  const double t = n * twist, first = a * c + b * twist, second = b * c - a * twist;
  return limit.axis ? Rotation{n * c, second, t, first} : Rotation{n * c, t, first, second};
}

SC_CALL bool is_allowed(const JointLimit& limit, const Rotation& parent, const Rotation& child) {
  return !is_doubtful(limit, parent, child) || !is_beyond(limit, joint_rotation(limit, parent, child));
}

// In which of the frames from `t` on a joint is beyond its limits.
SC_STAGE Mask<Frames> any_beyond(const Motion& motion, const JointLimit* limits, int t) {
  Mask<Frames> beyond = Frames{} < Frames{};
  for (int j = 1; j < kJoints; ++j) {
    const Quat<Frames> parent = turn(motion, kParent[j], t), child = turn(motion, j, t);
    const Mask<Frames> doubtful = is_doubtful(limits[j], parent, child);
    if (any(doubtful))
      beyond = beyond | (doubtful & is_beyond(limits[j], joint_rotation(limits[j], parent, child)));
  }
  return beyond;
}

// `end`: where the twists of the frame before left their ranges; those of this frame in turn.
SC_STAGE void keep_frame(Motion& motion, const JointLimit* limits, int t, int (&end)[kJoints]) {
  Rotation seen[kJoints], q[kJoints];
  bool turned[kJoints] = {};
  for (int j = 0; j < kJoints; ++j) seen[j] = q[j] = turn<double>(motion, j, t);
  for (int j = 1; j < kJoints; ++j) {
    const JointLimit& limit = limits[j];
    const Rotation parent = q[kParent[j]];
    const auto kept = [&](const Rotation& from, int& side) {
      const Rotation within = clamped(limit, joint_rotation(limit, from, seen[j]), side);
      const Rotation centre{limit.centre.w, limit.centre.x, limit.centre.y, limit.centre.z};
      return unit(limit.hinge ? parent * conjugate(within) : parent * centre * within);
    };
    if (is_allowed(limit, parent, seen[j])) {
      end[j] = 0;
      continue;
    }
    int carried_end = end[j];
    q[j] = kept(parent, end[j]);
    turned[j] = true;
    if (turned[kParent[j]]) {
      const Rotation carried = kept(seen[kParent[j]], carried_end);
      if (std::fabs(dot(carried, seen[j])) > std::fabs(dot(q[j], seen[j]))) {
        q[j] = carried;
        end[j] = carried_end;
      }
    }
    set_turn(motion, j, t, q[j]);
  }
  pose_frames<double>(motion, t);
}

}  // namespace

SC_STAGE Bend bend_of(int body, double upper, double lower) {
  const LimitRow row = limit_row(body);
  const bool elbow = body == kArms[0].elbow || body == kArms[1].elbow;
  const double back = kRadian * (elbow ? row.x[1] : -row.x[0]),
               most = kRadian * (elbow ? -row.x[0] : row.x[1]);
  return {elbow,
          upper,
          lower,
          back,
          most,
          portable::cos(back),
          portable::cos(most),
          portable::tan(back / 2),
          portable::tan(most / 2)};
}

SC_STAGE void keep_bend(const Bend& limit, Frames& reach, Frames& side) {
  const double squares = limit.upper * limit.upper + limit.lower * limit.lower;
  const double product = 2 * limit.upper * limit.lower;
  const Frames cosine = bounded<Frames>((reach * reach - squares) * (1 / product), -1, 1);
  const Frames least = select<Frames>(side < Frames{}, broadcast<Frames>(limit.cosine_back),
                                      broadcast<Frames>(limit.cosine_most));
  const Mask<Frames> beyond = cosine < least;
  if (!any(beyond)) return;
  for (int l = 0; l < kSide; ++l) {
    if (!(get_lane(cosine, l) < get_lane(least, l))) continue;
    const double bend = get_lane(side, l) * portable::acos(get_lane(cosine, l));
    const double allowed = allowed_bend(limit, bend);
    set_lane(reach, l, std::sqrt(squares + product * portable::cos(allowed)));
    set_lane(side, l, allowed < 0 ? -1.0 : 1.0);
  }
}

SC_STAGE void keep_limits(Motion& motion, Scratch scratch) {
  const JointLimit* limits = joint_limits();
  const int frames = motion.frames;
  double* beyond = take(scratch, 1);
  bool some = false;
  for (int t : side_by_side(0, frames)) {
    const Mask<Frames> here = any_beyond(motion, limits, t);
    store(beyond + t, select<Frames>(here, broadcast<Frames>(1), Frames{}));
    some |= any(here);
  }
  if (!Group::any(some)) return;
  // Frames beyond them that follow each other are one thread's.
  for (int first : dealt(0, frames)) {
    if (beyond[first] == 0 || (first > 0 && beyond[first - 1] > 0)) continue;
    int end[kJoints] = {};
    for (int t = first; t < frames && beyond[t] > 0; ++t) keep_frame(motion, limits, t, end);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

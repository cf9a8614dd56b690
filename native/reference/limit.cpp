#include "reference/limit.h"

#include <algorithm>

#include "math/portable.h"
#include "model/limits.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kRadian = 0.017453292519943295;

// Backwards bends, in multiples of the limit, between which the limit gives way to a bend forwards.
constexpr double kGiveUp = 2, kMirrored = 4;

constexpr double kTurn = 6.283185307179586, kKeepEnd = 1.5;  // rad

using Rotation = selfcorrect::Quat<double>;
Rotation rotation(Quat q) { return {q.w, q.x, q.y, q.z}; }
Quat quat(Rotation q) { return {q.w, q.x, q.y, q.z}; }

constexpr bool is_elbow(int body) { return body == 18 || body == 19; }

// The bends that a knee (about x) or an elbow (about -x) has, rad, and the tangents of their halves.
struct Bend {
  double back, most, tangent_back, tangent_most;
};
const Bend& bend_limits(int body) {
  static const std::array<Bend, 2> limits = [] {
    const auto bend = [](double back, double most) {
      return Bend{back * kRadian, most * kRadian, portable::tan(back * kRadian / 2),
                  portable::tan(most * kRadian / 2)};
    };
    const LimitRow knee = limit_row(kLegs[0].knee), elbow = limit_row(kArms[0].elbow);
    return std::array<Bend, 2>{bend(-knee.x[0], knee.x[1]), bend(elbow.x[1], -elbow.x[0])};
  }();
  return limits[is_elbow(body)];
}

// The end of its range that a twist beyond it goes to: the nearer one, but the last one (-1 or 1) where both
// are about as near.
int nearer_end(const JointLimit& limit, double sine, int last) {
  const double angle = 2 * portable::asin(std::clamp(sine, -1.0, 1.0));
  const double low = 2 * portable::asin(limit.low[0]), high = 2 * portable::asin(limit.high[0]);
  const double above = angle > high ? angle - high : angle - high + kTurn;
  const double below = angle < low ? low - angle : low - angle + kTurn;
  return above + last * -kKeepEnd < below ? 1 : -1;
}

// Brings `q` (joint_rotation) into its limits. `end`: where the twist left its range, -1 or 1, 0 within it.
Rotation clamped(const JointLimit& limit, Rotation q, int& end) {
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

}  // namespace

double bend_of(double upper, double lower, double reach) {
  return portable::acos(
      std::clamp((reach * reach - upper * upper - lower * lower) / (2 * upper * lower), -1.0, 1.0));
}

double reach_of(double upper, double lower, double bend) {
  return std::sqrt(upper * upper + lower * lower + 2 * upper * lower * portable::cos(bend));
}

double allowed_bend(int body, double bend) {
  const Bend& limit = bend_limits(body);
  const double back = limit.back, most = limit.most;
  if (bend >= -back) return std::min(bend, most);
  const double turn = std::clamp((-bend / back - kGiveUp) / (kMirrored - kGiveUp), 0.0, 1.0);
  return std::min(turn < 1 ? lerp(-back, kMirrored * back, turn) : -bend, most);
}

bool bends_too_far(const Motion& motion, int t, int body) {
  const Quat parent = motion.rotation[t][kParent[body]], child = motion.rotation[t][body];
  const Quat relative = conjugate(parent) * child;
  const Bend& limit = bend_limits(body);
  const double square = relative.w * relative.w, product = relative.x * relative.w;
  const double bend = is_elbow(body) ? -product : product;  // tangent of half of it, times `square`
  return bend < -limit.tangent_back * square || bend > limit.tangent_most * square;
}

void keep_limits(Motion& motion) {
  const JointLimit* limits = joint_limits();
  const auto is_allowed = [limits](int j, Rotation parent, Rotation child) {
    return !is_doubtful(limits[j], parent, child) ||
           !is_beyond(limits[j], joint_rotation(limits[j], parent, child));
  };
  std::array<int, kJoints> end{};
  for (int t = 0; t < motion.frames(); ++t) {
    auto& q = motion.rotation[t];
    bool allowed = true;
    for (int j = 1; j < kJoints; ++j) allowed &= is_allowed(j, rotation(q[kParent[j]]), rotation(q[j]));
    if (allowed) {
      end.fill(0);
      continue;
    }
    const std::array<Quat, kJoints> seen = q;
    std::array<bool, kJoints> turned{};
    for (int j = 1; j < kJoints; ++j) {
      const JointLimit& limit = limits[j];
      const Quat parent = q[kParent[j]];
      const auto kept = [&](Quat from, int& side) {
        const Rotation relative = joint_rotation(limit, rotation(from), rotation(seen[j]));
        const Quat within = quat(clamped(limit, relative, side));
        const Quat centre{limit.centre.w, limit.centre.x, limit.centre.y, limit.centre.z};
        return unit(limit.hinge ? parent * conjugate(within) : parent * centre * within);
      };
      if (is_allowed(j, rotation(parent), rotation(seen[j]))) {
        end[j] = 0;
        continue;
      }
      int carried_end = end[j];
      q[j] = kept(parent, end[j]);
      turned[j] = true;
      if (!turned[kParent[j]]) continue;
      const Quat carried = kept(seen[kParent[j]], carried_end);
      if (std::fabs(dot(carried, seen[j])) > std::fabs(dot(q[j], seen[j]))) {
        q[j] = carried;
        end[j] = carried_end;
      }
    }
    pose_frame(motion, t);
  }
}

}  // namespace selfcorrect::kinematics

#include "reference/footlock.h"

#include <algorithm>

#include "math/portable.h"
#include "reference/contact.h"
#include "reference/foot.h"
#include "reference/ik.h"
#include "reference/smooth.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kToesLevel[2] = {0.10, 0.30};  // m of the toe joint over the ground
constexpr double kTouch = 0.012;                // m over the lowest point at which a point carries 1/e
constexpr double kMostShift = 0.12;             // m that a planted foot is moved sideways
constexpr double kFade = 0.25;                  // s before the first and after the last contact
constexpr double kFlattenSmooth = 0.05, kLittle = 1e-3;  // s; share
// m off the ground of which half is left: a straight leg turns a few millimetres at the foot into many at the
// knee.
constexpr double kNearEnough = 0.004;
constexpr double kHeightSmooth = 0.05, kSlipSmooth = 0.015;  // s
constexpr double kLiftSmooth = 0.06;                         // s
constexpr double kRise = 0.10;                               // s from contact to full clearance

// Sideways correction of a contact: the slip of the touching points, summed up and with the opposite sign.
void hold_still(const Motion& motion, const Run& run, int side, std::vector<Vec3>& shift) {
  Vec3 sum{}, mean{};
  for (int t = run.begin; t < run.end; ++t) {
    if (t > run.begin) sum -= contact_slip(motion, t, side);
    shift[t] = sum;
    mean += sum;
  }
  mean = 1.0 / (run.end - run.begin) * mean;
  double most = 0;
  for (int t = run.begin; t < run.end; ++t) {
    shift[t] -= mean;
    shift[t].y = 0;
    most = std::max(most, norm(shift[t]));
  }
  // A foot that slides further than a leg can follow slides evenly by what is left.
  if (most > kMostShift)
    for (int t = run.begin; t < run.end; ++t) shift[t] = kMostShift / most * shift[t];
}

// Carries the shifts of contacts over the frames between them.
void fill_swings(const std::vector<Run>& runs, double fps, std::vector<Vec3>& shift) {
  const int frames = static_cast<int>(shift.size());
  const double fade = kFade * fps;
  for (int t = 0; t < runs.front().begin; ++t)
    shift[t] = (1 - smoothstep((runs.front().begin - t) / fade, 0, 1)) * shift[runs.front().begin];
  for (int t = runs.back().end; t < frames; ++t)
    shift[t] = (1 - smoothstep((t - runs.back().end + 1) / fade, 0, 1)) * shift[runs.back().end - 1];
  for (size_t i = 1; i < runs.size(); ++i) {
    const int from = runs[i - 1].end - 1, to = runs[i].begin;
    for (int t = from + 1; t < to; ++t)
      shift[t] = lerp(shift[from], shift[to], smoothstep(double(t - from) / (to - from), 0, 1));
  }
}

// The height at which the box of a sole rests changes faster than a foot does, and the knee of a nearly
// straight leg moves several times as far. Slips are only smoothed as much as frames 50 ms apart cannot show.
void smooth_shift(double fps, std::vector<Vec3>& shift) {
  std::vector<double> values(shift.size());
  const auto smooth = [&](double Vec3::*axis, double seconds) {
    for (size_t t = 0; t < shift.size(); ++t) values[t] = shift[t].*axis;
    values = gaussian(values, seconds * fps);
    for (size_t t = 0; t < shift.size(); ++t) shift[t].*axis = values[t];
  };
  smooth(&Vec3::x, kSlipSmooth);
  smooth(&Vec3::y, kHeightSmooth);
  smooth(&Vec3::z, kSlipSmooth);
}

// Heights to add so that the swinging foot clears the ground.
std::vector<double> clearance_lift(const Motion& motion, int side, const std::vector<Vec3>& shift,
                                   double clearance) {
  const int frames = motion.frames();
  const std::vector<int> distance = frames_from_contact(motion, side);
  std::vector<double> lift(frames, 0);
  for (int t = 0; t < frames; ++t) {
    if (distance[t] == 0) continue;
    const double wanted = clearance * std::min(1.0, distance[t] / (kRise * motion.fps));
    lift[t] = std::max(0.0, wanted - lowest(sole_points(motion, t, side)) - shift[t].y);
  }
  // First raised to its own mean, then smoothed: that keeps the peaks.
  const std::vector<double> mean = gaussian(lift, kLiftSmooth * motion.fps);
  for (int t = 0; t < frames; ++t) lift[t] = std::max(lift[t], mean[t]);
  lift = gaussian(lift, 0.5 * kLiftSmooth * motion.fps);
  for (int t = 0; t < frames; ++t) lift[t] *= smoothstep(distance[t] / (0.5 * kRise * motion.fps), 0, 1);
  return lift;
}

}  // namespace

void stand_feet(Motion& motion) {
  const int frames = motion.frames();
  std::vector<double> planted(frames);
  for (int side = 0; side < 2; ++side) {
    for (int t = 0; t < frames; ++t) planted[t] = motion.contact[t][side];
    planted = gaussian(planted, kFlattenSmooth * motion.fps);
    const Leg& leg = kLegs[side];
    for (int t = 0; t < frames; ++t) {
      Positions& p = motion.position[t];
      auto& q = motion.rotation[t];
      if (planted[t] > kLittle) {
        q[leg.ankle] = slerp(q[leg.ankle], flattened(q[leg.ankle]), planted[t]);
        p[leg.toe] = p[leg.ankle] + rotate(q[leg.ankle], motion.offset[leg.toe]);
      }
      const double near = 1 - smoothstep(p[leg.toe].y - kSoleDepth, kToesLevel[0], kToesLevel[1]);
      q[leg.toe] = level_toes(q[leg.ankle], near);
    }
  }
}

Vec3 contact_slip(const Motion& motion, int t, int side) {
  const SolePoints a = sole_points(motion, t - 1, side), b = sole_points(motion, t, side);
  double height[kCorners], low = 0, weights = 0;
  for (int i = 0; i < kCorners; ++i) {
    height[i] = 0.5 * (a[i].y + b[i].y);
    low = i ? std::min(low, height[i]) : height[i];
  }
  Vec3 slip{};
  for (int i = 0; i < kCorners; ++i) {
    const double above = (height[i] - low) / kTouch, weight = portable::exp(-above * above);
    slip += weight * (b[i] - a[i]);
    weights += weight;
  }
  slip = 1 / weights * slip;
  slip.y = 0;
  return slip;
}

double typical_slip(const Motion& motion) {
  std::vector<double> slips;
  for (int side = 0; side < 2; ++side)
    for (const Run& run : contact_runs(motion, side))
      for (int t = run.begin + 1; t < run.end; ++t) slips.push_back(norm(contact_slip(motion, t, side)));
  if (slips.empty()) return 0;
  const auto middle = slips.begin() + slips.size() / 2;
  std::nth_element(slips.begin(), middle, slips.end());
  return *middle;
}

void lock_feet(Motion& motion, double clearance) {
  const int frames = motion.frames();
  for (int side = 0; side < 2; ++side) {
    const std::vector<Run> runs = contact_runs(motion, side);
    if (runs.empty()) continue;
    std::vector<Vec3> shift(frames);
    for (const Run& run : runs) {
      hold_still(motion, run, side, shift);
      for (int t = run.begin; t < run.end; ++t) {
        const double height = lowest(sole_points(motion, t, side)), square = height * height;
        shift[t].y = -height * square / (square + kNearEnough * kNearEnough);
      }
    }
    fill_swings(runs, motion.fps, shift);
    smooth_shift(motion.fps, shift);
    const std::vector<double> lift = clearance_lift(motion, side, shift, clearance);
    const Leg& leg = kLegs[side];
    for (int t = 0; t < frames; ++t) {
      shift[t].y += lift[t];
      place_ankle(motion, t, leg, motion.position[t][leg.ankle] + shift[t]);
    }
  }
}

}  // namespace selfcorrect::kinematics

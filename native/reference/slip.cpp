#include "reference/slip.h"

#include <algorithm>

#include "reference/contact.h"
#include "reference/foot.h"
#include "reference/order.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

constexpr double kTouch = 0.012;  // m over the lowest point at which a point carries 1/e
// m/s: of a planted foot as a rule (4 mm per frame at 20 fps), and over any kSlideWindow of a contact.
constexpr double kSlip = 0.08, kWorstSlip = 0.30;
constexpr double kSlideWindow = 0.4, kRoll = 0.1;  // s; at both ends of a contact the foot may still roll
constexpr double kLowStep = 0.012;  // m: a foot higher than that is being lifted for a low step

// Is the foot in contact in a frame from `t` on, and in the one before it?
SC_CALL bool any_stays(const uint8_t* contact, int frames, int t) {
  for (int i = std::max(t, 1); i < std::min(t + kSide, frames); ++i)
    if (contact[i] && contact[i - 1]) return true;
  return false;
}

// Sum of the points of one body with their weights.
struct Weighted {
  F weight{};
  Vec3<F> point{};

  SC_INLINE void add(F w, const float* at) {
    weight += w;
    point += Vec3<F>{w * double{at[0]}, w * double{at[1]}, w * double{at[2]}};
  }
  // Their sum of steps, sideways.
  SC_INLINE Vec3<F> step(const Vec3<F>& way, const Quat<F>& before, const Quat<F>& after) const {
    return way * weight + rotate(axes_of(after), point) - rotate(axes_of(before), point);
  }
};

// Largest mean speed in m/s of the sole of one foot over a part of a contact.
SC_STAGE double worst_slide(const Motion& motion, int side, const double* length, const double* low,
                            Scratch scratch) {
  const int frames = motion.frames;
  const int roll = static_cast<int>(kRoll * motion.fps);
  const int window = std::max(1, static_cast<int>(kSlideWindow * motion.fps));
  double* way = take(scratch, 1);  // slipped so far
  double worst = 0;
  const uint8_t* contact = motion.contact[side];
  for (Run run = next_run(contact, frames, 0); run.begin < frames; run = next_run(contact, frames, run.end)) {
    int steps = 0;
    way[0] = 0;
    for (int t = run.begin + roll + 1; t < run.end - roll; ++t, ++steps)
      way[steps + 1] = way[steps] + (std::max(low[t - 1], low[t]) < kLowStep ? length[t] : 0);
    const int part = std::min(window, steps);
    for (int t = part; part > 0 && t <= steps; ++t) worst = std::max(worst, (way[t] - way[t - part]) / part);
  }
  return worst * motion.fps;
}

}  // namespace

SC_STAGE void see_slip(const Motion& motion, int side, const Slip& slip) {
  const Sole& sole = motion.sole[side];
  for (int t : side_by_side(0, motion.frames)) {
    if (!any_stays(motion.contact[side], motion.frames, t)) continue;
    const FootPose before = foot_pose(motion, t - 1, side), after = foot_pose(motion, t, side);
    F height[kCorners], other[kCorners];
    corner_heights(sole, before, height);
    corner_heights(sole, after, other);
    for (int i = 0; i < kCorners; ++i) height[i] = 0.5 * (height[i] + other[i]);
    const F low = lowest(height);
    const auto weight = [&](int i) {
      const F above = (height[i] - low) * (1 / kTouch);
      return exponential(-above * above);
    };
    Weighted foot, toes;
    for (int i = 0; i < kSolePoints; ++i) {
      foot.add(weight(i), sole.foot[i]);
      toes.add(weight(kSolePoints + i), sole.toes[i]);
    }
    const Vec3<F> sum = foot.step(after.ankle - before.ankle, before.foot, after.foot) +
                        toes.step(after.toe - before.toe, before.toes, after.toes);
    const F share = 1.0 / (foot.weight + toes.weight);
    store(slip.x + t, sum.x * share);
    store(slip.z + t, sum.z * share);
  }
}

SC_STAGE Slides see_slides(const Motion& motion, Scratch& scratch) {
  const int frames = motion.frames;
  Slides slides{{take(scratch, 1), take(scratch, 1)}, 0};
  Scratch rest = scratch;
  const Slip slip{take(rest, 1), take(rest, 1)};
  double* all = take(rest, 2);
  int32_t* keys = reinterpret_cast<int32_t*>(take(rest, 1));
  int count = 0;
  for (int side = 0; side < 2; ++side) {
    see_slip(motion, side, slip);
    double* length = slides.length[side];
    for (int t : side_by_side(0, frames)) store(length + t, length2d(load(slip.x + t), load(slip.z + t)));
    const uint8_t* contact = motion.contact[side];
    count += collect(
        1, frames, all + count, [&](int t) { return contact[t] && contact[t - 1]; },
        [&](int t) { return length[t]; });
  }
  slides.typical = count ? median(all, count, keys) : 0;
  return slides;
}

SC_STAGE bool feet_slide(const Motion& motion, const Slides& slides, double* const (&low)[2],
                         Scratch scratch) {
  if (slides.typical * motion.fps > kSlip) return true;
  bool far = false;
  alone([&] {
    for (int side = 0; side < 2 && !far; ++side)
      far = worst_slide(motion, side, slides.length[side], low[side], scratch) > kWorstSlip;
  });
  return Group::first(far);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

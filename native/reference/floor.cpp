#include "reference/floor.h"

#include <algorithm>
#include <cmath>

#include "reference/contact.h"
#include "reference/flight.h"
#include "reference/foot.h"
#include "reference/order.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

// Flesh in m under the joints that a body which lies, kneels or rolls rests on; 0: never a support.
SC_TABLE double kRadius[kJoints] = {.095, .068, .068, .085, .05,  .05,  .09,  0,    0,    .10, 0,
                                    0,    .045, 0,    0,    .085, .045, .045, .037, .037, .03, .03};

// A support is slow: the speeds in m/s over which the lowest point stops being evidence of the floor.
SC_TABLE double kVertical[2] = {0.15, 0.5}, kHorizontal[2] = {0.6, 1.5};
constexpr double kAsLow = 0.01;          // m
constexpr double kLeastEvidence = 0.02;  // of a fast frame whose lowest point is under the floor
// Height above the floor at which a slow point counts half, as it may be in the air: m, and how many median
// deviations of the heights of all slow points (the feet of generated motion tread at different heights).
SC_TABLE double kHalfCounted[2] = {0.02, 0.06};
constexpr double kDeviations = 2;
constexpr double kStiffness = 0.1;  // s over which the floor may vary
constexpr double kAnchor = 0.02;    // pull to the clip's level, in frames of evidence
constexpr double kNoise = 0.01;  // m of variation that is left to the legs; twice as much is followed by 80 %
constexpr double kEnoughEvidence = 2;  // frames; below it the clip is taken to be in the air
constexpr int kPasses = 10;  // at most: the rest changes nothing once a pass moves the floor by less than
constexpr double kSettled = 1e-7;  // m

// What the frames say of the floor: height of the lowest point, and how much it is worth, 0 to 1.
struct Evidence {
  double *height, *weight;
};

// How still a joint is, 0..1.
SC_CALL F stillness(const Motion& motion, int t, int joint) {
  const double* path = motion.position + static_cast<long>(3 * joint) * motion.stride;
  const Vec3<F> step = slowest_step(path, motion.stride, motion.frames, t) * motion.fps;
  return (1.0 - smoothstep(absolute(step.y), kVertical[0], kVertical[1])) *
         (1.0 - smoothstep(length2d(step.x, step.z), kHorizontal[0], kHorizontal[1]));
}

// Lowest points of the body, and whether the body may rest on them or on others about as low.
SC_STAGE void see_lowest(const Motion& motion, int t, const Evidence& points) {
  F height[kJoints], sole[kCorners];
  for (int j = 0; j < kJoints; ++j)
    height[j] = kRadius[j] > 0
                    ? load(motion.position + static_cast<long>(3 * j + 1) * motion.stride + t) - kRadius[j]
                    : broadcast<F>(HUGE_VAL);
  for (int side = 0; side < 2; ++side) {
    corner_heights(motion.sole[side], planted_foot(motion, t, side), sole);
    for (int i = 0; i < kCorners; ++i) {
      F& carrier = height[i < 2 ? kLegs[side].ankle : kLegs[side].toe];
      carrier = minimum<F>(carrier, sole[i]);
    }
  }
  F low = height[0];
  for (int j = 1; j < kJoints; ++j) low = minimum<F>(low, height[j]);
  F still{};
  for (int j = 0; j < kJoints; ++j) {
    const F above = height[j] - low;
    if (!any(above < broadcast<F>(kAsLow))) continue;
    still = maximum<F>(still, (1.0 - smoothstep(above, 0, kAsLow)) * stillness(motion, t, j));
  }
  store(points.height + t, low);
  store(points.weight + t, still);
}

// Minimises sum w (f - y)^2 + stiffness * sum (second difference of f)^2: Whittaker's smoother, solved by a
// banded Cholesky factorisation (Eilers 2003). w > 0. Returns the largest change of f.
SC_STAGE double whittaker(const double* w, const double* y, int n, double stiffness, double* f,
                          Scratch scratch) {
  double *c = take(scratch, 1), *e = take(scratch, 1), *z = take(scratch, 1);
  // Of the unit factor: first and second off-diagonal so far, and what they take from the next rows.
  double first_taken = 0, first_taken_next = 0, second_taken = 0, second_taken_next = 0;
  double last_z = 0, last_z2 = 0, c1 = 0, e1 = 0, e2 = 0;
  for (int i = 0; i < n; ++i) {
    const int inner = (i >= 2) + (i + 2 < n), middle = i >= 1 && i + 1 < n;
    // The sooner the quotient begins, the better: each row waits for that of the row before.
    const double inverse = 1 / (w[i] + stiffness * (inner + 4 * middle) - second_taken - first_taken);
    const double first = i + 1 < n ? -2 * stiffness * ((i >= 1) + (i + 2 < n)) - first_taken_next : 0;
    const double first_square = first * first;
    const double second = i + 2 < n ? stiffness : 0;
    const double right = w[i] * y[i] - c1 * last_z - e2 * last_z2;
    c[i] = first * inverse;
    e[i] = second * inverse;
    z[i] = right * inverse;
    first_taken = first_square * inverse;
    first_taken_next = c[i] * second;
    second_taken = second_taken_next;
    second_taken_next = e[i] * second;
    last_z2 = last_z;
    last_z = right;
    c1 = c[i];
    e2 = e1;
    e1 = e[i];
  }
  double after = 0, second_after = 0, moved = 0;
  for (int i = n - 1; i >= 0; --i) {
    const double value = z[i] - e[i] * second_after - c[i] * after;
    moved = std::max(moved, std::fabs(value - f[i]));
    second_after = after;
    f[i] = after = value;
  }
  return moved;
}

}  // namespace

SC_STAGE void find_floor(Work& work) {
  const Motion& motion = work.motion;
  const int frames = motion.frames;
  Scratch scratch = work.scratch;
  const Evidence points{take(scratch, 1), take(scratch, 1)};
  double *support = take(scratch, 1), *w = take(scratch, 1), *y = take(scratch, 1);
  double* heights = take(scratch, 1);
  int32_t* keys = reinterpret_cast<int32_t*>(take(scratch, 1));
  carried(motion, support, scratch);
  Sum evidence;
  double lowest = HUGE_VAL;
  for (int t : side_by_side(0, frames)) {
    see_lowest(motion, t, points);
    const F weight = load(points.weight + t) * load(support + t);
    store(points.weight + t, weight);
    evidence.add(t, select<F>(frame_numbers(t) < broadcast<F>(frames), weight, F{}));
  }
  for (int t : dealt(0, frames)) lowest = std::min(lowest, points.height[t]);
  lowest = Group::least(lowest);
  double* floor = work.floor;
  if (evidence.total() <
      kEnoughEvidence) {  // in the air: where the user's floor is, unless the body is under it
    work.level = std::min(-kSoleDepth, lowest);
    fill(floor, floor + frames, work.level);
    return;
  }
  // Heights of the points that are good evidence; of all points where there are none.
  int count = collect(
      0, frames, heights, [&](int t) { return points.weight[t] > 0.5; },
      [&](int t) { return points.height[t]; });
  if (count == 0) copy(points.height, count = frames, heights);
  // Asymmetric reweighting (Eilers & Boelens 2005): what is under the floor counts in full, what is well
  // above it is in the air and counts little.
  const auto quantile = [&](double share) {
    return nth_smallest(heights, count, static_cast<int>(share * (count - 1)), keys);
  };
  work.level = quantile(0.2);
  const double middle = quantile(0.5);
  for (int i : dealt(0, count)) heights[i] = std::fabs(heights[i] - middle);
  const double tolerance = std::clamp(kDeviations * quantile(0.5), kHalfCounted[0], kHalfCounted[1]);
  fill(floor, floor + frames, work.level);
  const double square = kStiffness * motion.fps * (kStiffness * motion.fps), stiffness = square * square;
  for (int pass = 0; pass < kPasses; ++pass) {
    Sum sum, weights;
    for (int t : side_by_side(0, frames)) {
      const F height = load(points.height + t), still = load(points.weight + t),
              above = height - load(floor + t);
      const F near = still / (1.0 + above * above * (1 / (tolerance * tolerance)));
      const F weight = select<F>(above < F{}, maximum<F>(still, broadcast<F>(kLeastEvidence)), near);
      const Mask<F> within = frame_numbers(t) < broadcast<F>(frames);
      sum.add(t, select<F>(within, weight * height, F{}));
      weights.add(t, select<F>(within, weight, F{}));
      store(w + t, weight + kAnchor);
      store(y + t, (weight * height + kAnchor * work.level) / (weight + kAnchor));
    }
    work.level = sum.total() / weights.total();
    double moved = 0;
    alone([&] { moved = whittaker(w, y, frames, stiffness, floor, scratch); });
    if (Group::first(moved) < kSettled) break;
  }
  for (int t : dealt(0, frames)) {
    const double d = floor[t] - work.level;
    floor[t] = work.level + d * d * d / (d * d + kNoise * kNoise);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

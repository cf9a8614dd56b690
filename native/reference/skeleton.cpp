#include "reference/skeleton.h"

#include <algorithm>
#include <cmath>

#include "reference/align.h"
#include "reference/frames.h"
#include "reference/order.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;
using Vector = Vec3<double>;

// Rest directions of an average adult (SMPL's joints, arms and legs hanging straight down); left side, x
// mirrored on the right. They fix what "no rotation" means for the pelvis, spine, chest, collars and head.
constexpr Vector kHip{0.0578, -0.0840, -0.0152}, kSpine1{0, 0.1257, -0.0388}, kSpine2{0, 0.1405, 0.0273},
    kSpine3{0, 0.0573, 0.0030}, kNeck{0, 0.2167, -0.0343}, kCollar{0.0766, 0.1122, -0.0211},
    kHead{0, 0.0897, 0.0509}, kShoulder{0.1219, 0.0475, -0.0142}, kDown{0, -1, 0};

SC_CALL constexpr Vector mirrored(const Vector& v) { return {-v.x, v.y, v.z}; }
SC_TABLE Vector kDirection[kJoints] = {{},      kHip,      mirrored(kHip),
                                       kSpine1, kDown,     kDown,
                                       kSpine2, kDown,     kDown,
                                       kSpine3, kDown,     kDown,
                                       kNeck,   kCollar,   mirrored(kCollar),
                                       kHead,   kShoulder, mirrored(kShoulder),
                                       kDown,   kDown,     kDown,
                                       kDown};

constexpr double kFootSlope =
    0.40;  // sine of the fall from ankle to toe joint in flat stance, median of real motion
constexpr double kSlopeLow = 0.28, kSlopeHigh = 0.52;
constexpr double kStillSpeed = 0.25;  // m/s of ankle and toe joint: the foot is flat or standing on its toes
constexpr double kSlopeQuantile = 0.2, kSlopePrior = 8;  // frames that the average slope counts for

constexpr int kFanFrames = 64;  // frames, evenly spread, that the shape of a fan is measured from

SC_CALL Vector offset_of(const Motion& motion, int j) { return spread<double>(motion.offset[j]); }
SC_CALL void set_offset(Motion& motion, int j, const Vector& v) {
  motion.offset[j][0] = v.x;
  motion.offset[j][1] = v.y;
  motion.offset[j][2] = v.z;
}

// Shape of a rigid fan of three bones at `center`, turned so that it fits `rest` best: a generalized
// Procrustes mean with medians in the place of means (Gower 1975).
SC_STAGE void measure_fan(const double* given, int center, const int (&joints)[3], Motion& motion,
                          Scratch scratch) {
  const int stride = scratch.stride;
  double *seen = take(scratch, 9), *turned = take(scratch, 9);
  int32_t* keys = reinterpret_cast<int32_t*>(take(scratch, 1));
  const int step = 1 + (motion.frames - 1) / kFanFrames, count = (motion.frames - 1) / step + 1;
  for (int at : dealt(0, count + kGroup)) {
    const int t = std::min(at, count - 1) * step;
    for (int i = 0; i < 9; ++i) {
      const int k = i % 3;
      seen[i * stride + at] = given[static_cast<long>(3 * joints[i / 3] + k) * stride + t] -
                              given[static_cast<long>(3 * center + k) * stride + t];
    }
  }
  Vector rest[3], shape[3];
  for (int i = 0; i < 3; ++i) shape[i] = rest[i] = offset_of(motion, joints[i]);
  for (int pass = 0; pass < 2; ++pass) {
    for (int t : side_by_side(0, count)) {
      Vec3<F> from[3], to[3];
      for (int i = 0; i < 3; ++i) {
        from[i] = spread<F>(shape[i].x, shape[i].y, shape[i].z);
        to[i] = load_vector(seen + 3 * i * stride + t, stride);
      }
      const Quat<F> back = conjugate(best_rotation(from, to));
      for (int i = 0; i < 3; ++i) store(turned + 3 * i * stride + t, stride, rotate(back, to[i]));
    }
    for (int i = 0; i < 3; ++i) {
      const double* path = turned + 3 * i * stride;
      const Vector middle{median(path, count, keys), median(path + stride, count, keys),
                          median(path + 2 * stride, count, keys)};
      shape[i] = unit(middle, unit(rest[i])) * norm(rest[i]);
    }
  }
  const Quat<double> turn = best_rotation(shape, rest);
  for (int i = 0; i < 3; ++i) set_offset(motion, joints[i], rotate(turn, shape[i]));
}

// Sine of the fall from ankle to toe joint while the foot stands flat: a low quantile over the still frames,
// because a standing foot is flat or on its toes, never steeper upwards; drawn to the average where there are
// few such frames.
SC_STAGE double foot_slope(const double* given, const Leg& leg, double length, const Motion& motion,
                           Scratch scratch) {
  const int stride = scratch.stride;
  double *speed = take(scratch, 1), *slope = take(scratch, 1);
  int32_t* keys = reinterpret_cast<int32_t*>(take(scratch, 1));
  const double *ankle = given + static_cast<long>(3 * leg.ankle) * stride,
               *toe = given + static_cast<long>(3 * leg.toe) * stride;
  for (int t : side_by_side(0, motion.frames)) {
    const Vec3<F> a = load_vector(ankle + t, stride) - load_vector(ankle + t - 1, stride);
    const Vec3<F> b = load_vector(toe + t, stride) - load_vector(toe + t - 1, stride);
    store(speed + t, maximum<F>(dot(a, a), dot(b, b)));
  }
  const double still = kStillSpeed / motion.fps;
  const int count = collect(
      1, motion.frames, slope, [&](int t) { return speed[t] < still * still; },
      [&](int t) { return (ankle[stride + t] - toe[stride + t]) / length; });
  if (count == 0) return kFootSlope;
  const double low = nth_smallest(slope, count, static_cast<int>(kSlopeQuantile * (count - 1)), keys);
  const double seen = bounded(low, kSlopeLow, kSlopeHigh);
  return (count * seen + kSlopePrior * kFootSlope) / (count + kSlopePrior);
}

}  // namespace

SC_STAGE void measure_skeleton(const double* given, const double* lengths, Motion& motion, Scratch scratch) {
  Scratch rest = scratch;
  int32_t* keys = reinterpret_cast<int32_t*>(take(rest, 1));
  set_offset(motion, 0, {0, 0, 0});
  for (int j = 1; j < kJoints; ++j) {
    const double length = median(lengths + static_cast<long>(j) * scratch.stride, motion.frames, keys);
    set_offset(motion, j, unit(kDirection[j]) * length);
  }
  measure_fan(given, 0, {1, 2, 3}, motion, scratch);
  measure_fan(given, 9, {12, 13, 14}, motion, scratch);
  for (int side = 0; side < 2; ++side) {
    const Leg& leg = kLegs[side];
    const double length = norm(offset_of(motion, leg.toe));
    const double slope = foot_slope(given, leg, length, motion, scratch);
    set_offset(motion, leg.toe, {0, -slope * length, std::sqrt(1 - slope * slope) * length});
    const double* toe = motion.offset[leg.toe];
    const float values[3] = {static_cast<float>(toe[0]), static_cast<float>(toe[1]),
                             static_cast<float>(toe[2])};
    motion.sole[side] = make_sole(values);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

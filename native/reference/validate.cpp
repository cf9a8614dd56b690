#include "reference/validate.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "reference/geometry.h"
#include "reference/order.h"
#include "reference/rows.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

constexpr int kMinFrames = 4;                    // one more than a third difference needs
constexpr double kMaxPosition = 1000;            // m
constexpr double kMaxSpeed = 100;                // m/s
constexpr double kMinBone = 0.01, kMaxBone = 2;  // m, of the median
// A bone is off in a frame when it differs from its median by more than half of it; short bones of a noisy
// motion do that without harm, so the difference must also be visible.
constexpr double kBoneShare = 0.5, kBoneLeast = 0.1;
// Share of frames with a bone off that is still repaired. Of 256 samples of a weak generator 22 have a bone
// off in more than a tenth of their frames, and all but two of those can be tracked.
constexpr double kOffFrames = 0.5;

SC_CALL bool in_range(const double* seen, int frames, int stride, double fps) {
  const double step = kMaxSpeed / fps;
  Mask<F> beyond = F{} < F{};
  for (int j = 0; j < kJoints; ++j) {
    const double* joint = seen + static_cast<long>(3 * j) * stride;
    for (int t : side_by_side(0, frames)) {
      const Vec3<F> here = load_vector(joint + t, stride), way = here - load_vector(joint + t - 1, stride);
      beyond = beyond | (dot(here, here) > broadcast<F>(kMaxPosition * kMaxPosition)) |
               ((dot(way, way) > broadcast<F>(step * step)) & (frame_numbers(t) > F{}));
    }
  }
  return !Group::any(any(beyond));
}

SC_CALL bool bones_fit(const double* seen, int frames, Scratch scratch) {
  const int stride = scratch.stride;
  double *length = take(scratch, 1), *off = take(scratch, 1);
  int32_t* keys = reinterpret_cast<int32_t*>(take(scratch, 1));
  fill(off, off + frames, 0.0);
  for (int j = 1; j < kJoints; ++j) {
    const double *child = seen + static_cast<long>(3 * j) * stride,
                 *parent = seen + static_cast<long>(3 * kParent[j]) * stride;
    const auto square = [=](int t) {
      const Vec3<F> bone = load_vector(child + t, stride) - load_vector(parent + t, stride);
      return dot(bone, bone);
    };
    F least = broadcast<F>(HUGE_VAL), most{};
    for (int t : side_by_side(0, frames)) {
      const F here = square(t);
      least = minimum<F>(least, here);
      most = maximum<F>(most, here);
    }
    const double shortest = std::sqrt(-largest(-least)), longest = std::sqrt(largest(most));
    // Wherever the median lies between these, no frame is off.
    if (shortest >= kMinBone && longest <= kMaxBone &&
        longest - shortest <= maximum(kBoneShare * shortest, kBoneLeast))
      continue;
    for (int t : side_by_side(0, frames)) store(length + t, square_root(square(t)));
    const double middle = median(length, frames, keys);
    if (middle < kMinBone || middle > kMaxBone) return false;
    const double limit = maximum(kBoneShare * middle, kBoneLeast);
    for (int t : dealt(0, frames))
      if (std::fabs(length[t] - middle) > limit) off[t] = 1;
  }
  int count = 0;
  for (int t : dealt(0, frames)) count += off[t] > 0;
  return Group::sum(count) <= std::max(1.0, kOffFrames * frames);
}

}  // namespace

SC_STAGE Reason validate_numbers(const float* joints, int frames) {
  if (frames <= 0) return Reason::kEmpty;
  const long count = static_cast<long>(frames) * kPlaces;
  int infinite = 0;  // or not a number: all bits of the exponent are set
  for (long i : dealt(0L, count)) infinite |= (std::bit_cast<uint32_t>(joints[i]) & 0x7f800000) == 0x7f800000;
  if (Group::any(infinite)) return Reason::kNotFinite;
  return frames < kMinFrames ? Reason::kTooShort : Reason::kNone;
}

SC_STAGE Reason validate_motion(const double* seen, int frames, double fps, Scratch scratch) {
  if (!in_range(seen, frames, scratch.stride, fps)) return Reason::kOutOfRange;
  return bones_fit(seen, frames, scratch) ? Reason::kNone : Reason::kBones;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "reference/filter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "math/portable.h"
#include "reference/geometry.h"
#include "reference/rows.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

constexpr double kRealJerk = 145;  // m/s^3, mean of real motion at 20 fps
constexpr double kJerkFactor = 1.5;
// Sum of squared third over second differences: 3.3 for white noise, 0.5 to 2 for real motion (the larger
// values where it stands still and only the noise of the capture is left), 2.5 to 3.1 with 10 mm of jitter.
constexpr double kNoiseRatio = 2.0;
// Of one joint: a foot that is put down and lifted often comes to 2.4.
constexpr double kJointNoiseRatio = 2.5;

SC_CALL bool shakes(double second, double third, double jerk, double ratio) {
  return jerk > kJerkFactor * kRealJerk && third > ratio * second;
}

SC_CALL double per_second(int frames, double fps) { return fps * fps * fps / std::max(1, frames - 3); }

// Transposed direct form II over rows of kBeside coordinates, started in the steady state of the first row.
// `step` is kBeside, or its negative to run backwards from the last row. The threads share the coordinates.
SC_CALL void run(const double (&b)[3], const double (&a)[2], double* row, int rows, int step) {
  constexpr int kTogether = kThreads * kSide, kParts = kBeside / kTogether;
  F first[kParts], second[kParts];
  Group::sync();
  row += Group::lane() * kSide;
  for (int i = 0; i < kParts; ++i) {
    const F value = load(row + i * kTogether);
    first[i] = (1 - b[0]) * value;
    second[i] = (b[2] - a[1]) * value;
  }
  for (int r = 0; r < rows; ++r, row += step)
    for (int i = 0; i < kParts; ++i) {
      const F in = load(row + i * kTogether), out = b[0] * in + first[i];
      first[i] = b[1] * in - a[0] * out + second[i];
      second[i] = b[2] * in - a[1] * out;
      store(row + i * kTogether, out);
    }
  Group::sync();
}

}  // namespace

SC_STAGE Roughness roughness(const double* series, int frames, int stride) {
  Roughness rough;
  for (int j = 0; j < kJoints; ++j, series += 3 * stride) {
    Sum second, third, jerk;
    F jump{};
    for (int t : side_by_side(0, frames - 2)) {
      const Vec3<F> p0 = load_vector(series + t, stride), p1 = load_vector(series + t + 1, stride),
                    p2 = load_vector(series + t + 2, stride), p3 = load_vector(series + t + 3, stride);
      const Vec3<F> a = p2 - p1 - (p1 - p0), b = p3 - p2 - (p2 - p1), change = b - a;
      const F number = frame_numbers(t), square = dot(change, change);
      const Mask<F> within = number < broadcast<F>(frames - 3);
      second.add(t, select<F>(within, dot(b, b), F{}));
      third.add(t, select<F>(within, square, F{}));
      jerk.add(t, select<F>(within, square_root(square), F{}));
      jump = maximum<F>(jump, select<F>(number < broadcast<F>(frames - 2), dot(a, a), F{}));
    }
    rough.second[j] = second.total();
    rough.third[j] = third.total();
    rough.jerk[j] = jerk.total();
    rough.jump[j] = std::sqrt(largest(jump));
  }
  return rough;
}

SC_CALL double mean_jerk(const Roughness& rough, int frames, double fps) {
  double jerk = 0;
  for (double joint : rough.jerk) jerk += joint;
  return jerk * per_second(frames, fps) / kJoints;
}

SC_CALL bool is_jittery(const Roughness& rough, int frames, double fps) {
  double second = 0, third = 0;
  for (int j = 0; j < kJoints; ++j) {
    second += rough.second[j];
    third += rough.third[j];
  }
  return shakes(second, third, mean_jerk(rough, frames, fps), kNoiseRatio);
}

SC_CALL bool any_joint_jittery(const Roughness& rough, int frames, double fps) {
  for (int j = 0; j < kJoints; ++j)
    if (shakes(rough.second[j], rough.third[j], rough.jerk[j] * per_second(frames, fps), kJointNoiseRatio))
      return true;
  return false;
}

SC_STAGE bool low_pass(const double* from, double* to, int frames, double fps, double cutoff,
                       Scratch scratch) {
  if (cutoff >= 0.45 * fps) return false;
  const double w = portable::tan(std::numbers::pi * cutoff / fps), r = std::numbers::sqrt2 * w,
               scale = 1 / (1 + r + w * w);
  const double b[3] = {w * w * scale, 2 * w * w * scale, w * w * scale};
  const double a[2] = {2 * (w * w - 1) * scale, (1 - r + w * w) * scale};
  const int pad = std::min(frames - 1, static_cast<int>(std::ceil(2 * fps / cutoff)));
  const int count = frames + 2 * pad, stride = scratch.stride;
  double* begin = take(scratch, 3 * kBeside);  // [rows][kBeside]
  double* inner = begin + static_cast<long>(pad) * kBeside;
  for (int i = 0; i < kPlaces; i += kBeside) {
    const long first = static_cast<long>(i) * stride;
    for (int t : side_by_side(0, frames))
      for (int c = 0; c < kBeside; c += kSide) {
        Frames rows[kSide];
        load_rows(from + first + static_cast<long>(c) * stride, stride, t, rows);
        for (int k = 0; k < kSide; ++k) store(inner + (t + k) * kBeside + c, rows[k]);
      }
    // Continued point-symmetrically, so that the ends keep their place and speed.
    double* last = inner + static_cast<long>(frames - 1) * kBeside;
    for (int k : dealt(1, pad + 1))
      for (int c = 0; c < kBeside; ++c) {
        inner[c - k * kBeside] = 2 * inner[c] - inner[c + k * kBeside];
        last[c + k * kBeside] = 2 * last[c] - last[c - k * kBeside];
      }
    run(b, a, begin, count, kBeside);
    run(b, a, begin + static_cast<long>(count - 1) * kBeside, count, -kBeside);
    for (int k = frames; k % kGroup; ++k) copy(last, kBeside, inner + k * kBeside);
    for (int t : side_by_side(0, frames))
      for (int c = 0; c < kBeside; c += kSide) {
        Frames rows[kSide];
        for (int k = 0; k < kSide; ++k) rows[k] = load(inner + (t + k) * kBeside + c);
        store_rows(rows, to + first + static_cast<long>(c) * stride, stride, t);
      }
  }
  return true;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

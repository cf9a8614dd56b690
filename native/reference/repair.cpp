#include "reference/repair.h"

#include <algorithm>
#include <cmath>

#include "reference/geometry.h"
#include "reference/order.h"
#include "reference/smooth.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

constexpr double kGlitch = 0.08;     // m from the middle of the neighbours
constexpr double kGlitchFactor = 4;  // and that many times what the frames around show

constexpr double kSizeSmooth = 0.1;  // s
constexpr double kSizeNoise = 0.01;  // of the size: what noise of the joints alone can cause

// Is a frame of a joint so far off?
SC_CALL bool jumps(const Roughness& rough, int j) { return 0.5 * rough.jump[j] > 0.99 * kGlitch; }

// The three series of one joint.
struct Path {
  double* series;
  int stride;

  SC_INLINE Vec3<double> at(int t) const { return load_vector<double>(series + t, stride); }
  // m from the middle of the neighbours
  SC_INLINE double off(int t) const { return 0.5 * norm(at(t + 1) - at(t) * 2.0 + at(t - 1)); }
};

SC_CALL bool repair_path(const Path& path, int frames) {
  bool any = false;
  for (int t = 1; t + 1 < frames; ++t) {
    const double here = path.off(t);
    if (here < kGlitch) continue;
    // The direct neighbours see half of a glitch; those one further see nothing of it.
    double around = 0;
    if (t >= 3) around = std::max(around, path.off(t - 2));
    if (t + 3 < frames) around = std::max(around, path.off(t + 2));
    const double before = t >= 2 ? path.off(t - 1) : 0.5 * here,
                 after = t + 2 < frames ? path.off(t + 1) : 0.5 * here;
    const bool halved = std::min(before, after) > 0.3 * here && std::max(before, after) < 0.75 * here;
    if (halved && here > kGlitchFactor * around) {
      store(path.series + t, path.stride, path.at(t - 1) + (path.at(t + 1) - path.at(t - 1)) * 0.5);
      any = true;
    }
  }
  return any;
}

}  // namespace

SC_CALL bool may_glitch(const Roughness& rough) {
  for (int j = 0; j < kJoints; ++j)
    if (jumps(rough, j)) return true;
  return false;
}

SC_STAGE bool repair_glitches(const Roughness& rough, double* series, int frames, int stride) {
  bool any = false;
  for (int j : dealt(0, kJoints))
    if (jumps(rough, j)) any |= repair_path({series + static_cast<long>(3 * j) * stride, stride}, frames);
  return Group::any(any);
}

SC_STAGE void repair_size(const double* from, double* to, int frames, double fps, double* lengths,
                          Scratch scratch) {
  const int stride = scratch.stride;
  double *size = take(scratch, 1), *mean = take(scratch, 1);
  int32_t* keys = reinterpret_cast<int32_t*>(take(scratch, 1));
  const auto joint = [&](int j, int t) {
    return load_vector(from + static_cast<long>(3 * j) * stride + t, stride);
  };
  for (int t : side_by_side(0, frames)) {
    F sum{};
    for (int j = 1; j < kJoints; ++j) {
      const F length = norm(joint(j, t) - joint(kParent[j], t));
      store(lengths + static_cast<long>(j) * stride + t, length);
      sum += length;
    }
    store(size + t, sum);
  }
  const double middle = median(size, frames, keys);
  smooth(size, frames, kSizeSmooth * fps, mean, scratch);
  fill(mean + frames, mean + (frames + kGroup - 1) / kGroup * kGroup, mean[frames - 1]);
  for (int t : side_by_side(0, frames)) {
    const F change = load(mean + t) * (1 / middle) - 1.0, square = change * change;
    const F scale = 1.0 / (1.0 + change * square / (square + kSizeNoise * kSizeNoise));
    const Vec3<F> root = joint(0, t);
    store(to + t, stride, root);
    for (int j = 1; j < kJoints; ++j) {
      double* length = lengths + static_cast<long>(j) * stride + t;
      store(length, load(length) * scale);
      store(to + static_cast<long>(3 * j) * stride + t, stride, root + (joint(j, t) - root) * scale);
    }
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "measure/series.h"

#include <algorithm>

#include "reference/frames.h"
#include "reference/geometry.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

SC_TABLE int kFeet[2] = {10, 11};

SC_INLINE const double* row(const double* joints, int j, int stride) {
  return joints + static_cast<long>(3 * j) * stride;
}

}  // namespace

SC_STAGE Measure measure_series(const double* joints, int frames, int stride, double fps) {
  Sum penetrate, floating, skate, speed;
  for (int t : side_by_side(0, frames)) {
    const F number = frame_numbers(t);
    const Mask<F> within = number < broadcast<F>(frames), steps = within & (number > F{});
    F low = load(joints + stride + t);
    for (int j = 1; j < kJoints; ++j) low = minimum<F>(low, load(row(joints, j, stride) + stride + t));
    penetrate.add(t, select<F>(within & (low < broadcast<F>(-kTolerance)), -low, F{}));
    floating.add(t, select<F>(within & (low > broadcast<F>(kTolerance)), low, F{}));
    // Mean horizontal shift of the foot joints that touch the floor in both frames; 0 where none does.
    F sum{}, count{};
    for (int foot : kFeet) {
      const double* at = row(joints, foot, stride);
      const Vec3<F> from = load_vector(at + t - 1, stride), to = load_vector(at + t, stride);
      const Mask<F> touches = maximum<F>(from.y, to.y) <= broadcast<F>(kTolerance);
      sum += select<F>(touches, length2d(to.x - from.x, to.z - from.z), F{});
      count += select<F>(touches, broadcast<F>(1), F{});
    }
    skate.add(t, select<F>(steps, sum / maximum<F>(count, broadcast<F>(1)), F{}));
    const F step = norm(load_vector(joints + t, stride) - load_vector(joints + t - 1, stride));
    speed.add(t, select<F>(steps, step, F{}));
  }
  Measure result;
  result.joints.penetrate = penetrate.total() * 1e3 / frames;
  result.joints.floating = floating.total() * 1e3 / frames;
  result.joints.skate = skate.total() * 1e3 / std::max(1, frames - 1);
  result.root_speed = speed.total() * fps / std::max(1, frames - 1);
  return result;
}

SC_STAGE Distance measure_distance(const double* a, const double* b, int frames, int stride) {
  Sum world, relative;
  F worst{};
  for (int t : side_by_side(0, frames)) {
    const Vec3<F> root = load_vector(b + t, stride) - load_vector(a + t, stride);
    F apart = norm(root), beside{};
    for (int j = 1; j < kJoints; ++j) {
      const Vec3<F> way =
          load_vector(row(b, j, stride) + t, stride) - load_vector(row(a, j, stride) + t, stride);
      apart += norm(way);
      beside += norm(way - root);
    }
    const Mask<F> within = frame_numbers(t) < broadcast<F>(frames);
    apart = select<F>(within, apart, F{});
    world.add(t, apart);
    relative.add(t, select<F>(within, beside, F{}));
    worst = maximum<F>(worst, apart);
  }
  const double scale = 1e3 / (static_cast<double>(frames) * kJoints);
  return {world.total() * scale, relative.total() * scale, largest(worst) * 1e3 / kJoints};
}

}  // namespace SC_ISA
}  // namespace selfcorrect

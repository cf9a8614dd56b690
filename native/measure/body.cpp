#include "measure/body.h"

#include <algorithm>
#include <cmath>

#include "measure/series.h"
#include "reference/foot.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

SC_TABLE int kLabelled[kLabels] = {7, 10, 8, 11};

// The points of one body, and how far from its joint they reach.
struct Cluster {
  int body = 0, begin = 0, end = 0;
  double reach = 0;
};

// In the order of the points, which has the soles first: they are the lowest in almost every frame.
SC_CALL int clusters_of(const Humanoid& humanoid, Cluster* clusters) {
  int count = 0;
  for (int p = 0; p < kMaxPoints; ++p) {
    const Point& point = humanoid.point[p];
    if (count == 0 || clusters[count - 1].body != point.body) clusters[count++] = {point.body, p, p, 0};
    Cluster& cluster = clusters[count - 1];
    cluster.end = p + 1;
    cluster.reach = std::max(cluster.reach, norm(Vec3<double>{point.at[0], point.at[1], point.at[2]}));
  }
  return count;
}

// Whether each point touches (1 or 0), and where, if it ever does: series. `ever`: a bit for each point.
struct Touches {
  double *on, *x, *z;
  uint32_t ever = 0;

  SC_INLINE bool never(int p) const { return !(ever >> p & 1); }
};
static_assert(kMaxPoints <= 32 && 3 * kMaxPoints <= kScratch);

// Marks the touching points of a cluster. Returns the lowest of its points.
SC_STAGE F see_cluster(const Humanoid& humanoid, const Cluster& cluster, const Vec3<F>& joint,
                       const Quat<F>& q, double ground, int t, int stride, Touches& touches) {
  const Axes<F> axes = axes_of(q);
  F low = broadcast<F>(HUGE_VAL);
  for (int p = cluster.begin; p < cluster.end; ++p) {
    const float* at = humanoid.point[p].at;
    const Vec3<F> arm = rotate(axes, spread<F>(at[0], at[1], at[2]));
    const F y = joint.y - ground + arm.y;
    low = minimum<F>(low, y);
    const Mask<F> on = y <= broadcast<F>(kTolerance);
    const long to = static_cast<long>(p) * stride + t;
    store(touches.on + to, select<F>(on, broadcast<F>(1), F{}));
    if (!any(on)) continue;
    store(touches.x + to, joint.x + arm.x);
    store(touches.z + to, joint.z + arm.z);
    touches.ever |= 1u << p;
  }
  return low;
}

SC_STAGE void label_soles(const Humanoid& humanoid, const Touches& touches, int frames, int stride,
                          uint8_t* labels) {
  fill(labels, labels + static_cast<long>(frames) * kLabels, uint8_t{0});
  for (int p = 0; p < kMaxPoints; ++p)
    for (int label = 0; label < kLabels; ++label) {
      if (touches.never(p) || humanoid.point[p].body != kLabelled[label]) continue;
      const double* on = touches.on + static_cast<long>(p) * stride;
      for (int t : dealt(0, frames))
        if (on[t] > 0) labels[t * kLabels + label] = 1;
    }
}

// Sum over the frames of the mean step of the points that touch in a frame and in the one before, m.
SC_STAGE double sum_slips(const Touches& touches, int frames, int stride) {
  Sum result;
  for (int t : side_by_side(0, frames)) {
    F slip{}, count{};
    for (int p = 0; p < kMaxPoints; ++p) {
      if (touches.never(p)) continue;
      const long at = static_cast<long>(p) * stride + t;
      const F both = load(touches.on + at) * load(touches.on + at - 1);
      const Mask<F> stays = (both > F{}) & (frame_numbers(t) > F{});
      if (!any(stays)) continue;
      const F step = length2d(load(touches.x + at) - load(touches.x + at - 1),
                              load(touches.z + at) - load(touches.z + at - 1));
      slip += select<F>(stays, step, F{});
      count += select<F>(stays, broadcast<F>(1), F{});
    }
    const Mask<F> within = frame_numbers(t) < broadcast<F>(frames);
    result.add(t, select<F>(within, slip / maximum<F>(count, broadcast<F>(1)), F{}));
  }
  return result.total();
}

}  // namespace

SC_STAGE Contact measure_body(const Humanoid& humanoid, const double* joints, const Motion& motion,
                              double ground, uint8_t* labels, Scratch scratch) {
  const int frames = motion.frames, stride = motion.stride;
  Cluster clusters[kMaxPoints];
  const int count = clusters_of(humanoid, clusters);
  Touches touches{take(scratch, kMaxPoints), take(scratch, kMaxPoints), take(scratch, kMaxPoints)};
  Sum penetrate, floating;
  for (int t : side_by_side(0, frames)) {
    F low = broadcast<F>(HUGE_VAL);
    for (int c = 0; c < count; ++c) {
      const Cluster& cluster = clusters[c];
      const Vec3<F> joint = load_vector(joints + static_cast<long>(3 * cluster.body) * stride + t, stride);
      // Neither the lowest of the body nor touching?
      const F least = joint.y - (ground + cluster.reach);
      if (any(least <= maximum<F>(low, broadcast<F>(kTolerance)))) {
        const Quat<F> q = turn(motion, cluster.body, t);
        low = minimum<F>(low, see_cluster(humanoid, cluster, joint, q, ground, t, stride, touches));
      } else {
        for (int p = cluster.begin; p < cluster.end; ++p)
          store(touches.on + static_cast<long>(p) * stride + t, F{});
      }
    }
    const Mask<F> within = frame_numbers(t) < broadcast<F>(frames);
    penetrate.add(t, select<F>(within & (low < broadcast<F>(-kTolerance)), -low, F{}));
    floating.add(t, select<F>(within & (low > broadcast<F>(kTolerance)), low, F{}));
  }
  touches.ever = Group::bits(touches.ever);
  if (labels) label_soles(humanoid, touches, frames, stride, labels);
  return {penetrate.total() * 1e3 / frames, floating.total() * 1e3 / frames,
          sum_slips(touches, frames, stride) * 1e3 / std::max(1, frames - 1)};
}

}  // namespace SC_ISA
}  // namespace selfcorrect

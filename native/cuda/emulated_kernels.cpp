// Stub for now: the CPU path's functions.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

#include "batch/valid.h"
#include "control/track.h"
#include "cuda/emulated.h"
#include "measure/measure.h"
#include "reference/build.h"

namespace selfcorrect::gpu {
namespace {

Reference reference_of(const TileMemory& m, int i, const Options& o) {
  Reference r;
  const size_t s = m.start[i], n = m.length[i];
  r.frames = n;
  r.fps = o.fps;
  r.ground = m.ground[i];
  r.clean = m.clean[i];
  std::memcpy(r.skeleton.offset.data(), m.offset + i * 66, 66 * 4);
  r.root.assign(m.root + s * 3, m.root + (s + n) * 3);
  r.rotation.assign(m.rotation + s * 88, m.rotation + (s + n) * 88);
  r.contact.assign(m.contact + s * 2, m.contact + (s + n) * 2);
  return r;
}

void prepare(const KernelArgs& a, int i) {
  const TileMemory& m = a.tile;
  const size_t s = m.start[i];
  const int n = m.length[i];
  Report report;
  Reference ref;
  const float* joints = m.joints + s * 66;
  const bool kept = m.keep && m.keep[i];
  // Touches its scratch, all of it.
  std::memset(m.series + m.series_start[i], i, 16);
  std::memset(m.flags + m.flags_start[i], i, 16);
  const Reason reason = build_reference(joints, n, a.options, ref, [&](const Work& posed) {
    report.before = measure(posed, kept ? m.labels + s * 4 : nullptr);
    if (kept && m.rotations) {
      float* out = m.rotations + s * 88;
      for (int t = 0; t < n; ++t)
        for (int c = 0; c < 88; ++c)
          *out++ =
              static_cast<float>(posed.motion.rotation[static_cast<size_t>(c) * posed.motion.stride + t]);
    }
  });
  if (reason == Reason::kBones) report.before = measure(joints, n, a.options.fps);
  if (reason == Reason::kNone && !kept) {
    m.reason[i] = 0;
    std::copy(ref.root.begin(), ref.root.end(), m.root + s * 3);
    std::copy(ref.rotation.begin(), ref.rotation.end(), m.rotation + s * 88);
    std::copy(ref.contact.begin(), ref.contact.end(), m.contact + s * 2);
    std::memcpy(m.offset + i * 66, ref.skeleton.offset.data(), 66 * 4);
    m.ground[i] = ref.ground;
    m.clean[i] = ref.clean;
    m.reports[i] = report;
    return;
  }
  report.status = reason == Reason::kNone ? Status::kOk : Status::kRejected;
  report.reason = reason == Reason::kNone ? Reason::kKept : reason;
  report.after = report.before;
  m.reason[i] = static_cast<uint8_t>(report.reason);
  m.reports[i] = report;
}

void track(const KernelArgs& a, int k) {
  const TileMemory& m = a.tile;
  const int i = a.active[k];
  const size_t s = m.start[i];
  const Reference ref = reference_of(m, i, a.options);
  const Reference* one = &ref;
  TrackResult r;
  selfcorrect::track(&one, 1, {a.options.rate, a.force, a.torque, nullptr}, &r);
  m.sums[i] = {r.ok,          a.rung,       r.frames,  r.residual_mean, r.residual_max,
               r.torque_mean, r.torque_max, r.support, r.saturation,    r.effort};
  std::copy(r.motion.root.begin(), r.motion.root.end(), m.tracked_root + s * 3);
  std::copy(r.motion.rotation.begin(), r.motion.rotation.end(), m.tracked_rotation + s * 88);
  std::copy(r.labels.begin(), r.labels.end(), m.tracked_labels + s * 4);
}

void finish(const KernelArgs& a, int i) {
  const TileMemory& m = a.tile;
  if (m.reason[i]) return;
  const size_t s = m.start[i], n = m.length[i];
  Reference ref = reference_of(m, i, a.options), result = ref;
  const TrackSums& r = m.sums[i];
  Report& report = m.reports[i];
  report.rung = r.rung;
  report.residual_mean = r.residual_mean;
  report.residual_max = r.residual_max;
  report.torque_mean = r.torque_mean;
  report.torque_max = r.torque_max;
  report.support = r.support;
  report.saturation = r.saturation;
  report.effort = r.effort;
  report.reason = r.ok ? Reason::kNone : Reason::kFell;
  report.status = !r.ok ? Status::kFailed : r.rung == 0 ? Status::kOk : Status::kAssisted;
  if (r.ok) {
    std::copy_n(m.tracked_root + s * 3, n * 3, result.root.begin());
    std::copy_n(m.tracked_rotation + s * 88, n * 88, result.rotation.begin());
    std::copy_n(m.tracked_labels + s * 4, n * 4, m.labels + s * 4);
  }
  const Outcome outcome =
      measure(m.joints + s * 66, result, m.out + s * 66, r.ok ? nullptr : m.labels + s * 4);
  report.after = outcome.measure;
  report.error = outcome.error;
  report.error_root = outcome.error_root;
  if (m.rotations) std::copy_n(result.rotation.begin(), n * 88, m.rotations + s * 88);
  if (a.options.preset == Preset::kLoop && already_valid(ref, report, outcome.worst)) {
    report.reason = Reason::kValid;
    report.after = report.before;
    report.error = report.error_root = 0;
  }
}

}  // namespace

void run_emulated(Kernel kernel, const KernelArgs& args, int motions, ThreadOrder order) {
  std::vector<int> at(motions);
  std::iota(at.begin(), at.end(), 0);
  if (order == ThreadOrder::kBackwards) std::reverse(at.begin(), at.end());
  if (order == ThreadOrder::kShuffled) std::shuffle(at.begin(), at.end(), std::mt19937(1));
  for (int i : at) {
    if (kernel == Kernel::kPrepare) prepare(args, i);
    if (kernel == Kernel::kTrack) track(args, i);
    if (kernel == Kernel::kFinish) finish(args, i);
  }
}

}  // namespace selfcorrect::gpu

// The kernel `finish`: from what was tracked to a result and its report, by kThreads threads a motion (what
// BatchRun::finish is on a processor).
#pragma once
#include "batch/valid.h"
#include "cuda/kinematics.h"
#include "cuda/motion_of.h"
#include "cuda/spot.h"

namespace selfcorrect {
inline namespace SC_ISA {

// What tracking says of a motion.
SC_CALL inline void report_tracking(const TrackSums& sums, Report& report) {
  report.rung = sums.rung;
  report.residual_mean = sums.residual_mean;
  report.residual_max = sums.residual_max;
  report.torque_mean = sums.torque_mean;
  report.torque_max = sums.torque_max;
  report.support = sums.support;
  report.saturation = sums.saturation;
  report.effort = sums.effort;
  report.reason = sums.ok ? Reason::kNone : Reason::kFell;
  report.status = !sums.ok ? Status::kFailed : sums.rung == 0 ? Status::kOk : Status::kAssisted;
}

// Of motion `i` of the tile, which has a reference. One that fell on every rung is returned cleaned but not
// simulated; for a generator, one that needs no correction is returned as it came.
SC_CALL inline void finish_motion(const TileMemory& tile, const Options& options, int i) {
  const bool ok = tile.sums[i].ok;
  const float* root = rows_of(ok ? tile.tracked_root : tile.root, tile, i, 3);
  const float* rotation = rows_of(ok ? tile.tracked_rotation : tile.rotation, tile, i, kTurns);
  float* out = rows_of(tile.out, tile, i, kPlaces);
  uint8_t* labels = rows_of(tile.labels, tile, i, kLabels);
  const long frames = tile.length[i];
  Report report = tile.reports[i];
  report_tracking(tile.sums[i], report);
  Work work = work_of(tile, i);
  pose_result(root, rotation, tile.offset + static_cast<size_t>(i) * kPlaces, tile.ground[i], work, out);
  const Outcome outcome = measure_result(tile.body[i], rows_of(tile.joints, tile, i, kPlaces), options.fps,
                                         work, ok ? nullptr : labels);
  report.after = outcome.measure;
  report.error = outcome.error;
  report.error_root = outcome.error_root;
  if (ok) copy(rows_of(tile.tracked_labels, tile, i, kLabels), frames * kLabels, labels);
  if (tile.rotations) copy(rotation, frames * kTurns, rows_of(tile.rotations, tile, i, kTurns));
  if (options.preset == Preset::kLoop && already_valid(tile.clean[i], report, outcome.worst)) {
    leave_as_it_came(tile, i);
    report.reason = Reason::kValid;
    report.after = report.before;
    report.error = report.error_root = 0;
  }
  alone([&] { tile.reports[i] = report; });
}

// Blocks are of a multiple of kThreads threads; a grid has kThreads for every motion, or more.
SC_CALL inline void finish(const KernelArgs& args, Spot spot) {
  const int i = spot.index() / kThreads;
  if (i < args.tile.count && static_cast<Reason>(args.tile.reason[i]) == Reason::kNone)
    finish_motion(args.tile, args.options, i);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

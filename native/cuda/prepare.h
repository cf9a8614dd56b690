// The kernel `prepare`: from joints to a reference, by kThreads threads a motion (what BatchRun::prepare is
// on a processor).
#pragma once
#include "cuda/kinematics.h"
#include "cuda/motion_of.h"
#include "cuda/spot.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Validates, measures and cleans motion `i` of the tile. Fills its reference, body, reason and report, and
// all of its results where it is not to be tracked.
SC_CALL inline void prepare_motion(const TileMemory& tile, const Options& options, int i) {
  const float* joints = rows_of(tile.joints, tile, i, kPlaces);
  const bool kept = tile.keep && tile.keep[i];
  Work work = work_of(tile, i);
  const Motion& motion = work.motion;
  Report report;
  Reason reason = pose_motion(joints, options, work);
  if (reason == Reason::kBones) report.before = measure_joints(joints, options.fps, work);
  if (reason == Reason::kNone) {
    alone([&] { tile.body[i] = make_humanoid(skeleton_of(motion)); });
    report.before =
        measure_posed(tile.body[i], work, kept ? rows_of(tile.labels, tile, i, kLabels) : nullptr);
    if (kept) {
      reason = Reason::kKept;
      if (tile.rotations)
        write_rows(motion.rotation, kTurns, motion.frames, motion.stride,
                   rows_of(tile.rotations, tile, i, kTurns));
    } else {
      clean_motion(options, work, rows_of(tile.root, tile, i, 3), rows_of(tile.rotation, tile, i, kTurns),
                   rows_of(tile.contact, tile, i, 2));
    }
  }
  if (reason != Reason::kNone) {
    report.status = reason == Reason::kKept ? Status::kOk : Status::kRejected;
    report.reason = reason;
    report.after = report.before;
    leave_as_it_came(tile, i);
  }
  alone([&] {
    const Skeleton skeleton = skeleton_of(motion);
    for (int j = 0; j < kJoints; ++j)
      for (int k = 0; k < 3; ++k)
        tile.offset[3 * (static_cast<size_t>(i) * kJoints + j) + k] = skeleton.offset[j][k];
    tile.ground[i] = work.ground;
    tile.clean[i] = work.clean;
    tile.reason[i] = static_cast<uint8_t>(reason);
    tile.reports[i] = report;
  });
}

// Blocks are of a multiple of kThreads threads; a grid has kThreads for every motion, or more.
SC_CALL inline void prepare(const KernelArgs& args, Spot spot) {
  const int i = spot.index() / kThreads;
  if (i < args.tile.count) prepare_motion(args.tile, args.options, i);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

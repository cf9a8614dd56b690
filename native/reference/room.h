// The memory that a motion takes on its way to a reference, and its skeleton as a reference has it.
#pragma once
#include <cstddef>

#include "math/group.h"
#include "reference/motion.h"
#include "reference/rows.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Series of doubles for a motion, and numbers from one series to the next.
constexpr int kAllSeries = 2 * kPlaces + kGiven + kTurns + 1 + kScratch;
constexpr int series_stride(int frames) { return (frames + kGroup - 1) / kGroup * kGroup + 2 * kGroup; }

// Of a motion of `frames` frames: doubles of its series, bytes of its contacts.
constexpr size_t work_size(int frames) {
  return static_cast<size_t>(series_stride(frames)) * kAllSeries + kGroup;
}
constexpr size_t flags_size(int frames) { return static_cast<size_t>(series_stride(frames)) * 2; }

// Gives a motion its place in work_size() doubles and flags_size() bytes.
SC_CALL inline void settle(Work& work, int frames, double* series, uint8_t* flags) {
  Scratch all{series + kGroup, series_stride(frames)};
  work.motion.frames = frames;
  work.motion.stride = all.stride;
  work.motion.position = take(all, kPlaces);
  work.motion.rotation = take(all, kTurns);
  for (int side = 0; side < 2; ++side)
    work.motion.contact[side] = flags + static_cast<long>(side) * all.stride;
  work.seen = take(all, kPlaces);
  work.given = take(all, kGiven);
  work.floor = take(all, 1);
  work.scratch = all;
}

SC_CALL inline Skeleton skeleton_of(const Motion& motion) {
  Skeleton skeleton;
  for (int j = 0; j < kJoints; ++j)
    for (int k = 0; k < 3; ++k) skeleton.offset[j][k] = static_cast<float>(motion.offset[j][k]);
  return skeleton;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

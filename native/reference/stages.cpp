#include "reference/stages.h"

#include <algorithm>
#include <cmath>

#include "reference/clean.h"
#include "reference/contact.h"
#include "reference/filter.h"
#include "reference/floor.h"
#include "reference/foot.h"
#include "reference/footlock.h"
#include "reference/ik.h"
#include "reference/limit.h"
#include "reference/pose.h"
#include "reference/repair.h"
#include "reference/reroot.h"
#include "reference/rows.h"
#include "reference/skeleton.h"
#include "reference/slip.h"
#include "reference/validate.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

constexpr double kClipCutoff = 6, kJitterCutoff = 4, kLoopCutoff = 7;  // Hz
constexpr double kStill = 0.04;                                        // m/s that a locked foot may slip
constexpr double kClipClearance = 0.04, kLoopClearance = 0.05;         // m
// Heights in m of a planted toe joint over the user's y = 0. In real motion, whose lowest joint of a clip is
// at 0, it is 0 to 14 mm. `kTouching` is as high as the measures call it touching.
constexpr double kTouching = 0.004, kPlausible = 0.012;

// Where the planted toe joints of the result are, given the floor that was found. One clip is put where it
// touches; for a generator a plausible height is left as it is, so that the heights it learns from keep their
// distribution. The height of a floor that went up and down means nothing.
SC_STAGE double planted_height(const Work& work, bool clip) {
  if (clip) return kTouching;
  double variation = 0;
  for (int t : dealt(0, work.motion.frames))
    variation = std::max(variation, std::fabs(work.floor[t] - work.level));
  variation = Group::most(variation);
  const double before = work.level + kSoleDepth;
  const double beyond = std::max(0.0, std::max(-before, before - kPlausible)) / kPlausible;
  const double kept = bounded(before, 0, kPlausible);
  return kept + (kTouching - kept) * std::max(std::min(1.0, beyond), smoothstep(variation, 0.01, 0.03));
}

// Puts the floor on y = 0.
SC_STAGE void lower(Work& work) {
  Motion& motion = work.motion;
  fill(work.floor + motion.frames, work.floor + (motion.frames + kGroup - 1) / kGroup * kGroup,
       work.floor[motion.frames - 1]);
  for (int j = 0; j < kJoints; ++j) {
    double* y = motion.position + static_cast<long>(3 * j + 1) * motion.stride;
    for (int t : side_by_side(0, motion.frames)) store(y + t, load(y + t) - load(work.floor + t));
  }
}

SC_STAGE void clean_feet(const Options& options, Motion& motion, Scratch scratch) {
  stand_feet(motion, scratch);
  if (!options.keep_path) reroot(motion, scratch);
  lock_feet(motion, options.preset == Preset::kClip ? kClipClearance : kLoopClearance, scratch);
  pose_all(motion);
}

// Gives rotations signs that are continuous in time.
SC_STAGE void join_signs(const Motion& motion, Scratch scratch) {
  const int frames = motion.frames;
  double* signs = take(scratch, kThreads);
  for (int first = 0; first < kJoints; first += kThreads) {
    const int end = minimum(first + kThreads, kJoints);
    const auto of = [&](int j) { return signs + static_cast<long>(j - first) * motion.stride; };
    for (int j = first; j < end; ++j)
      for (int t : side_by_side(0, frames)) store(of(j) + t, dot(turn(motion, j, t - 1), turn(motion, j, t)));
    uint32_t changing = 0;  // a bit for each joint
    for (int j : dealt(first, end)) {
      double *sign = of(j), last = 1;
      for (int t = 1; t < frames; ++t) {
        if (sign[t] < 0) changing |= 1u << j;
        sign[t] = last = sign[t] < 0 ? -last : last;
      }
      sign[0] = 1;
    }
    changing = Group::bits(changing);
    for (int j = first; j < end; ++j) {
      if (!(changing >> j & 1)) continue;
      for (int t : side_by_side(0, frames)) set_turn(motion, j, t, turn(motion, j, t) * load(of(j) + t));
    }
  }
}

}  // namespace

SC_STAGE Reason pose_motion(const float* joints, const Options& options, Work& work) {
  Motion& motion = work.motion;
  const int frames = motion.frames, stride = motion.stride;
  const double fps = motion.fps = options.fps;
  Scratch scratch = work.scratch;
  Reason reason = validate_numbers(joints, frames);
  if (reason != Reason::kNone) return reason;
  read_rows(joints, kPlaces, frames, stride, work.seen);
  reason = validate_motion(work.seen, frames, fps, scratch);
  if (reason != Reason::kNone) return reason;
  const bool clip = options.preset == Preset::kClip;
  Roughness rough = roughness(work.seen, frames, stride);
  work.jerk = mean_jerk(rough, frames, fps);
  work.clean = !clip && !any_joint_jittery(rough, frames, fps);  // for a clip nobody asks
  const double* joints_now = work.seen;
  if (may_glitch(rough)) {
    copy(work.seen, static_cast<long>(kPlaces) * stride - kGroup, work.given);
    joints_now = work.given;
    if (repair_glitches(rough, work.given, frames, stride)) {
      work.clean = false;
      rough = roughness(work.given, frames, stride);
    }
  }
  const bool jittery = is_jittery(rough, frames, fps);
  const double cutoff = clip ? (jittery ? kJitterCutoff : kClipCutoff) : kLoopCutoff;
  if ((clip || jittery) && low_pass(joints_now, work.given, frames, fps, cutoff, scratch))
    joints_now = work.given;
  double* lengths = take(scratch, kJoints);
  repair_size(joints_now, work.given, frames, fps, lengths, scratch);
  measure_skeleton(work.given, lengths, motion, scratch);
  solve_ik(work.given, motion, work.scratch);
  work.clean = work.clean && bones_are_constant(motion, work.seen);
  find_floor(work);
  work.ground = planted_height(work, clip) - kSoleDepth;
  return Reason::kNone;
}

SC_STAGE void clean_motion(const Options& options, Work& work, float* root, float* rotation,
                           uint8_t* contact) {
  Motion& motion = work.motion;
  const int frames = motion.frames;
  Scratch scratch = work.scratch;
  lower(work);
  double* const low[2] = {take(scratch, 1), take(scratch, 1)};
  detect_contacts(motion, low, scratch);
  work.clean = work.clean && stands_still(work, low, scratch);
  clean_feet(options, motion, scratch);
  // Feet that slide further than a leg can follow still slide then; the second time there is less to do.
  uint8_t* locked[2];
  for (int side = 0; side < 2; ++side) {
    locked[side] = reinterpret_cast<uint8_t*>(take(scratch, 1));
    copy(motion.contact[side], frames, locked[side]);
  }
  detect_contacts(motion, low, scratch);
  const Slides slides = see_slides(motion, scratch);
  if (slides.typical * motion.fps > kStill || feet_slide(motion, slides, low, scratch))
    clean_feet(options, motion, scratch);
  else
    for (int side = 0; side < 2; ++side) copy(locked[side], frames, motion.contact[side]);
  keep_limits(motion, scratch);  // locking and levelling feet may have left them
  join_signs(motion, scratch);
  write_rows(motion.rotation, kTurns, frames, motion.stride, rotation);
  for (int t : dealt(0, frames)) {
    for (int k = 0; k < 3; ++k) root[3 * t + k] = static_cast<float>(motion.position[k * motion.stride + t]);
    for (int side = 0; side < 2; ++side) contact[2 * t + side] = motion.contact[side][t];
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

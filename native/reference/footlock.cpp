#include "reference/footlock.h"

#include <algorithm>
#include <cmath>

#include "reference/contact.h"
#include "reference/foot.h"
#include "reference/leg.h"
#include "reference/slip.h"
#include "reference/smooth.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

SC_TABLE double kToesLevel[2] = {0.10, 0.30};            // m of the toe joint over the ground
constexpr double kMostShift = 0.12;                      // m that a planted foot is moved sideways
constexpr double kFade = 0.25;                           // s before the first and after the last contact
constexpr double kFlattenSmooth = 0.05, kLittle = 1e-3;  // s; share
// m off the ground of which half is left: a straight leg turns a few millimetres at the foot into many at the
// knee.
constexpr double kNearEnough = 0.004;
constexpr double kHeightSmooth = 0.05, kSlipSmooth = 0.015;  // s
constexpr double kLiftSmooth = 0.06;                         // s
constexpr double kRise = 0.10;                               // s from contact to full clearance

// How far one foot is moved: series.
struct Shift {
  double *x, *y, *z;
};

// Sideways correction of a contact: the slip of the touching points, summed up and with the opposite sign.
SC_STAGE void hold_still(const Run& run, const Slip& slip, const Shift& shift) {
  double sum_x = 0, sum_z = 0, mean_x = 0, mean_z = 0, most = 0;
  for (int t = run.begin; t < run.end; ++t) {
    if (t > run.begin) {
      sum_x -= slip.x[t];
      sum_z -= slip.z[t];
    }
    shift.x[t] = sum_x;
    shift.z[t] = sum_z;
    mean_x += sum_x;
    mean_z += sum_z;
  }
  mean_x /= run.end - run.begin;
  mean_z /= run.end - run.begin;
  for (int t = run.begin; t < run.end; ++t) {
    shift.x[t] -= mean_x;
    shift.z[t] -= mean_z;
    most = std::max(most, shift.x[t] * shift.x[t] + shift.z[t] * shift.z[t]);
  }
  if (most <= kMostShift * kMostShift) return;
  // A foot that slides further than a leg can follow slides evenly by what is left.
  const double scale = kMostShift / std::sqrt(most);
  for (int t = run.begin; t < run.end; ++t) {
    shift.x[t] *= scale;
    shift.z[t] *= scale;
  }
}

// Carries the shifts of contacts over the frames between them. Contacts are `on`, one at least.
SC_STAGE void fill_swings(const uint8_t* on, int frames, double fps, const Shift& shift) {
  const double fade = kFade * fps;
  // Frame `t` takes `share` of the shift at `from` and the rest of that at `to`.
  const auto blend = [&](int t, int from, int to, double share) {
    for (double* series : {shift.x, shift.y, shift.z})
      series[t] = series[from] + share * ((to < 0 ? 0 : series[to]) - series[from]);
  };
  Run run = next_run(on, frames, 0);
  for (int t : dealt(0, run.begin)) blend(t, run.begin, -1, smoothstep((run.begin - t) / fade, 0, 1));
  for (;;) {
    const Run next = next_run(on, frames, run.end);
    const int from = run.end - 1, to = next.begin;
    if (to == frames) break;
    for (int t : dealt(from + 1, to)) blend(t, from, to, smoothstep(double(t - from) / (to - from), 0, 1));
    run = next;
  }
  for (int t : dealt(run.end, frames)) blend(t, run.end - 1, -1, smoothstep((t - run.end + 1) / fade, 0, 1));
}

// The height at which the box of a sole rests changes faster than a foot does, and the knee of a nearly
// straight leg moves several times as far. Slips are only smoothed as much as frames 50 ms apart cannot show.
SC_CALL void smooth_shift(int frames, double fps, const Shift& shift, Scratch scratch) {
  smooth(shift.x, frames, kSlipSmooth * fps, shift.x, scratch);
  smooth(shift.y, frames, kHeightSmooth * fps, shift.y, scratch);
  smooth(shift.z, frames, kSlipSmooth * fps, shift.z, scratch);
}

// Frames to the nearest frame that is `on`, as a series; a large number without any.
SC_CALL void frames_from(const uint8_t* on, int frames, double* distance) {
  double d = 1 << 20;
  for (int t = 0; t < frames; ++t) distance[t] = d = on[t] ? 0 : d + 1;
  d = 1 << 20;
  for (int t = frames - 1; t >= 0; --t) {
    d = on[t] ? 0 : d + 1;
    distance[t] = std::min(distance[t], d);
  }
}

// Adds what raises the swinging foot off the ground to its shift. `low`: height of its sole.
SC_STAGE void lift(const uint8_t* on, int frames, double fps, double clearance, const double* low,
                   const Shift& shift, Scratch scratch) {
  double *distance = take(scratch, 1), *height = take(scratch, 1), *mean = take(scratch, 1);
  alone([&] { frames_from(on, frames, distance); });
  for (int t : side_by_side(0, frames)) {
    const F away = load(distance + t);
    const F wanted = clearance * minimum<F>(away * (1 / (kRise * fps)), broadcast<F>(1));
    const F missing = maximum<F>(wanted - load(low + t) - load(shift.y + t), F{});
    store(height + t, select<F>(away > F{}, missing, F{}));
  }
  // First raised to its own mean, then smoothed: that keeps the peaks.
  smooth(height, frames, kLiftSmooth * fps, mean, scratch);
  for (int t : side_by_side(0, frames)) store(height + t, maximum<F>(load(height + t), load(mean + t)));
  smooth(height, frames, 0.5 * kLiftSmooth * fps, height, scratch);
  for (int t : side_by_side(0, frames)) {
    const F share = smoothstep(load(distance + t) * (1 / (0.5 * kRise * fps)), 0, 1);
    store(shift.y + t, load(shift.y + t) + load(height + t) * share);
  }
}

SC_STAGE void move_foot(Motion& motion, int side, const Shift& shift) {
  const Leg& leg = kLegs[side];
  const LegBones bones = leg_bones(motion, leg);
  for (int t : side_by_side(0, motion.frames)) {
    LegPose pose{place(motion, leg.hip, t), place(motion, leg.knee, t), place(motion, leg.ankle, t),
                 turn(motion, leg.hip, t), turn(motion, leg.knee, t)};
    const Vec3<F> way{load(shift.x + t), load(shift.y + t), load(shift.z + t)};
    place_ankle(bones, pose.ankle + way, pose);
    set_turn(motion, leg.hip, t, pose.thigh);
    set_turn(motion, leg.knee, t, pose.shank);
  }
}

}  // namespace

SC_STAGE void stand_feet(Motion& motion, Scratch scratch) {
  const int frames = motion.frames;
  double* planted = take(scratch, 1);
  for (int side = 0; side < 2; ++side) {
    for (int t : dealt(0, frames)) planted[t] = motion.contact[side][t];
    smooth(planted, frames, kFlattenSmooth * motion.fps, planted, scratch);
    const Leg& leg = kLegs[side];
    const Vec3<F> offset = spread<F>(motion.offset[leg.toe]);
    for (int t : side_by_side(0, frames)) {
      const F share = load(planted + t);
      const Mask<F> stands = share > broadcast<F>(kLittle);
      Quat<F> foot = turn(motion, leg.ankle, t);
      Vec3<F> toe = place(motion, leg.toe, t);
      if (any(stands)) {
        foot = select<F>(stands, flattened(foot, share), foot);
        toe = select<F>(stands, place(motion, leg.ankle, t) + rotate(foot, offset), toe);
        set_turn(motion, leg.ankle, t, foot);
        set_place(motion, leg.toe, t, toe);
      }
      const F near = 1.0 - smoothstep(toe.y - kSoleDepth, kToesLevel[0], kToesLevel[1]);
      set_turn(motion, leg.toe, t, level_toes(foot, near));
    }
  }
}

SC_STAGE void lock_feet(Motion& motion, double clearance, Scratch scratch) {
  const int frames = motion.frames;
  const Shift shift{take(scratch, 1), take(scratch, 1), take(scratch, 1)};
  const Slip slip{take(scratch, 1), take(scratch, 1)};
  double* low = take(scratch, 1);
  for (int side = 0; side < 2; ++side) {
    const uint8_t* on = motion.contact[side];
    if (next_run(on, frames, 0).begin == frames) continue;
    for (int t : side_by_side(0, frames)) {
      F height[kCorners];
      corner_heights(motion.sole[side], foot_pose(motion, t, side), height);
      const F least = lowest(height), square = least * least;
      store(low + t, least);
      store(shift.y + t, -least * square / (square + kNearEnough * kNearEnough));
    }
    see_slip(motion, side, slip);
    for (int t : dealt(0, frames))
      if (on[t] && (t == 0 || !on[t - 1])) hold_still(next_run(on, frames, t), slip, shift);
    fill_swings(on, frames, motion.fps, shift);
    smooth_shift(frames, motion.fps, shift, scratch);
    lift(on, frames, motion.fps, clearance, low, shift, scratch);
    move_foot(motion, side, shift);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

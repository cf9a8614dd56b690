#include "reference/contact.h"

#include <algorithm>
#include <cmath>

#include "reference/flight.h"
#include "reference/foot.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

constexpr double kNear = 0.030, kLeave = 0.045;  // m: height that makes a contact, and that keeps one
// m/s. A foot that moves a little over the ground is stepping; at the same speed on the ground it slides.
constexpr double kSpeed = 0.6, kRaisedSpeed = 0.2, kVerticalSpeed = 0.35;
constexpr double kSlide = 1.5;    // m/s: faster than that nothing stands on it
constexpr double kShort = 0.075;  // s: gaps and contacts shorter than this are noise

constexpr int kEnds = 2;  // of a sole: heel, ball

// The ends of one sole: middles of its edges at the height of the lower corner, [2][3] series, and their
// slowest speeds in m/s, [2] series.
struct Ends {
  double *path, *speed;
};

SC_STAGE void see_ends(const Motion& motion, int side, const Ends& ends, double* low) {
  const int stride = motion.stride;
  const Sole& sole = motion.sole[side];
  for (int t : side_by_side(0, motion.frames)) {
    const FootPose pose = planted_foot(motion, t, side);
    F height[kCorners];
    corner_heights(sole, pose, height);
    store(low + t, lowest(height));
    for (int i = 0; i < kEnds; ++i) {
      const float(&edge)[kSolePoints][3] = i ? sole.toes : sole.foot;
      const Vec3<F> middle =
          spread<F>((double{edge[0][0]} + edge[1][0]) / 2, (double{edge[0][1]} + edge[1][1]) / 2,
                    (double{edge[0][2]} + edge[1][2]) / 2);
      Vec3<F> end = (i ? pose.toe : pose.ankle) + rotate(i ? pose.toes : pose.foot, middle);
      end.y = minimum<F>(height[i * kSolePoints], height[i * kSolePoints + 1]);
      store(ends.path + 3 * i * stride + t, stride, end);
    }
  }
}

SC_CALL void mark(uint8_t* contact, int begin, int end, uint8_t value) {
  for (int t = begin; t < end; ++t) contact[t] = value;
}

// Frames in which the heel or the ball rests near the ground; a contact begins nearer to it than it ends.
SC_STAGE void find_resting(const Motion& motion, const Ends& ends, uint8_t* contact, Scratch scratch) {
  const int frames = motion.frames, stride = motion.stride;
  uint8_t *near = reinterpret_cast<uint8_t*>(take(scratch, 1)), *held = near + stride;
  for (int t : side_by_side(0, frames)) {
    F touching{}, holding{};
    const F yes = broadcast<F>(1);
    for (int i = 0; i < kEnds; ++i) {
      const double* path = ends.path + 3 * i * stride;
      const Vec3<F> step = slowest_step(path, stride, frames, t) * motion.fps;
      const F height = load(path + stride + t), speed = norm(step);
      store(ends.speed + i * stride + t, speed);
      const F limit = kSpeed + (kRaisedSpeed - kSpeed) * smoothstep(height, kNear / 2, kLeave);
      const Mask<F> slow = (speed < limit) & (absolute(step.y) < broadcast<F>(kVerticalSpeed));
      touching = select<F>(slow & (height < broadcast<F>(kNear)), yes, touching);
      holding = select<F>(slow & (height < broadcast<F>(kLeave)), yes, holding);
    }
    for (int l = 0; l < kSide; ++l) {
      near[t + l] = get_lane(touching, l) != 0;
      held[t + l] = get_lane(holding, l) != 0;
    }
  }
  alone([&] {
    mark(contact, 0, frames, 0);
    for (Run run = next_run(held, frames, 0); run.begin < frames; run = next_run(held, frames, run.end)) {
      const bool touched = next_run(near, run.end, run.begin).begin < run.end;
      if (touched) mark(contact, run.begin, run.end, 1);
    }
  });
}

// Speed in m/s of the slower end of a sole that is near the ground; infinite where none is.
SC_CALL double sliding_speed(const Ends& ends, int stride, int t) {
  double speed = HUGE_VAL;
  for (int i = 0; i < kEnds; ++i)
    if (ends.path[(3 * i + 1) * stride + t] < kNear) speed = std::min(speed, ends.speed[i * stride + t]);
  return speed;
}

// Closes short gaps between contacts, then drops short contacts.
SC_STAGE void drop_short_runs(uint8_t* contact, int frames, int shortest) {
  Run before = next_run(contact, frames, 0);
  while (before.begin < frames) {
    const Run after = next_run(contact, frames, before.end);
    if (after.begin < frames && after.begin - before.end <= shortest)
      mark(contact, before.end, after.begin, 1);
    before = after;
  }
  for (Run run = next_run(contact, frames, 0); run.begin < frames; run = next_run(contact, frames, run.end))
    if (run.end - run.begin <= shortest) mark(contact, run.begin, run.end, 0);
}

}  // namespace

SC_STAGE void detect_contacts(Motion& motion, double* const (&low)[2], Scratch scratch) {
  const int frames = motion.frames, stride = motion.stride;
  Ends ends[2];
  for (int side = 0; side < 2; ++side) {
    ends[side] = {take(scratch, 3 * kEnds), take(scratch, kEnds)};
    see_ends(motion, side, ends[side], low[side]);
    find_resting(motion, ends[side], motion.contact[side], scratch);
  }
  double* support = take(scratch, 1);
  carried(motion, support, scratch);
  for (int t : dealt(0, frames)) {
    if (motion.contact[0][t] || motion.contact[1][t] || support[t] < 0.5) continue;
    // Something carries the body: the slower foot, though it slides.
    const double speed[2] = {sliding_speed(ends[0], stride, t), sliding_speed(ends[1], stride, t)};
    const int side = speed[1] < speed[0];
    motion.contact[side][t] = speed[side] < kSlide;
  }
  alone([&] {
    for (uint8_t* contact : motion.contact)
      drop_short_runs(contact, frames, std::max(1, static_cast<int>(kShort * motion.fps)));
  });
}

}  // namespace SC_ISA
}  // namespace selfcorrect

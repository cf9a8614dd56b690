#include "measure/stages.h"

#include "measure/body.h"
#include "measure/series.h"
#include "reference/filter.h"
#include "reference/joints.h"
#include "reference/pose.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

// Of work.seen.
Measure measure_seen(const Work& work, double fps) {
  const int frames = work.motion.frames, stride = work.motion.stride;
  Measure result = measure_series(work.seen, frames, stride, fps);
  result.jerk = frames > 3 ? mean_jerk(roughness(work.seen, frames, stride), frames, fps) : 0;
  return result;
}

// [frames][22][4] to [22][4] series.
void read_rotations(const float* rotation, const Motion& motion) {
  constexpr int kTurns = kJoints * 4;
  for (int t = 0; t < motion.frames; t += kGroup)
    for (int c = 0; c < kTurns; ++c) {
      double* to = motion.rotation + static_cast<long>(c) * motion.stride + t;
      for (int i = 0; i < kGroup; ++i) {
        const int frame = t + i < motion.frames ? t + i : motion.frames - 1;
        to[i] = rotation[static_cast<long>(frame) * kTurns + c];
      }
    }
}

}  // namespace

Measure measure_joints(const float* joints, double fps, Work& work) {
  read_joints(joints, work.motion.frames, work.motion.stride, work.seen);
  return measure_seen(work, fps);
}

Measure measure_posed(const Humanoid& body, const Work& work, uint8_t* labels) {
  const Motion& motion = work.motion;
  Measure result = measure_series(work.seen, motion.frames, motion.stride, motion.fps);
  result.jerk = work.jerk;
  result.body = measure_body(body, work.seen, motion, work.ground, labels, work.scratch);
  return result;
}

void pose_result(const float* root, const float* rotation, const float* offset, double ground, Work& work,
                 float* joints) {
  Motion& motion = work.motion;
  const int frames = motion.frames, stride = motion.stride;
  read_rotations(rotation, motion);
  for (int j = 0; j < kJoints; ++j)
    for (int k = 0; k < 3; ++k) motion.offset[j][k] = offset[3 * j + k];
  for (int k = 0; k < 3; ++k) {
    double* to = motion.position + static_cast<long>(k) * stride;
    for (int t = 0; t < frames + kGroup; ++t)
      to[t] = root[3 * (t < frames ? t : frames - 1) + k] + (k == 1 ? ground : 0);
  }
  pose_all(motion);
  write_joints(motion.position, frames, stride, joints, work.seen);
  work.ground = ground;
}

Outcome measure_result(const Humanoid& body, const float* input, double fps, Work& work, uint8_t* labels) {
  const int frames = work.motion.frames, stride = work.motion.stride;
  read_joints(input, frames, stride, work.given);
  const Distance apart = measure_distance(work.given, work.seen, frames, stride);
  Outcome result{measure_seen(work, fps), apart.world, apart.relative, apart.worst};
  result.measure.body = measure_body(body, work.seen, work.motion, work.ground, labels, work.scratch);
  return result;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

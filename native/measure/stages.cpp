#include "measure/stages.h"

#include "measure/body.h"
#include "measure/series.h"
#include "reference/filter.h"
#include "reference/pose.h"
#include "reference/rows.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

// Of work.seen.
SC_STAGE Measure measure_seen(const Work& work, double fps) {
  const int frames = work.motion.frames, stride = work.motion.stride;
  Measure result = measure_series(work.seen, frames, stride, fps);
  result.jerk = frames > 3 ? mean_jerk(roughness(work.seen, frames, stride), frames, fps) : 0;
  return result;
}

// As they are once they are floats.
SC_CALL void round_places(const Motion& motion, double* rounded) {
  for (int c = 0; c < kPlaces; ++c) {
    const long at = static_cast<long>(c) * motion.stride;
    for (int t : dealt(0, motion.frames)) rounded[at + t] = static_cast<float>(motion.position[at + t]);
  }
}

}  // namespace

SC_STAGE Measure measure_joints(const float* joints, double fps, Work& work) {
  read_rows(joints, kPlaces, work.motion.frames, work.motion.stride, work.seen);
  return measure_seen(work, fps);
}

SC_STAGE Measure measure_posed(const Humanoid& body, const Work& work, uint8_t* labels) {
  const Motion& motion = work.motion;
  Measure result = measure_series(work.seen, motion.frames, motion.stride, motion.fps);
  result.jerk = work.jerk;
  result.body = measure_body(body, work.seen, motion, work.ground, labels, work.scratch);
  return result;
}

SC_STAGE void pose_result(const float* root, const float* rotation, const float* offset, double ground,
                          Work& work, float* joints) {
  Motion& motion = work.motion;
  const int frames = motion.frames, stride = motion.stride;
  read_rows(rotation, kTurns, frames, stride, motion.rotation);
  for (int j = 0; j < kJoints; ++j)
    for (int k = 0; k < 3; ++k) motion.offset[j][k] = offset[3 * j + k];
  for (int k = 0; k < 3; ++k) {
    double* to = motion.position + static_cast<long>(k) * stride;
    for (int t : dealt(0, frames + kGroup))
      to[t] = root[3 * (t < frames ? t : frames - 1) + k] + (k == 1 ? ground : 0);
  }
  pose_all(motion);
  write_rows(motion.position, kPlaces, frames, stride, joints);
  round_places(motion, work.seen);
  work.ground = ground;
}

SC_STAGE Outcome measure_result(const Humanoid& body, const float* input, double fps, Work& work,
                                uint8_t* labels) {
  const int frames = work.motion.frames, stride = work.motion.stride;
  read_rows(input, kPlaces, frames, stride, work.given);
  const Distance apart = measure_distance(work.given, work.seen, frames, stride);
  Outcome result{measure_seen(work, fps), apart.world, apart.relative, apart.worst};
  result.measure.body = measure_body(body, work.seen, work.motion, work.ground, labels, work.scratch);
  return result;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

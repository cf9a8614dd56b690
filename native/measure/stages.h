// The measures of a motion, before and after, in lanes of frames: kernels (isa/kernels.h).
#pragma once
#include "include/tracker.h"
#include "math/group.h"
#include "measure/outcome.h"
#include "model/humanoid.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// All but Measure::body of `joints`, [frames][22][3].
SC_STAGE Measure measure_joints(const float* joints, double fps, Work& work);

// Of the motion that came, posed on its own skeleton. `labels` as measure_body() has it.
SC_STAGE Measure measure_posed(const Humanoid& body, const Work& work, uint8_t* labels);

// Forward kinematics: root [frames][3], rotation [frames][22][4] and offset [22][3] of a reference with its
// `ground` to joints [frames][22][3]. Fills `work` with them.
SC_STAGE void pose_result(const float* root, const float* rotation, const float* offset, double ground,
                          Work& work, float* joints);

// Of what pose_result() left in `work`, and of its distance to `input`, [frames][22][3].
SC_STAGE Outcome measure_result(const Humanoid& body, const float* input, double fps, Work& work,
                                uint8_t* labels);

}  // namespace SC_ISA
}  // namespace selfcorrect

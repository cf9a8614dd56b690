// The stages from joint positions to a reference, in lanes of frames: kernels (isa/kernels.h).
#pragma once
#include "include/tracker.h"
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// `joints` is [frames][22][3], `work` has room for its frames. Poses them, filtered, on a skeleton of their
// own and finds the floor under it: fills `work`. Or says why this is not a motion.
SC_STAGE Reason pose_motion(const float* joints, const Options& options, Work& work);

// Cleans what is posed: levels the floor, locks and clears the feet, keeps the limits of the joints. Fills
// root [frames][3], rotation [frames][22][4] and contact [frames][2] of a reference.
SC_STAGE void clean_motion(const Options& options, Work& work, float* root, float* rotation,
                           uint8_t* contact);

}  // namespace SC_ISA
}  // namespace selfcorrect

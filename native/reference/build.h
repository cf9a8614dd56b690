// Joint positions in, a physically reasonable reference out: filter, inverse kinematics, floor, contacts,
// foot lock, clearance.
#pragma once
#include "include/tracker.h"
#include "reference/reference.h"

namespace selfcorrect {

// `joints` is [frames][22][3]. Returns Reason::kNone and fills `out`, or says why this is not a motion.
Reason build_reference(const float* joints, int frames, const Options& options, Reference& out);

// Joint positions of a reference (or of anything in its form) by forward kinematics: [frames][22][3].
void reference_joints(const Reference& reference, float* joints);

}  // namespace selfcorrect

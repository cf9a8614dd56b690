// Joint positions in, a physically reasonable reference out: filter, inverse kinematics, floor, contacts,
// foot lock, clearance.
#pragma once
#include <functional>

#include "include/tracker.h"
#include "reference/motion.h"
#include "reference/reference.h"

namespace selfcorrect {

// Sees a motion posed on its own skeleton where the user has it, before floor and feet are cleaned, with the
// height of the ground there.
using Posed = std::function<void(const kinematics::Motion&, double ground)>;

// `joints` is [frames][22][3]. Returns Reason::kNone and fills `out`, or says why this is not a motion.
Reason build_reference(const float* joints, int frames, const Options& options, Reference& out,
                       const Posed& posed = {});

Skeleton skeleton_of(const kinematics::Motion& motion);

// Joint positions of a reference (or of anything in its form) by forward kinematics: [frames][22][3].
void reference_joints(const Reference& reference, float* joints);

}  // namespace selfcorrect

// Joint positions in, a physically reasonable reference out: filter, inverse kinematics, floor, contacts,
// foot lock, clearance.
#pragma once
#include <functional>

#include "include/tracker.h"
#include "reference/motion.h"
#include "reference/reference.h"
#include "reference/room.h"

namespace selfcorrect {

struct Kernels;

// Room for a motion of `frames` frames and for what is found out about it; valid until this thread asks for
// another.
Work& work_for(int frames);

// Sees a motion posed on its own skeleton where the user has it, before floor and feet are cleaned, with
// work.ground, the height of the ground there.
using Posed = std::function<void(const Work&)>;

// `joints` is [frames][22][3]. Returns Reason::kNone and fills `out`, or says why this is not a motion.
// `with`: kernels() where null.
Reason build_reference(const float* joints, int frames, const Options& options, Reference& out,
                       const Posed& posed = {}, const Kernels* with = nullptr);

// Joint positions of a reference (or of anything in its form) by forward kinematics: [frames][22][3].
void reference_joints(const Reference& reference, float* joints);

}  // namespace selfcorrect

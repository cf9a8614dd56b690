// The source's own skeleton: constant bone lengths and the rest directions of the conventions in reference.h.
#pragma once
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// `given`: [22][3] series of motion.frames, `lengths`: [22] series of its bones. Fills motion.offset and
// motion.sole. Bone lengths are medians, left and right on their own; the rigid fans at the pelvis (hips,
// spine) and at the chest (neck, collars) are measured from the clip; the feet's slope is the one of flat
// stance, so that a foot's rotation has no pitch when its sole is flat.
SC_STAGE void measure_skeleton(const double* given, const double* lengths, Motion& motion, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

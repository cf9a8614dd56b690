// The source's own skeleton: constant bone lengths and the rest directions of the conventions in reference.h.
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// `positions` is [frames] and at least one frame long. Bone lengths are medians, left and right on their own;
// the rigid fans at the pelvis (hips, spine) and at the chest (neck, collars) are measured from the clip; the
// feet's slope is the one of flat stance, so that a foot's rotation has no pitch when its sole is flat.
Offsets measure_skeleton(const std::vector<Positions>& positions, double fps);

}  // namespace selfcorrect::kinematics

// Whether a motion came clean, so that there is nothing to repair in it.
#pragma once
#include "reference/floor.h"
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// Whether a motion `posed` on bones of constant length is the motion that came: `joints` [frames][22][3], m.
bool bones_are_constant(const Motion& posed, const float* joints);

// Whether a planted foot slides: most of them a little, or one of them far.
bool feet_slide(const Motion& motion);

// Whether the floor is level and where it should be, and no foot slides on it. The motion stands on y = 0,
// its contacts are detected.
bool stands_still(const Motion& motion, const Floor& floor);

}  // namespace selfcorrect::kinematics

// Is this a motion of a body at all?
#pragma once
#include "include/tracker.h"

namespace selfcorrect::kinematics {

// `joints` is [frames][22][3]. Reason::kNone when every later stage can work with it.
Reason validate(const float* joints, int frames, double fps);

}  // namespace selfcorrect::kinematics

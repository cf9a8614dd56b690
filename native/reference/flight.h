// Is the body carried by something, or does it fall freely?
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// 1 while something carries the body in frame `t`, 0 while all its joints together accelerate downwards as
// gravity would.
std::vector<double> carried(const Motion& motion);

}  // namespace selfcorrect::kinematics

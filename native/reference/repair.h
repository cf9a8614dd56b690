// Damage that is not noise: single bad frames, and a body that grows and shrinks.
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// Replaces joints that leave their path for one frame and come back. Returns whether there were any.
bool repair_glitches(std::vector<Positions>& positions);

// Scales the body about its root in every frame so that its size is constant over time: bones that stretch
// together are one wrong number per frame, which fitting every bone on its own would turn into wrong feet.
void repair_size(std::vector<Positions>& positions, double fps);

}  // namespace selfcorrect::kinematics

// Noise in joint positions: whether there is any, and a zero-phase low pass.
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// True where the positions carry noise that changes from frame to frame: much jerk, and most of it at
// frequencies that bodies do not move at.
bool is_jittery(const std::vector<Positions>& positions, double fps);

// The same of one joint alone, for any of them.
bool any_joint_jittery(const std::vector<Positions>& positions, double fps);

// Second-order Butterworth low pass run forwards and backwards over every coordinate; `cutoff` in Hz. Does
// nothing where the cutoff is not below 0.45 of the frame rate.
void low_pass(std::vector<Positions>& positions, double fps, double cutoff);

}  // namespace selfcorrect::kinematics

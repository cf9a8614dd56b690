// Positional inverse kinematics: joint positions to absolute body rotations on a given skeleton.
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// Exact for motions whose bones have the lengths of `offset`. Legs reach for the given ankles and feet keep
// their given direction where bone lengths vary, so that planted feet stay planted. Fills position (of the
// skeleton) and rotation.
void solve_ik(const std::vector<Positions>& positions, const Offsets& offset, double fps, Motion& motion);

// Bends a leg in its own plane so that the ankle of frame `t` comes to `target` (or as near as it reaches);
// the foot keeps its rotation. Positions of the leg are updated.
void place_ankle(Motion& motion, int t, const Leg& leg, Vec3 target);

}  // namespace selfcorrect::kinematics

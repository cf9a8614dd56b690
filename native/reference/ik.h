// Positional inverse kinematics: joint positions to absolute body rotations on a given skeleton.
#pragma once
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Exact for motions whose bones have the lengths of motion.offset. Legs reach for the given ankles and feet
// keep their given direction where bone lengths vary, so that planted feet stay planted. `given`: [22][3]
// series. Fills position (of the skeleton) and rotation.
SC_STAGE void solve_ik(const double* given, Motion& motion, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

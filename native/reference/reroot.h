// A root path that agrees with the feet.
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// Removes from the root's horizontal velocity what the feet in contact show to be sliding: clear sliding in
// full, slips of the size that real motion has hardly at all. The whole body moves with its root.
void reroot(Motion& motion);

}  // namespace selfcorrect::kinematics

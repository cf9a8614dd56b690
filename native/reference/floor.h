// Where the floor is under a motion that may be sunk, floating, bobbing, drifting, lying or in the air.
#pragma once
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Fills work.level and work.floor, heights in the frame of work.motion: the floor is the level in every frame
// unless it clearly varies.
SC_STAGE void find_floor(Work& work);

}  // namespace SC_ISA
}  // namespace selfcorrect

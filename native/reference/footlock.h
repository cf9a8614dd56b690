// Feet that stand still on the ground while they are in contact, and clear it while they swing.
#pragma once
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Turns feet in contact that are nearly flat quite flat, and levels the toes of feet that point down near the
// ground.
SC_STAGE void stand_feet(Motion& motion, Scratch scratch);

// Turns legs so that the touching points of each foot in contact neither slip nor leave y = 0; the correction
// has zero mean over each contact and fades between contacts. Then raises swinging feet to `clearance` metres
// over the ground. Positions are those of before.
SC_STAGE void lock_feet(Motion& motion, double clearance, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

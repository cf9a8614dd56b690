// Feet that stand still on the ground while they are in contact, and clear it while they swing.
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// Turns feet in contact that are nearly flat quite flat, and levels the toes of feet that point down near the
// ground.
void stand_feet(Motion& motion);

// Weighted mean step in metres per frame, frame t-1 to t, of the points of foot `side` that touch the ground.
Vec3 contact_slip(const Motion& motion, int t, int side);

// The same in size, median over the steps in which a foot stays in contact; 0 without any.
double typical_slip(const Motion& motion);

// Moves each foot in contact so that its touching points neither slip nor leave y = 0; the correction has
// zero mean over each contact and fades between contacts. Then raises swinging feet to `clearance` metres
// over the ground.
void lock_feet(Motion& motion, double clearance);

}  // namespace selfcorrect::kinematics

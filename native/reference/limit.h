// The reference within the limits of the joints (model/limits.h).
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

// Angle in radians by which two bones that reach `reach` from end to end are bent, 0 when straight; and back.
double bend_of(double upper, double lower, double reach);
double reach_of(double upper, double lower, double bend);

// The bend in radians, negative backwards, that a knee or an elbow (joint `body`) takes instead of `bend`:
// itself within the limits; backwards beyond them first the limit, then, continuously, the same bend
// forwards, which keeps the ends where they are.
double allowed_bend(int body, double bend);

// Is the knee or elbow `body` of frame `t` bent beyond its limits?
bool bends_too_far(const Motion& motion, int t, int body);

// Brings every joint within its limits, parents first. The bodies beyond a joint that was turned keep their
// absolute rotation where their own limits allow; where not, that or going with it, whichever turns less.
// Frames that were within the limits stay as they are, bit for bit; of the others, positions follow.
void keep_limits(Motion& motion);

}  // namespace selfcorrect::kinematics

// Whether a motion came clean, so that there is nothing to repair in it.
#pragma once
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Whether a motion `posed` on bones of constant length is the motion that came: `seen`, [22][3] series, m.
SC_STAGE bool bones_are_constant(const Motion& posed, const double* seen);

// Whether the floor is level and where it should be, and no foot slides on it. The motion stands on y = 0,
// its contacts are detected, with `low`.
SC_STAGE bool stands_still(const Work& work, double* const (&low)[2], Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

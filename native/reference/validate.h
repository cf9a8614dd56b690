// Is this a motion of a body at all?
#pragma once
#include "include/tracker.h"
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// `joints` is [frames][22][3]: as many frames as every later stage needs, all of them finite?
SC_STAGE Reason validate_numbers(const float* joints, int frames);

// `seen`: the same as series. Reason::kNone when every later stage can work with it.
SC_STAGE Reason validate_motion(const double* seen, int frames, double fps, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

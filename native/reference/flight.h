// Is the body carried by something, or does it fall freely?
#pragma once
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// 1 while something carries the body, 0 while all its joints together accelerate downwards as gravity would:
// a series.
SC_STAGE void carried(const Motion& motion, double* result, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

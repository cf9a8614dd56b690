// Whether a motion is as good as a corrected one already. A generator learns from what comes back: a
// corrector that moved valid motion a little, again and again, would teach its own habits (a foot put down a
// centimetre off, a knee lifted), so preset loop returns valid motion as it came.
#pragma once
#include "include/tracker.h"
#include "reference/reference.h"

namespace selfcorrect {

// What is asked of a corrected motion is what is asked of a valid one (the numbers to reach of clean clips):
// its planted feet slide no more than 4 mm per frame, it does not sink into the floor, and the simulated
// humanoid, helped within the first rung, is 15 mm from it on average; 20 mm in the world, so that it is
// where it should be too.
constexpr double kValidSlip = 0.004, kValidSunk = 0.5;    // m per frame; mm
constexpr double kValidMoved = 15, kValidDisplaced = 20;  // mm

// `report`: of the simulated motion, with its measures and distances.
inline bool already_valid(const Reference& reference, const Report& report) {
  return report.status == Status::kOk && reference.slip <= kValidSlip &&
         report.before.joints.penetrate <= kValidSunk && report.error_root <= kValidMoved &&
         report.error <= kValidDisplaced;
}

}  // namespace selfcorrect

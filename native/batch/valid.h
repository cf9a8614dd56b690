// Whether a motion is as good as a corrected one already. A generator learns from what comes back: a
// corrector that moved valid motion a little, again and again, would teach its own habits (a foot put down a
// centimetre off, a knee lifted), so preset loop returns valid motion as it came.
#pragma once
#include "include/tracker.h"
#include "math/device.h"
#include "reference/reference.h"

namespace selfcorrect {

// Valid is a motion that came clean (native/reference/clean.h), does not sink, and is followed by the
// simulated humanoid within the first rung: 15 mm from it on average relative to the pelvis, 20 mm in the
// world, in no frame more than 50 mm.
constexpr double kSunk = 0.5, kMoved = 15, kDisplaced = 20, kWorst = 50;  // mm

// `clean`: the motion came so. `report`: of the simulated motion, with its measures and distances. `worst`:
// its largest mean distance of a frame, mm.
SC_CALL inline bool already_valid(bool clean, const Report& report, double worst) {
  return report.status == Status::kOk && clean && report.before.joints.penetrate <= kSunk &&
         report.error_root <= kMoved && report.error <= kDisplaced && worst <= kWorst;
}
inline bool already_valid(const Reference& reference, const Report& report, double worst) {
  return already_valid(reference.clean, report, worst);
}

}  // namespace selfcorrect

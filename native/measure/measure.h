// Physical plausibility of a motion: penetrate, float, skate, jerk, speed, and the distance to another.
#pragma once
#include "include/tracker.h"
#include "measure/outcome.h"
#include "reference/motion.h"
#include "reference/reference.h"

namespace selfcorrect {

// All but Measure::body of `joints`, [frames][22][3].
Measure measure(const float* joints, int frames, double fps);

// Of a motion that build_reference() has posed. `labels` is [frames][kLabels], or null: 1 where the sole of a
// foot or of its toes touches the ground.
Measure measure(const Work& posed, uint8_t* labels);

// Of what `input`, [frames][22][3], has become: writes its joints, [frames][22][3].
Outcome measure(const float* input, const Reference& result, float* joints, uint8_t* labels);

}  // namespace selfcorrect

// Contact of the body itself with the ground: by the humanoid's points (soles, knees, seat, hands, ...), not
// by joint centres.
#pragma once
#include "include/tracker.h"
#include "model/humanoid.h"
#include "reference/motion.h"

namespace selfcorrect {

// `joints` is [frames][22][3] in the user's frame and `ground` the height of the ground there. `labels` is
// [frames][kLabels], or null. The points hang at the joints given, turned as the body they belong to.

// Of a motion in the form of a reference; its own `ground`.
Contact measure_body(const Humanoid& body, const float* joints, const Reference& motion, uint8_t* labels);

// Of an input posed on its own skeleton.
Contact measure_body(const Humanoid& body, const float* joints, const kinematics::Motion& motion,
                     double ground, uint8_t* labels);

}  // namespace selfcorrect

// Contact of the body itself with the ground: by the humanoid's points (soles, knees, seat, hands, ...), not
// by joint centres.
#pragma once
#include "include/tracker.h"
#include "math/group.h"
#include "model/humanoid.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// The points hang at `joints`, [22][3] series in the user's frame, turned as the bodies of `motion` that they
// belong to; `ground` is the height of the ground there. `labels` is [frames][kLabels], or null.
SC_STAGE Contact measure_body(const Humanoid& body, const double* joints, const Motion& motion, double ground,
                              uint8_t* labels, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

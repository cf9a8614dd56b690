// How planted feet slide.
#pragma once
#include "reference/frames.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Weighted mean step in metres per frame, from the frame before, of the points of foot `side` that touch the
// ground, wherever the foot is in contact in both frames: series of x and z.
struct Slip {
  double *x, *z;
};
SC_STAGE void see_slip(const Motion& motion, int side, const Slip& slip);

// The same in size, of both feet; the median of the steps in which a foot stays in contact, 0 without any.
struct Slides {
  double* length[2];
  double typical;
};
SC_STAGE Slides see_slides(const Motion& motion, Scratch& scratch);

// Whether a planted foot slides: most of them a little, or one of them far. `low` is that of
// detect_contacts().
SC_STAGE bool feet_slide(const Motion& motion, const Slides& slides, double* const (&low)[2],
                         Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

// The sums of fit_spline(), over the channels side by side: a kernel (isa/kernels.h).
#pragma once
#include "math/lanes.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Of a spline with `frames` (3 or more) rows of kChannels values, 1 / fps apart: fills curvature and drive
// likewise. `factor` has room for a number per frame.
void bend_spline(const float* value, int frames, double fps, double smoothing, float* curvature, float* drive,
                 float* factor);

}  // namespace SC_ISA
}  // namespace selfcorrect

// Smoothing of a series in time.
#pragma once
#include "reference/frames.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Convolution with a normalised Gaussian of `sigma` frames, renormalised at the ends. `result` may be
// `values`.
SC_STAGE void smooth(const double* values, int frames, double sigma, double* result, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect

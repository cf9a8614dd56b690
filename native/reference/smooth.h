// Smoothing of a series in time.
#pragma once
#include <vector>

namespace selfcorrect::kinematics {

// Convolution with a normalised Gaussian of `sigma` samples, renormalised at the ends.
std::vector<double> gaussian(const std::vector<double>& values, double sigma);

}  // namespace selfcorrect::kinematics

#include "reference/smooth.h"

#include <algorithm>
#include <cmath>

#include "math/portable.h"

namespace selfcorrect::kinematics {

std::vector<double> gaussian(const std::vector<double>& values, double sigma) {
  const int n = static_cast<int>(values.size()), radius = static_cast<int>(std::ceil(3 * sigma));
  std::vector<double> kernel(radius + 1), result(n);
  for (int i = 0; i <= radius; ++i) kernel[i] = portable::exp(-0.5 * (i / sigma) * (i / sigma));
  for (int t = 0; t < n; ++t) {
    double sum = 0, weights = 0;
    for (int i = std::max(0, t - radius); i <= std::min(n - 1, t + radius); ++i) {
      sum += kernel[std::abs(i - t)] * values[i];
      weights += kernel[std::abs(i - t)];
    }
    result[t] = sum / weights;
  }
  return result;
}

}  // namespace selfcorrect::kinematics

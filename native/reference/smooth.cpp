#include "reference/smooth.h"

#include <algorithm>
#include <cmath>

#include "math/portable.h"

namespace selfcorrect {
inline namespace SC_ISA {

void smooth(const double* values, int frames, double sigma, double* result, Scratch scratch) {
  // What is further than the series is long is never reached.
  const int radius = std::min(static_cast<int>(std::ceil(3 * sigma)), frames - 1);
  double *kernel = take(scratch, 1), *sums = take(scratch, 1);
  double* padded = take(scratch, 4);  // with zeros around
  for (int i = 0; i <= radius; ++i) {
    kernel[i] = portable::exp(-0.5 * (i / sigma) * (i / sigma));
    sums[i] = kernel[i] + (i ? sums[i - 1] : 0);
  }
  std::fill(padded, padded + radius, 0.0);
  std::copy(values, values + frames, padded + radius);
  std::fill(padded + radius + frames, padded + 2 * radius + frames + kGroup, 0.0);
  for (int t = 0; t < frames; t += kSide) {
    Frames sum{};
    for (int i = -radius; i <= radius; ++i) sum += kernel[i < 0 ? -i : i] * load(padded + t + radius + i);
    store(result + t, sum);
  }
  const double inner = 1 / (2 * sums[radius] - kernel[0]);
  for (int t = 0; t < frames; ++t) {
    const int before = std::min(t, radius), after = std::min(frames - 1 - t, radius);
    result[t] *= before + after == 2 * radius ? inner : 1 / (sums[before] + sums[after] - kernel[0]);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

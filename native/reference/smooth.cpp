#include "reference/smooth.h"

#include <algorithm>
#include <cmath>

#include "math/portable.h"

namespace selfcorrect {
inline namespace SC_ISA {

SC_STAGE void smooth(const double* values, int frames, double sigma, double* result, Scratch scratch) {
  // What is further than the series is long is never reached.
  const int radius = std::min(static_cast<int>(std::ceil(3 * sigma)), frames - 1);
  double *kernel = take(scratch, 1), *sums = take(scratch, 1);
  double* padded = take(scratch, 4);  // with zeros around
  for (int i : dealt(0, radius + 1)) kernel[i] = portable::exp(-0.5 * (i / sigma) * (i / sigma));
  alone([&] {
    for (int i = 0; i <= radius; ++i) sums[i] = kernel[i] + (i ? sums[i - 1] : 0);
  });
  fill(padded, padded + radius, 0.0);
  copy(values, frames, padded + radius);
  fill(padded + radius + frames, padded + 2 * radius + frames + kGroup, 0.0);
  for (int t : side_by_side(0, frames)) {
    Frames sum{};
    for (int i = -radius; i <= radius; ++i) sum += kernel[i < 0 ? -i : i] * load(padded + t + radius + i);
    store(result + t, sum);
  }
  const double inner = 1 / (2 * sums[radius] - kernel[0]);
  for (int t : dealt(0, frames)) {
    const int before = std::min(t, radius), after = std::min(frames - 1 - t, radius);
    result[t] *= before + after == 2 * radius ? inner : 1 / (sums[before] + sums[after] - kernel[0]);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "control/spline.h"

#include <algorithm>

#include "isa/kernels.h"

namespace selfcorrect {

Spline fit_spline(const Reference& reference, double smoothing) {
  const int n = reference.frames;
  const size_t size = static_cast<size_t>(n) * kChannels;
  Spline spline;
  spline.frames = n;
  spline.value.reserve(size);
  for (size_t f = 0; f < static_cast<size_t>(n); f++) {
    const float *root = &reference.root[f * 3], *rotation = &reference.rotation[f * kBodies * 4];
    spline.value.insert(spline.value.end(), root, root + 3);
    spline.value.insert(spline.value.end(), rotation, rotation + kBodies * 4);
  }
  spline.curvature.resize(size);
  spline.drive.resize(size);
  if (n < 3) return spline;
  std::vector<float> factor(n);
  kernels().spline(spline.value.data(), n, reference.fps, smoothing, spline.curvature.data(),
                   spline.drive.data(), factor.data());
  return spline;
}

}  // namespace selfcorrect

#include "control/spline.h"

#include <algorithm>

namespace selfcorrect {

namespace {

// The pelvis, the spine and the thighs: their accelerations carry nearly all the noise of the pelvis' wrench.
// Smoothing light limbs as well would gain nothing and take their quickness away.
constexpr bool is_heavy(int body) { return body <= 3 || body == 6 || body == 9; }

}  // namespace

Spline fit_spline(const Reference& reference, double smoothing) {
  const int n = reference.frames;
  Spline spline;
  spline.frames = n;
  spline.value.resize(static_cast<size_t>(n) * kChannels);
  spline.curvature.assign(static_cast<size_t>(n) * kChannels, 0.0f);
  for (int f = 0; f < n; f++) {
    float* to = &spline.value[static_cast<size_t>(f) * kChannels];
    for (int k = 0; k < 3; k++) to[k] = reference.root[f * 3 + k];
    for (int k = 0; k < kBodies * 4; k++) to[3 + k] = reference.rotation[f * kBodies * 4 + k];
  }
  spline.drive = spline.curvature;
  if (n < 3) return spline;
  // m[i-1] + 4 m[i] + m[i+1] = 6 fps^2 (y[i-1] - 2 y[i] + y[i+1]): elimination forwards, then back. The outer
  // two segments have constant curvature (m[0] = m[1]): a natural end would start a fall without its
  // acceleration.
  const float scale = static_cast<float>(6 * reference.fps * reference.fps);
  const auto row = [&](int i) { return &spline.curvature[static_cast<size_t>(i) * kChannels]; };
  std::vector<float> factor(n, 0.0f);
  for (int i = 1; i < n - 1; i++) {
    const float ends = static_cast<float>((i == 1) + (i == n - 2));
    factor[i] = 1 / (4 + ends - factor[i - 1]);
    const float* y = &spline.value[static_cast<size_t>(i) * kChannels];
    float *m = row(i), *before = row(i - 1);
    for (int k = 0; k < kChannels; k++)
      m[k] = (scale * ((y[k - kChannels] - y[k]) + (y[k + kChannels] - y[k])) - before[k]) * factor[i];
  }
  for (int i = n - 3; i > 0; i--) {
    float *m = row(i), *after = row(i + 1);
    for (int k = 0; k < kChannels; k++) m[k] -= factor[i] * after[k];
  }
  std::copy(row(1), row(1) + kChannels, row(0));
  std::copy(row(n - 2), row(n - 2) + kChannels, row(n - 1));
  spline.drive = spline.curvature;
  const float side = static_cast<float>(smoothing);
  for (int i = 1; i < n - 1; i++) {
    const float *before = row(i - 1), *m = row(i), *after = row(i + 1);
    float* to = &spline.drive[static_cast<size_t>(i) * kChannels];
    for (int k = 0; k < kChannels; k++)
      if (k < 3 || is_heavy((k - 3) / 4)) to[k] = m[k] + side * ((before[k] - m[k]) + (after[k] - m[k]));
  }
  return spline;
}

}  // namespace selfcorrect

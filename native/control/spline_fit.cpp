#include "control/spline_fit.h"

#include "control/spline.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

// The pelvis, the spine and the thighs: their accelerations carry nearly all the noise of the pelvis' wrench.
// Smoothing light limbs as well would gain nothing and take their quickness away. Their channels, half-open.
constexpr int kHeavy[][2] = {{0, 3 + 4 * 4}, {3 + 6 * 4, 3 + 7 * 4}, {3 + 9 * 4, 3 + 10 * 4}};

}  // namespace

void bend_spline(const float* value, int frames, double fps, double smoothing, float* curvature, float* drive,
                 float* factor) {
  const int n = frames;
  // m[i-1] + 4 m[i] + m[i+1] = 6 fps^2 (y[i-1] - 2 y[i] + y[i+1]): elimination forwards, then back. The outer
  // two segments have constant curvature (m[0] = m[1]): a natural end would start a fall without its
  // acceleration.
  const float scale = static_cast<float>(6 * fps * fps);
  const auto row = [](auto* rows, int i) { return rows + static_cast<long>(i) * kChannels; };
  for (int k = 0; k < kChannels; k++) curvature[k] = 0;
  factor[0] = 0;
  for (int i = 1; i < n - 1; i++) {
    const float ends = static_cast<float>((i == 1) + (i == n - 2)), f = 1 / (4 + ends - factor[i - 1]);
    const float *y = row(value, i), *before = row(curvature, i - 1);
    float* __restrict m = row(curvature, i);
    for (int k = 0; k < kChannels; k++)
      m[k] = (scale * ((y[k - kChannels] - y[k]) + (y[k + kChannels] - y[k])) - before[k]) * f;
    factor[i] = f;
  }
  for (int i = n - 3; i > 0; i--) {
    const float *after = row(curvature, i + 1), f = factor[i];
    float* __restrict m = row(curvature, i);
    for (int k = 0; k < kChannels; k++) m[k] -= f * after[k];
  }
  __builtin_memcpy(curvature, row(curvature, 1), kChannels * sizeof(float));
  __builtin_memcpy(row(curvature, n - 1), row(curvature, n - 2), kChannels * sizeof(float));
  __builtin_memcpy(drive, curvature, kChannels * sizeof(float));
  __builtin_memcpy(row(drive, n - 1), row(curvature, n - 1), kChannels * sizeof(float));
  const float side = static_cast<float>(smoothing);
  for (int i = 1; i < n - 1; i++) {
    const float *before = row(curvature, i - 1), *m = row(curvature, i), *after = row(curvature, i + 1);
    float* __restrict to = row(drive, i);
    __builtin_memcpy(to, m, kChannels * sizeof(float));
    for (const auto& heavy : kHeavy)
      for (int k = heavy[0]; k < heavy[1]; k++)
        to[k] = m[k] + side * ((before[k] - m[k]) + (after[k] - m[k]));
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

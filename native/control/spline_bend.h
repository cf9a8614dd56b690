// The accelerations of a spline, channel by channel: for all of them side by side, and for threads that have
// a few each.
#pragma once
#include "control/spline.h"

namespace selfcorrect {
inline namespace SC_ISA {

// The pelvis, the spine and the thighs: their accelerations carry nearly all the noise of the pelvis' wrench.
// Smoothing light limbs as well would gain nothing and take their quickness away. Their channels, half-open.
constexpr int kHeavyParts = 3;
SC_TABLE int kHeavy[kHeavyParts][2] = {{0, 3 + 4 * 4}, {3 + 6 * 4, 3 + 7 * 4}, {3 + 9 * 4, 3 + 10 * 4}};

// How the numbers of a spline lie in its arrays: those of channel k and frame f at f * row + k * column.
template <int column>
struct Rows {
  size_t row;

  template <class T>
  SC_INLINE T* at(T* numbers, int frame) const {
    return numbers + static_cast<size_t>(frame) * row;
  }
};

// Channels `first` to `last` (half-open) of a spline of `frames` (3 or more) frames, 1 / fps apart: curvature
// and drive from the values. `factor` has room for a number per frame, `factors` apart; it may be a channel
// of `drive`.
template <int column>
SC_INLINE void bend_channels(const Rows<column> rows, const float* value, int frames, double fps,
                             double smoothing, int first, int last, float* curvature, float* drive,
                             float* factor, size_t factors) {
  const int n = frames;
  // m[i-1] + 4 m[i] + m[i+1] = 6 fps^2 (y[i-1] - 2 y[i] + y[i+1]): elimination forwards, then back. The outer
  // two segments have constant curvature (m[0] = m[1]): a natural end would start a fall without its
  // acceleration.
  const float scale = static_cast<float>(6 * fps * fps);
  for (int k = first; k < last; k++) curvature[k * column] = 0;
  float f = 0;
  for (int i = 1; i < n - 1; i++) {
    const float ends = static_cast<float>((i == 1) + (i == n - 2));
    f = 1 / (4 + ends - f);
    const float *y = rows.at(value, i), *y0 = rows.at(value, i - 1), *y1 = rows.at(value, i + 1);
    const float* before = rows.at(curvature, i - 1);
    float* __restrict m = rows.at(curvature, i);
    for (int k = first; k < last; k++) {
      const int c = k * column;
      m[c] = (scale * ((y0[c] - y[c]) + (y1[c] - y[c])) - before[c]) * f;
    }
    factor[static_cast<size_t>(i) * factors] = f;
  }
  for (int i = n - 3; i > 0; i--) {
    const float *after = rows.at(curvature, i + 1), f = factor[static_cast<size_t>(i) * factors];
    float* __restrict m = rows.at(curvature, i);
    for (int k = first; k < last; k++) m[k * column] -= f * after[k * column];
  }
  const auto copy = [&](float* __restrict to, const float* from) {
    for (int k = first; k < last; k++) to[k * column] = from[k * column];
  };
  copy(curvature, rows.at(curvature, 1));
  copy(rows.at(curvature, n - 1), rows.at(curvature, n - 2));
  copy(drive, curvature);
  copy(rows.at(drive, n - 1), rows.at(curvature, n - 1));
  const float side = static_cast<float>(smoothing);
  for (int i = 1; i < n - 1; i++) {
    const float *before = rows.at(curvature, i - 1), *m = rows.at(curvature, i),
                *after = rows.at(curvature, i + 1);
    float* __restrict to = rows.at(drive, i);
    copy(to, m);
    for (int part = 0; part < kHeavyParts; part++) {
      const int from = kHeavy[part][0] > first ? kHeavy[part][0] : first;
      const int until = kHeavy[part][1] < last ? kHeavy[part][1] : last;
      for (int k = from; k < until; k++) {
        const int c = k * column;
        to[c] = m[c] + side * ((before[c] - m[c]) + (after[c] - m[c]));
      }
    }
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

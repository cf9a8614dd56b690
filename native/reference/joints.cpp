#include "reference/joints.h"

namespace selfcorrect {
inline namespace SC_ISA {

// In blocks of a group's frames, which fill a cache line of every series.
void read_joints(const float* joints, int frames, int stride, double* series) {
  for (int t = 0; t < frames; t += kGroup)
    for (int c = 0; c < kRow; ++c) {
      double* to = series + static_cast<long>(c) * stride + t;
      for (int i = 0; i < kGroup; ++i) {
        const int frame = t + i < frames ? t + i : frames - 1;
        to[i] = joints[static_cast<long>(frame) * kRow + c];
      }
    }
}

void write_joints(const double* series, int frames, int stride, float* joints, double* rounded) {
  for (int t = 0; t < frames; t += kGroup)
    for (int c = 0; c < kRow; ++c) {
      const long at = static_cast<long>(c) * stride + t;
      float values[kGroup];
      for (int i = 0; i < kGroup; ++i) rounded[at + i] = values[i] = static_cast<float>(series[at + i]);
      for (int i = 0; i < kGroup && t + i < frames; ++i)
        joints[static_cast<long>(t + i) * kRow + c] = values[i];
    }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

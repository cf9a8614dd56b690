// Joint positions as series over the frames, and back.
#pragma once
#include "reference/frames.h"

namespace selfcorrect {
inline namespace SC_ISA {

constexpr int kRow = kJoints * 3;

// [frames][22][3] to [22][3] series. The last frame is repeated to the end of its group.
void read_joints(const float* joints, int frames, int stride, double* series);

// Back to [frames][22][3]; `rounded` is then what read_joints() makes of them.
void write_joints(const double* series, int frames, int stride, float* joints, double* rounded);

}  // namespace SC_ISA
}  // namespace selfcorrect

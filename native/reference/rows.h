// Rows of numbers, one per frame, as series over the frames, and back.
#pragma once
#include "math/transpose.h"
#include "reference/frames.h"

namespace selfcorrect {
inline namespace SC_ISA {

constexpr int kPlaces = kJoints * 3, kTurns = kJoints * 4;  // numbers in a row of joints, of rotations

// [frames][width] to [width] series, width 8 or more. The last frame is repeated to the end of its group.
SC_STAGE void read_rows(const float* rows, int width, int frames, int stride, double* series);

// Back to [frames][width].
SC_STAGE void write_rows(const double* series, int width, int frames, int stride, float* rows);

// A block of kSide frames of as many series: its rows, from `t` on; and back.
SC_INLINE void load_rows(const double* series, int stride, int t, Frames (&rows)[kSide]) {
  for (int c = 0; c < kSide; ++c) rows[c] = load(series + static_cast<long>(c) * stride + t);
  transpose(rows);
}
SC_INLINE void store_rows(Frames (&rows)[kSide], double* series, int stride, int t) {
  transpose(rows);
  for (int c = 0; c < kSide; ++c) store(series + static_cast<long>(c) * stride + t, rows[c]);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

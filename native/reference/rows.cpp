#include "reference/rows.h"

#include <algorithm>

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

// As many floats as there are frames side by side.
#if defined(SC_BASELINE)
using Floats = float;
SC_INLINE double widened(float x) { return x; }
SC_INLINE float narrowed(double x) { return static_cast<float>(x); }
#else
typedef float Floats __attribute__((vector_size(4 * kSide)));
SC_INLINE F widened(Floats x) { return __builtin_convertvector(x, F); }
SC_INLINE Floats narrowed(F x) { return __builtin_convertvector(x, Floats); }
#endif

// The first columns of blocks that cover a row; the last two blocks overlap where the width asks for it.
SC_INLINE int column(int block, int width) { return std::min(block * kSide, width - kSide); }

}  // namespace

void read_rows(const float* rows, int width, int frames, int stride, double* series) {
  const int end = (frames + kGroup - 1) / kGroup * kGroup;
  for (int t = 0; t < end; t += kSide)
    for (int block = 0; block * kSide < width; ++block) {
      const int c = column(block, width);
      F values[kSide];
      for (int i = 0; i < kSide; ++i) {
        Floats row;
        __builtin_memcpy(&row, rows + static_cast<long>(std::min(t + i, frames - 1)) * width + c,
                         sizeof(row));
        values[i] = widened(row);
      }
      store_rows(values, series + static_cast<long>(c) * stride, stride, t);
    }
}

void write_rows(const double* series, int width, int frames, int stride, float* rows) {
  for (int t = 0; t < frames; t += kSide)
    for (int block = 0; block * kSide < width; ++block) {
      const int c = column(block, width);
      F values[kSide];
      load_rows(series + static_cast<long>(c) * stride, stride, t, values);
      for (int i = 0; i < std::min(kSide, frames - t); ++i) {
        const Floats row = narrowed(values[i]);
        __builtin_memcpy(rows + static_cast<long>(t + i) * width + c, &row, sizeof(row));
      }
    }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

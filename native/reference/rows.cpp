#include "reference/rows.h"

#include <algorithm>

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

// As many floats as there are frames side by side.
#if defined(SC_BASELINE) || defined(SC_GROUPED)
using Floats = float;
SC_INLINE double widened(float x) { return x; }
SC_INLINE float narrowed(double x) { return static_cast<float>(x); }
SC_INLINE float load_floats(const float* from) { return *from; }
SC_INLINE void store_floats(float* to, float value) { *to = value; }
#else
typedef float Floats __attribute__((vector_size(4 * kSide)));
SC_INLINE F widened(Floats x) { return __builtin_convertvector(x, F); }
SC_INLINE Floats narrowed(F x) { return __builtin_convertvector(x, Floats); }
SC_INLINE Floats load_floats(const float* from) {
  Floats row;
  __builtin_memcpy(&row, from, sizeof(row));
  return row;
}
SC_INLINE void store_floats(float* to, Floats row) { __builtin_memcpy(to, &row, sizeof(row)); }
#endif

// The first columns of blocks that cover a row; the last two blocks overlap where the width asks for it.
SC_INLINE int column(int block, int width) { return std::min(block * kSide, width - kSide); }

}  // namespace

SC_STAGE void read_rows(const float* rows, int width, int frames, int stride, double* series) {
  const int end = (frames + kGroup - 1) / kGroup * kGroup;
  for (int t : side_by_side(0, end))
    for (int block = 0; block * kSide < width; ++block) {
      const int c = column(block, width);
      F values[kSide];
      for (int i = 0; i < kSide; ++i) {
        values[i] = widened(load_floats(rows + static_cast<long>(std::min(t + i, frames - 1)) * width + c));
      }
      store_rows(values, series + static_cast<long>(c) * stride, stride, t);
    }
}

SC_STAGE void write_rows(const double* series, int width, int frames, int stride, float* rows) {
  for (int t : side_by_side(0, frames))
    for (int block = 0; block * kSide < width; ++block) {
      const int c = column(block, width);
      F values[kSide];
      load_rows(series + static_cast<long>(c) * stride, stride, t, values);
      for (int i = 0; i < kSide && t + i < frames; ++i)
        store_floats(rows + static_cast<long>(t + i) * width + c, narrowed(values[i]));
    }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// The n-th smallest of a list.
#pragma once
#include "math/group.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Which of `count` values would stand at `n` if they were sorted, to the precision of a float. `keys` has
// room for them up to the end of two whole groups.
SC_STAGE double nth_smallest(const double* values, int count, int n, int32_t* keys);

// The upper median.
SC_INLINE double median(const double* values, int count, int32_t* keys) {
  return nth_smallest(values, count, count / 2, keys);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "reference/order.h"

#include <bit>

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

// Whole numbers in the order of the floats with the same bits: those of negative floats run backwards.
int32_t ordered(int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); }

}  // namespace

// Bisection of the range of values: each step counts, without a branch that depends on a value.
double nth_smallest(const double* values, int count, int n, int32_t* keys) {
  int32_t low = INT32_MAX, high = INT32_MIN;
  for (int i = 0; i < count; ++i) {
    const int32_t key = ordered(std::bit_cast<int32_t>(static_cast<float>(values[i])));
    keys[i] = key;
    low = key < low ? key : low;
    high = key > high ? key : high;
  }
  while (low < high) {
    const int32_t middle = static_cast<int32_t>((static_cast<int64_t>(low) + high) >> 1);
    int under = 0;
    for (int i = 0; i < count; ++i) under += keys[i] <= middle;
    if (under > n)
      high = middle;
    else
      low = middle + 1;
  }
  return std::bit_cast<float>(ordered(low));
}

}  // namespace SC_ISA
}  // namespace selfcorrect

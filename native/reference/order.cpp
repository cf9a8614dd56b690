#include "reference/order.h"

#include <algorithm>
#include <bit>

#include "reference/frames.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

// Whole numbers in the order of the floats with the same bits: those of negative floats run backwards.
SC_CALL int32_t ordered(int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); }

// How many keys are not above `limit`, which is below the largest number.
#if defined(SC_BASELINE) || defined(SC_GROUPED)
SC_CALL int count_up_to(int32_t limit, const int32_t* keys, int count) {
  int under = 0;
  for (int i : dealt(0, count)) under += keys[i] <= limit;
  return Group::sum(under);
}
#else
constexpr int kCounted = 2 * kSide;  // side by side
typedef int32_t Ints __attribute__((vector_size(4 * kCounted)));
int count_up_to(int32_t limit, const int32_t* keys, int count) {
  Ints under{};
  for (int i = 0; i < count; i += kCounted) {
    Ints some;
    __builtin_memcpy(&some, keys + i, sizeof(some));
    under -= some <= limit;
  }
  int sum = 0;
  for (int i = 0; i < kCounted; ++i) sum += under[i];
  return sum;
}
#endif

}  // namespace

// Bisection of the range of values and, in turn with it, interpolation: each step counts, without a branch
// that depends on a value.
SC_STAGE double nth_smallest(const double* values, int count, int n, int32_t* keys) {
  int32_t low = INT32_MAX, high = INT32_MIN;
  for (int i : dealt(0, count)) {
    const int32_t key = ordered(std::bit_cast<int32_t>(static_cast<float>(values[i])));
    keys[i] = key;
    low = key < low ? key : low;
    high = key > high ? key : high;
  }
  low = Group::least(low);
  high = Group::most(high);
  const int padded = (count + 2 * kGroup - 1) / (2 * kGroup) * (2 * kGroup);
  fill(keys + count, keys + padded, INT32_MAX);
  int under = 0, up_to = count;  // values under `low` and up to `high`
  for (bool bisect = false; low < high; bisect = !bisect) {
    const double share = bisect ? 0.5 : (n - under + 0.5) / (up_to - under);
    const int64_t range = static_cast<int64_t>(high) - low;
    const int32_t middle =
        static_cast<int32_t>(low + std::min(static_cast<int64_t>(share * range), range - 1));
    const int reached = count_up_to(middle, keys, padded);
    if (reached > n) {
      high = middle;
      up_to = reached;
    } else {
      low = middle + 1;
      under = reached;
    }
  }
  return std::bit_cast<float>(ordered(low));
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// Square blocks of numbers, rows to columns.
#pragma once
#include <utility>

#include "math/lanes.h"

namespace selfcorrect {
inline namespace SC_ISA {

#if defined(__has_builtin) && !defined(__CUDACC__)
#if __has_builtin(__builtin_shufflevector)
#define SC_SHUFFLE
#endif
#endif

#ifdef SC_SHUFFLE
// a0 b0 a1 b1 ... of the lower halves of a and b (half = 0) or the upper ones (1).
template <int half, class F, int... i>
SC_INLINE F interleave(F a, F b, std::integer_sequence<int, i...>) {
  constexpr int n = lane_count<F>;
  return __builtin_shufflevector(a, b, ((i % 2) * n + i / 2 + half * (n / 2))...);
}
#endif

// Rows of as many numbers as there are rows: as many perfect shuffles of them as the width has bits.
template <class F, int n>
SC_INLINE void transpose(F (&rows)[n]) {
  static_assert(n == lane_count<F>);
  if constexpr (n > 1) {
    F other[n];
#ifdef SC_SHUFFLE
    constexpr auto all = std::make_integer_sequence<int, n>{};
    F *from = rows, *to = other;
    for (int bit = 1; bit < n; bit *= 2, std::swap(from, to))
      for (int i = 0; i < n / 2; i++) {
        to[2 * i] = interleave<0>(from[i], from[i + n / 2], all);
        to[2 * i + 1] = interleave<1>(from[i], from[i + n / 2], all);
      }
    if (from == rows) return;
#else
    for (int i = 0; i < n; i++)
      for (int l = 0; l < n; l++) other[i][l] = rows[l][i];
#endif
    for (int i = 0; i < n; i++) rows[i] = other[i];
  }
}

// to[k], lane l = row(l)[k], for `count` numbers a row; at least as many as lanes.
template <class F, class Row>
SC_INLINE void load_rows(F* to, int count, Row row) {
  constexpr int n = lane_count<F>;
  if constexpr (n > 1) {
    for (int first = 0; first < count; first += n) {
      const int at = first + n <= count ? first : count - n;  // the last columns overlap those before
      F block[n];
      for (int l = 0; l < n; l++) __builtin_memcpy(&block[l], row(l) + at, sizeof(F));
      transpose(block);
      for (int i = 0; i < n; i++) to[at + i] = block[i];
    }
  } else {
    for (int k = 0; k < count; k++) to[k] = Scalar<F>(row(0)[k]);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

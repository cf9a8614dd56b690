// Square blocks of numbers, rows to columns.
#pragma once
#include "math/lanes.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Two vectors with blocks of `step` of their elements exchanged: those of `b` with even places for those of
// `a` with odd ones.
template <class F, int step>
SC_INLINE void exchange(F& a, F& b) {
  const F p = a, q = b;
  if constexpr (lane_count<F> == 2) {
    a = F{p[0], q[0]};
    b = F{p[1], q[1]};
  } else if constexpr (lane_count<F> == 4 && step == 1) {
    a = F{p[0], q[0], p[2], q[2]};
    b = F{p[1], q[1], p[3], q[3]};
  } else if constexpr (lane_count<F> == 4) {
    a = F{p[0], p[1], q[0], q[1]};
    b = F{p[2], p[3], q[2], q[3]};
  } else if constexpr (step == 1) {
    a = F{p[0], q[0], p[2], q[2], p[4], q[4], p[6], q[6]};
    b = F{p[1], q[1], p[3], q[3], p[5], q[5], p[7], q[7]};
  } else if constexpr (step == 2) {
    a = F{p[0], p[1], q[0], q[1], p[4], p[5], q[4], q[5]};
    b = F{p[2], p[3], q[2], q[3], p[6], p[7], q[6], q[7]};
  } else {
    a = F{p[0], p[1], p[2], p[3], q[0], q[1], q[2], q[3]};
    b = F{p[4], p[5], p[6], p[7], q[4], q[5], q[6], q[7]};
  }
}
template <class F, int step, int N>
SC_INLINE void exchange_all(F (&rows)[N]) {
  for (int i = 0; i < N; ++i)
    if (!(i & step)) exchange<F, step>(rows[i], rows[i + step]);
}

// Rows of as many doubles as there are rows.
template <class F, int N>
SC_INLINE void transpose(F (&rows)[N]) {
  static_assert(N == lane_count<F>);
  if constexpr (N > 1) exchange_all<F, 1>(rows);
  if constexpr (N > 2) exchange_all<F, 2>(rows);
  if constexpr (N > 4) exchange_all<F, 4>(rows);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// Elementary functions over lanes of doubles, as power series of small arguments: within 1e-15 of the true
// value.
#pragma once
#include <bit>

#include "math/lanes.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Coefficients from the highest power down. Even and odd powers on their own: neither waits for the other.
template <class F, int N>
SC_INLINE F polynomial(const double (&coefficients)[N], F x) {
  const F square = x * x;
  F first = F{} + coefficients[0], second = F{} + coefficients[1];
  for (int i = 2; i + 1 < N; i += 2) {
    first = first * square + coefficients[i];
    second = second * square + coefficients[i + 1];
  }
  if (N % 2 == 0) return first * x + second;
  return first * square + coefficients[N - 1] + second * x;
}

SC_TABLE double kArcsine[] = {676039.0 / 104857600,
                              88179.0 / 12058624,
                              46189.0 / 5505024,
                              12155.0 / 1245184,
                              6435.0 / 557056,
                              143.0 / 10240,
                              231.0 / 13312,
                              63.0 / 2816,
                              35.0 / 1152,
                              5.0 / 112,
                              3.0 / 40,
                              1.0 / 6,
                              1.0};
SC_TABLE double kSine[] = {1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880, -1.0 / 5040,
                           1.0 / 120,        -1.0 / 6,        1.0};
SC_TABLE double kCosine[] = {-1.0 / 87178291200, 1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320,
                             -1.0 / 720,         1.0 / 24,        -1.0 / 2,       1.0};
SC_TABLE double kExponential[] = {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120,
                                  1.0 / 24,      1.0 / 6,      1.0 / 2,     1.0,        1.0};

// Of |x| up to 0.3.
template <class F>
SC_INLINE F arcsine(F x) {
  return x * polynomial(kArcsine, x * x);
}

// Of |x| up to 0.5.
template <class F>
SC_INLINE F sine(F x) {
  return x * polynomial(kSine, x * x);
}
template <class F>
SC_INLINE F cosine(F x) {
  return polynomial(kCosine, x * x);
}

// e to the power of x from -700 to 0, within 1e-12 of it; below that as of -700.
template <class F>
SC_INLINE F exponential(F x) {
  constexpr double shift = 0x1.8p52;  // a sum with it ends in the nearest whole number
  x = maximum<F>(x, broadcast<F>(-700));
  const F shifted = x * (1 / 0x1.62e42fefa39efp-1) + shift, k = shifted - shift;
  const F value = polynomial(kExponential, x - k * 0x1.62e42fefa39efp-1);
  // 2^k: k in the place of the exponent
  if constexpr (std::is_same_v<F, double>) {
    return value * std::bit_cast<double>((std::bit_cast<uint64_t>(shifted) + 1023) << 52);
  } else {
    return value * (F)(((Mask<F>)shifted + 1023) << 52);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

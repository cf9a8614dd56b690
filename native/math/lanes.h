// The lane type F of every kernel: `double` (one motion, the reference of the tests), `float` (one motion per
// GPU thread), LaneVector<N> (N motions side by side in one SIMD register) or DoubleVector<N> (N frames of
// one motion, reference/frames.h). Data-dependent branches are masks and select().
#pragma once
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "math/device.h"
#if (defined(__AVX2__) || defined(__SSE2__)) && !defined(__CUDACC__)
#include <immintrin.h>
#endif

namespace selfcorrect {
inline namespace SC_ISA {

#ifndef __CUDACC__
template <int N>
struct LaneType {
  typedef float type __attribute__((vector_size(4 * N)));
};
template <int N>
using LaneVector = typename LaneType<N>::type;
template <int N>
struct DoubleType {
  typedef double type __attribute__((vector_size(8 * N)));
};
template <int N>
using DoubleVector = typename DoubleType<N>::type;
#endif

// The lane type of this compilation. The baseline's kernels are the reference in double precision. A set may
// ask for fewer lanes than its registers have.
#if defined(SC_BASELINE)
constexpr int kLanes = 1;
using Lanes = double;
#elif defined(SC_ONE_LANE) || defined(__CUDACC__)
constexpr int kLanes = 1;
using Lanes = float;
#else
#if defined(SC_FOUR_LANES)
constexpr int kLanes = 4;
#elif defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
using Lanes = LaneVector<kLanes>;
#endif

// Type of one lane, and what a comparison gives.
#ifdef __CUDACC__
template <class F>
constexpr bool has_doubles = std::is_same_v<F, double>;
#else
template <class F>
constexpr bool has_doubles = std::is_same_v<F, double> || std::is_same_v<F, DoubleVector<2>> ||
                             std::is_same_v<F, DoubleVector<4>> || std::is_same_v<F, DoubleVector<8>>;
#endif
template <class F>
using Scalar = std::conditional_t<has_doubles<F>, double, float>;
template <class F>
using Mask = decltype(F{} < F{});
template <class F>
constexpr int lane_count = sizeof(F) / sizeof(Scalar<F>);

template <class F>
SC_INLINE F broadcast(double value) {
  return F{} + static_cast<Scalar<F>>(value);
}

template <class F>
SC_INLINE F select(Mask<F> mask, F yes, F no) {
  return mask ? yes : no;
}
template <class F>
SC_INLINE F minimum(F a, F b) {
  return a < b ? a : b;
}
template <class F>
SC_INLINE F maximum(F a, F b) {
  return a > b ? a : b;
}

SC_INLINE double square_root(double x) { return std::sqrt(x); }
SC_INLINE float square_root(float x) { return std::sqrt(x); }
SC_INLINE bool any(bool mask) { return mask; }

#ifndef __CUDACC__
template <class F>
SC_INLINE auto square_root(F x) -> decltype(x[0], F()) {
#if defined(__AVX512F__)
  if constexpr (sizeof(F) == 64 && has_doubles<F>) return (F)_mm512_maskz_sqrt_pd(0xff, (__m512d)x);
  if constexpr (sizeof(F) == 64 && !has_doubles<F>) return (F)_mm512_maskz_sqrt_ps(0xffff, (__m512)x);
#endif
#if defined(__AVX2__)
  if constexpr (sizeof(F) == 32 && has_doubles<F>) return (F)_mm256_sqrt_pd((__m256d)x);
  if constexpr (sizeof(F) == 32 && !has_doubles<F>) return (F)_mm256_sqrt_ps((__m256)x);
#endif
#if defined(__SSE2__)
  if constexpr (sizeof(F) == 16 && has_doubles<F>) return (F)_mm_sqrt_pd((__m128d)x);
  if constexpr (sizeof(F) == 16 && !has_doubles<F>) return (F)_mm_sqrt_ps((__m128)x);
#endif
  F root;
  for (int i = 0; i < lane_count<F>; i++) root[i] = std::sqrt(x[i]);
  return root;
}

template <class M>
SC_INLINE auto any(M mask) -> decltype(mask[0], bool()) {
#if defined(__AVX512F__)
  if constexpr (sizeof(M) == 64) return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0;
#endif
#if defined(__AVX2__)
  if constexpr (sizeof(M) == 32) return _mm256_movemask_ps((__m256)mask) != 0;
#endif
#if defined(__SSE2__)
  if constexpr (sizeof(M) == 16) return _mm_movemask_ps((__m128)mask) != 0;
#endif
  bool some = false;
  for (int i = 0; i < static_cast<int>(sizeof(M) / sizeof(mask[0])); i++) some |= mask[i] != 0;
  return some;
}
#endif

// Access to one lane, outside the hot loops.
template <class F>
SC_INLINE Scalar<F> get_lane(const F& x, int lane) {
  if constexpr (std::is_arithmetic_v<F>)
    return x;
  else
    return x[lane];
}
template <class F>
SC_INLINE void set_lane(F& x, int lane, Scalar<F> value) {
  if constexpr (std::is_arithmetic_v<F>)
    x = value;
  else
    x[lane] = value;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

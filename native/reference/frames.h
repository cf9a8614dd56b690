// Consecutive frames of a motion side by side, in double precision: the lane type of the kinematic stages. On
// a graphics card a thread has one of them, and those beside it are other threads'.
#pragma once
#include "math/group.h"
#include "math/quat.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

#if defined(SC_BASELINE) || defined(SC_GROUPED)
constexpr int kSide = 1;
using Frames = double;
#else
#if defined(__AVX512F__)
constexpr int kSide = 8;
#elif defined(__AVX2__)
constexpr int kSide = 4;
#else
constexpr int kSide = 2;
#endif
using Frames = DoubleVector<kSide>;
#endif

// All frames from `from` to before `to` as `for (int t : side_by_side(from, to))`: `t` and those beside it.
// No frame's work reads what another's writes.
SC_INLINE Shared<> side_by_side(int from, int to) {
  return {from + Group::lane() * kSide, to, kThreads * kSide};
}

template <class F = Frames>
SC_INLINE F load(const double* from) {
  if constexpr (std::is_same_v<F, double>) {
    return *from;
  } else {
    F value;
    __builtin_memcpy(&value, from, sizeof(F));
    return value;
  }
}
template <class F>
SC_INLINE void store(double* to, const F& value) {
  if constexpr (std::is_same_v<F, double>)
    *to = value;
  else
    __builtin_memcpy(to, &value, sizeof(F));
}

// Of series that follow each other.
template <class F = Frames>
SC_INLINE Vec3<F> load_vector(const double* from, int stride) {
  return {load<F>(from), load<F>(from + stride), load<F>(from + 2 * stride)};
}
template <class F>
SC_INLINE void store(double* to, int stride, const Vec3<F>& value) {
  store(to, value.x);
  store(to + stride, value.y);
  store(to + 2 * stride, value.z);
}

// Joint `j` of a motion at frame `t` and those beside it: where it is, and how its body is turned.
template <class F = Frames>
SC_INLINE Vec3<F> place(const Motion& motion, int j, int t) {
  return load_vector<F>(motion.position + static_cast<long>(3 * j) * motion.stride + t, motion.stride);
}
template <class F>
SC_INLINE void set_place(const Motion& motion, int j, int t, const Vec3<F>& value) {
  store(motion.position + static_cast<long>(3 * j) * motion.stride + t, motion.stride, value);
}
template <class F = Frames>
SC_INLINE Quat<F> turn(const Motion& motion, int j, int t) {
  const double* from = motion.rotation + static_cast<long>(4 * j) * motion.stride + t;
  return {load<F>(from), load<F>(from + motion.stride), load<F>(from + 2 * motion.stride),
          load<F>(from + 3 * motion.stride)};
}
template <class F>
SC_INLINE void set_turn(const Motion& motion, int j, int t, const Quat<F>& value) {
  double* to = motion.rotation + static_cast<long>(4 * j) * motion.stride + t;
  store(to, value.w);
  store(to + motion.stride, value.x);
  store(to + 2 * motion.stride, value.y);
  store(to + 3 * motion.stride, value.z);
}

// `count` series from the scratch.
SC_INLINE double* take(Scratch& scratch, int count) {
  double* series = scratch.next;
  scratch.next += static_cast<long>(count) * scratch.stride;
  return series;
}

// The numbers of the frames from `t` on.
template <class F = Frames>
SC_INLINE F frame_numbers(int t) {
  if constexpr (std::is_same_v<F, double>) {
    return t;
  } else {
    constexpr double first[kGroup] = {0, 1, 2, 3, 4, 5, 6, 7};
    return load<F>(first) + static_cast<double>(t);
  }
}

// The largest of all lanes of all threads.
SC_INLINE double largest(const Frames& value) {
  double most = get_lane(value, 0);
  for (int l = 1; l < kSide; ++l) most = most < get_lane(value, l) ? get_lane(value, l) : most;
  return Group::most(most);
}

// A sum over frames in an order that neither the width of the lanes nor the number of threads changes: eight
// sums, added at the end.
class Sum {
 public:
  // Of frames `t` and those beside it; `t` is a multiple of the width.
  SC_INLINE void add([[maybe_unused]] int t, Frames value) {
    if constexpr (kParts == 1)
      part_[0] += value;
    else
      part_[t % kGroup / kSide] += value;
  }
  SC_INLINE double total() const {
    if constexpr (kThreads > 1) {
      return Group::total(get_lane(part_[0], 0));
    } else {
      double parts[kGroup], sum = 0;
      for (int i = 0; i < kGroup; i += kSide) store(parts + i, part_[i / kSide]);
      for (double part : parts) sum += part;
      return sum;
    }
  }

 private:
  static constexpr int kParts = kGroup / (kThreads * kSide);
  Frames part_[kParts] = {};
};

}  // namespace SC_ISA
}  // namespace selfcorrect

// The threads that work side by side on one motion: kThreads of them on a graphics card, one on a processor,
// where all of this compiles to nothing.
//
// One source for both, by one rule. Series lie in memory that the threads of a group share; all else
// (variables, small arrays, the fields of Work) every thread has to itself, and every thread finds the same
// in it, because it reads the same series and what it learns from the others (total(), most(), ...) is told
// to all. So the threads take the same branches and come to the same places. Series are written in three
// ways only, each of which begins and ends with a sync(): side_by_side() (reference/frames.h), dealt() and
// alone(). There a thread writes what no other thread reads or writes before the end.
#pragma once
#include <cstdint>

#include "math/lanes.h"

// Defined for the compilation of the emulated device (native/cuda/fibers.h) too.
#if defined(__CUDACC__) && !defined(SC_GROUPED)
#define SC_GROUPED
#endif
#if defined(SC_GROUPED) && !defined(__CUDACC__)
#include "cuda/fibers.h"
#endif

// A function that on a graphics card is never made part of its caller: all of them in one would take minutes
// to compile, and more registers than there are.
#ifdef __CUDACC__
#define SC_STAGE __host__ __device__ __noinline__
#else
#define SC_STAGE
#endif

namespace selfcorrect {
inline namespace SC_ISA {

#ifdef SC_GROUPED
constexpr int kThreads = 8;
#else
constexpr int kThreads = 1;
#endif

struct Group {
  // Of this thread, 0 to kThreads - 1.
#if defined(__CUDA_ARCH__)
  SC_INLINE static int lane() { return threadIdx.x % kThreads; }
#elif defined(SC_GROUPED) && !defined(__CUDACC__)
  SC_INLINE static int lane() { return emulation::fiber_lane(); }
#else
  SC_INLINE static constexpr int lane() { return 0; }
#endif

  // No thread goes on before all are here; what they wrote is seen by all.
  SC_INLINE static void sync() {
#if defined(__CUDA_ARCH__)
    __syncwarp(mask());
#elif defined(SC_GROUPED) && !defined(__CUDACC__)
    emulation::fiber_sync();
#endif
  }

  // The value that thread 0 has.
  template <class T>
  SC_INLINE static T first(T value) {
    sync();
    return of(value, 0);
  }
  // Of all threads; the values in any order give the same.
  SC_INLINE static int sum(int value) {
    return combined(value, [](int a, int b) { return a + b; });
  }
  SC_INLINE static bool any(bool value) {
    return combined<int>(value, [](int a, int b) { return a | b; });
  }
  SC_INLINE static uint32_t bits(uint32_t value) {
    return combined(value, [](uint32_t a, uint32_t b) { return a | b; });
  }
  template <class T>
  SC_INLINE static T most(T value) {
    return combined(value, [](T a, T b) { return a < b ? b : a; });
  }
  template <class T>
  SC_INLINE static T least(T value) {
    return combined(value, [](T a, T b) { return b < a ? b : a; });
  }
  // Added from thread 0 on, to zero.
  SC_INLINE static double total(double value) {
    sync();
    double sum = 0;
    for (int l = 0; l < kThreads; ++l) sum += of(value, l);
    return sum;
  }
  // How many threads before this one say `yes`; `all`: how many do.
  SC_INLINE static int before(bool yes, int& all) {
    sync();
    int count = 0;
    all = 0;
    for (int l = 0; l < kThreads; ++l) {
      if (l == lane()) count = all;
      all += of(static_cast<int>(yes), l);
    }
    return count;
  }

 private:
  // The value that thread `from` has.
  template <class T>
  SC_INLINE static T of(T value, [[maybe_unused]] int from) {
#if defined(__CUDA_ARCH__)
    return __shfl_sync(mask(), value, from, kThreads);
#elif defined(SC_GROUPED) && !defined(__CUDACC__)
    return emulation::fiber_exchange(value, from);
#else
    return value;
#endif
  }
  template <class T, class Operation>
  SC_INLINE static T combined(T value, Operation operation) {
    sync();
    for (int bit = 1; bit < kThreads; bit *= 2) value = operation(value, of(value, lane() ^ bit));
    return value;
  }
#if defined(__CUDA_ARCH__)
  // Of the group's threads in their warp.
  SC_INLINE static unsigned mask() { return 0xffu << (threadIdx.x % 32 / kThreads * kThreads); }
#endif
};

// Whole numbers `first`, `first + step`, ... below `last`, for a loop that the threads share.
template <class Number = int>
struct Shared {
  Number first, last, step;

  struct Iterator {
    Number at, step;
    SC_INLINE Number operator*() const { return at; }
    SC_INLINE void operator++() { at += step; }
    SC_INLINE bool operator!=(Number end) const { return at < end; }
  };
  SC_INLINE Shared(Number from, Number to, Number stride) : first(from), last(to), step(stride) {
    Group::sync();
  }
  SC_INLINE ~Shared() { Group::sync(); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  SC_INLINE Iterator begin() const { return {first, step}; }
  SC_INLINE Number end() const { return last; }
};

// The numbers from `from` to before `to`, dealt to the threads one by one: `for (int t : dealt(0, frames))`.
// No number's work reads what another's writes.
template <class Number>
SC_INLINE Shared<Number> dealt(Number from, Number to) {
  return {from + Group::lane(), to, kThreads};
}

// Something that has an order, by one thread while the others wait.
template <class Work>
SC_INLINE void alone(const Work& work) {
  Group::sync();
  if (Group::lane() == 0) work();
  Group::sync();
}

// Values from `from` to before `to` become `value`; `count` values from `from` on go to `to`.
template <class T>
SC_INLINE void fill(T* from, T* to, T value) {
  for (long i : dealt(0L, static_cast<long>(to - from))) from[i] = value;
}
template <class T>
SC_INLINE void copy(const T* from, long count, T* to) {
  for (long i : dealt(0L, count)) to[i] = from[i];
}

// Puts the values of those numbers from `from` to before `to` that are `chosen` after each other. Returns how
// many.
template <class Chosen, class Value>
SC_INLINE int collect(int from, int to, double* values, const Chosen& chosen, const Value& value) {
  int count = 0;
  Group::sync();
  for (int first = from; first < to; first += kThreads) {
    const int t = first + Group::lane();
    const bool mine = t < to && chosen(t);
    int all;
    const int at = count + Group::before(mine, all);
    if (mine) values[at] = value(t);
    count += all;
  }
  Group::sync();
  return count;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// A lane type that counts: what a kernel computes for one motion.
#pragma once
#include "math/lanes.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Floating-point operations so far, on this thread. Comparisons, selections and changes of sign are free.
struct Operations {
  long add = 0, multiply = 0, divide = 0, root = 0;
};
inline thread_local Operations counted;

struct Counted {
  float value = 0;
  Counted() = default;
  Counted(float v) : value(v) {}

  friend Counted operator+(Counted a, Counted b) { return counted.add++, a.value + b.value; }
  friend Counted operator-(Counted a, Counted b) { return counted.add++, a.value - b.value; }
  friend Counted operator*(Counted a, Counted b) { return counted.multiply++, a.value * b.value; }
  friend Counted operator/(Counted a, Counted b) { return counted.divide++, a.value / b.value; }
  friend Counted operator-(Counted a) { return -a.value; }
  friend void operator+=(Counted& a, Counted b) { a = a + b; }
  friend void operator-=(Counted& a, Counted b) { a = a - b; }
  friend bool operator<(Counted a, Counted b) { return a.value < b.value; }
  friend bool operator>(Counted a, Counted b) { return a.value > b.value; }
  friend bool operator<=(Counted a, Counted b) { return a.value <= b.value; }
  friend bool operator!=(Counted a, Counted b) { return a.value != b.value; }
  friend Counted square_root(Counted x) { return counted.root++, std::sqrt(x.value); }
  float& operator[](int) { return value; }
  float operator[](int) const { return value; }
};

template <>
inline Counted broadcast<Counted>(double value) {
  return static_cast<float>(value);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

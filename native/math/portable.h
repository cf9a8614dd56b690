// Elementary functions in double precision with the same bits everywhere. Those of C libraries differ in the
// last bit between libraries, their versions and, in glibc, processors with and without FMA.
//
// Sums and products of doubles alone, each rounded by itself: reduced arguments in Taylor series. Within
// 4e-16 of the true value, relative to it or, for sin, cos and tan near their zeros, to the argument.
// Not-a-number for not-a-number.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "math/device.h"

namespace selfcorrect::portable {
inline namespace SC_ISA {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// pi / 2 and ln 2 in two parts: the first has 20 bits of room for a multiple.
constexpr double kQuarterHigh = 0x1.921fb544p0, kQuarterLow = 0x1.0b4611a626331p-34;
constexpr double kLogHigh = 0x1.62e42feep-1, kLogLow = 0x1.a39ef35793c76p-33;
// 2 to the power of i / 8.
SC_TABLE double kEighths[] = {0x1.0000000000000p+0, 0x1.172b83c7d517bp+0, 0x1.306fe0a31b715p+0,
                              0x1.4bfdad5362a27p+0, 0x1.6a09e667f3bcdp+0, 0x1.8ace5422aa0dbp+0,
                              0x1.ae89f995ad3adp+0, 0x1.d5818dcfba487p+0};

// 1 / (n (n - 1)) and 1 / (n (n + 1)) for n = 2, 4, ...: from one term of an even or odd series to the next.
constexpr int kTerms = 8;
struct Steps {
  double even[kTerms], odd[kTerms];
  constexpr Steps() : even{}, odd{} {
    for (int i = 0; i < kTerms; i++) {
      const int n = 2 * i + 2;
      even[i] = 1.0 / (n * (n - 1));
      odd[i] = 1.0 / (n * (n + 1));
    }
  }
};
SC_TABLE Steps kSteps{};

// 1 / 1, 1 / 3, 1 / 5, ...
constexpr int kPairs = 6;
struct Reciprocals {
  double of[2 * kPairs];
  constexpr Reciprocals() : of{} {
    for (int i = 0; i < 2 * kPairs; i++) of[i] = 1.0 / (2 * i + 1);
  }
};
SC_TABLE Reciprocals kReciprocals{};

SC_CALL constexpr int nearest(double x) { return static_cast<int>(x < 0 ? x - 0.5 : x + 0.5); }

struct Circle {
  double sine, cosine;
};

// Of |x| up to pi / 4.
SC_CALL constexpr Circle near_zero(double x) {
  const double z = x * x;
  double s = 0, c = 0;
  for (int i = kTerms - 1; i >= 0; i--) {
    s = (1 - s) * (z * kSteps.odd[i]);
    c = (1 - c) * (z * kSteps.even[i]);
  }
  return {x - x * s, 1 - c};
}

SC_CALL constexpr Circle circle(double x) {
  if (!(x >= -1e6 && x <= 1e6)) return {kNan, kNan};
  const int k = nearest(x * (2 / std::numbers::pi));
  const Circle at = near_zero((x - k * kQuarterHigh) - k * kQuarterLow);
  switch (k & 3) {
    case 0:
      return at;
    case 1:
      return {at.cosine, -at.sine};
    case 2:
      return {-at.sine, -at.cosine};
    default:
      return {-at.cosine, at.sine};
  }
}

// Of t from 0 to 1: a quarter of the angle is below pi / 16, where the series is short.
SC_CALL inline double arctangent(double t) {
  const double half = t / (1 + std::sqrt(1 + t * t)), x = half / (1 + std::sqrt(1 + half * half));
  const double z = x * x, square = z * z;
  double even = 0, odd = 0;
  for (int i = 2 * kPairs - 2; i >= 0; i -= 2) {
    even = even * square + kReciprocals.of[i];
    odd = odd * square + kReciprocals.of[i + 1];
  }
  return 4 * (x * (even - z * odd));
}

// |x| up to 1e6; beyond, not-a-number.
SC_CALL constexpr double sin(double x) { return circle(x).sine; }

SC_CALL constexpr double cos(double x) { return circle(x).cosine; }

SC_CALL constexpr double tan(double x) {
  const Circle at = circle(x);
  return at.sine / at.cosine;
}

// The angle of the point (x, y), -pi to pi; 0 of the origin.
SC_CALL inline double atan2(double y, double x) {
  const double up = std::fabs(y), along = std::fabs(x);
  if (up == 0 && along == 0) return 0;
  double angle = up < along ? arctangent(up / along) : std::numbers::pi / 2 - arctangent(along / up);
  if (x < 0) angle = std::numbers::pi - angle;
  return y < 0 ? -angle : angle;
}

// x from -1 to 1.
SC_CALL inline double asin(double x) { return atan2(x, std::sqrt((1 - x) * (1 + x))); }

SC_CALL inline double acos(double x) { return atan2(std::sqrt((1 - x) * (1 + x)), x); }

// 0 under -700; x up to 700.
SC_CALL constexpr double exp(double x) {
  if (x < -700) return 0;
  if (!(x <= 700)) return kNan;
  const int k = nearest(x * (8 / std::numbers::ln2));  // x = k ln(2) / 8 + r
  const double r = (x - k * (kLogHigh / 8)) - k * (kLogLow / 8), z = r * r;
  double odd = 0, even = 0;  // sinh and cosh
  for (int i = 3; i >= 0; i--) {
    odd = (1 + odd) * (z * kSteps.odd[i]);
    even = (1 + even) * (z * kSteps.even[i]);
  }
  const double scale = std::bit_cast<double>(static_cast<uint64_t>((k >> 3) + 1023) << 52) * kEighths[k & 7];
  return scale + scale * (r + (even + r * odd));
}

}  // namespace SC_ISA
}  // namespace selfcorrect::portable

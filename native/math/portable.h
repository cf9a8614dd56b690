// Elementary functions in double precision with the same bits everywhere. Those of C libraries differ in the
// last bit between libraries, their versions and, in glibc, processors with and without FMA.
//
// Sums and products of doubles alone, each rounded by itself: reduced arguments in Taylor series. Within
// 4e-16 of the true value, relative to it or, for sin, cos and tan near their zeros, to the argument.
// Not-a-number for not-a-number.
#pragma once

namespace selfcorrect::portable {

// |x| up to 1e6; beyond, not-a-number.
double sin(double x);
double cos(double x);
double tan(double x);
// x from -1 to 1.
double asin(double x);
double acos(double x);
// The angle of the point (x, y), -pi to pi; 0 of the origin.
double atan2(double y, double x);
// 0 under -700; x up to 700.
double exp(double x);

}  // namespace selfcorrect::portable

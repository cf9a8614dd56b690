// Measures of joint positions as series over the frames.
#pragma once
#include "include/tracker.h"
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

constexpr double kTolerance = 0.005;  // m above or below the ground that counts as touching it

// `joints`: [22][3] series. All but Measure::body and jerk.
SC_STAGE Measure measure_series(const double* joints, int frames, int stride, double fps);

// How far motion `b` is from `a`, mm: mean joint distance in the world and relative to the pelvis, and the
// largest mean of a frame in the world.
struct Distance {
  double world, relative, worst;
};
SC_STAGE Distance measure_distance(const double* a, const double* b, int frames, int stride);

}  // namespace SC_ISA
}  // namespace selfcorrect

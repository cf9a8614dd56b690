#include "reference/reroot.h"

#include <algorithm>

#include "reference/geometry.h"
#include "reference/slip.h"
#include "reference/smooth.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

constexpr double kSmooth = 0.5;  // s
// m/s: planted feet of real motion slip less; the sum of such noise would be a random walk of the root.
constexpr double kRealSlip = 0.1;

// From the steps and their weights to the shifts of the root.
SC_CALL void sum_up(const double* weight, double* x, double* z, int frames, double fps) {
  double shift_x = 0, shift_z = 0, last_x = 0, last_z = 0;
  x[0] = z[0] = 0;
  for (int t = 1; t < frames; ++t) {
    if (weight[t] > 1e-3) {
      last_x = x[t] / weight[t];
      last_z = z[t] / weight[t];
    }
    const double slide = length2d(last_x, last_z) * fps / kRealSlip, square = slide * slide,
                 fourth = square * square, share = fourth / (fourth + 1);
    x[t] = shift_x -= share * last_x;
    z[t] = shift_z -= share * last_z;
  }
}

}  // namespace

SC_STAGE void reroot(Motion& motion, Scratch scratch) {
  const int frames = motion.frames, stride = motion.stride;
  double* sums = take(scratch, 3);  // of the step from t-1 to t: weight, x, z
  double *weight = sums, *x = sums + stride, *z = sums + 2 * stride;
  fill(sums, sums + 3 * stride - kGroup, 0.0);
  const Slip slip{take(scratch, 1), take(scratch, 1)};
  for (int side = 0; side < 2; ++side) {
    const uint8_t* contact = motion.contact[side];
    see_slip(motion, side, slip);
    for (int t : dealt(1, frames)) {
      if (!contact[t - 1] || !contact[t]) continue;
      weight[t] += 1;
      x[t] += slip.x[t];
      z[t] += slip.z[t];
    }
  }
  // Normalised convolution: frames in the air take the slip of the contacts around them, and nothing far from
  // any.
  for (double* sum : {weight, x, z}) smooth(sum, frames, kSmooth * motion.fps, sum, scratch);
  alone([&] { sum_up(weight, x, z, frames, motion.fps); });
  for (int j = 0; j < kJoints; ++j)
    for (int t : side_by_side(0, frames)) {
      Vec3<F> at = place(motion, j, t);
      at.x += load(x + t);
      at.z += load(z + t);
      set_place(motion, j, t, at);
    }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

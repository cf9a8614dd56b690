#include "reference/flight.h"

#include <algorithm>
#include <cmath>

#include "reference/frames.h"
#include "reference/geometry.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

SC_TABLE double kFall[2] = {5, 8};  // m/s^2 downwards between which the body passes from carried to falling
constexpr double kWindow = 0.05;    // s to either side

}  // namespace

SC_STAGE void carried(const Motion& motion, double* result, Scratch scratch) {
  const int frames = motion.frames;
  const int reach = std::max(1, static_cast<int>(kWindow * motion.fps + 0.5));
  if (frames < 2 * reach + 1) {
    fill(result, result + frames, 1.0);
    return;
  }
  double* height = take(scratch, 1);  // mean of the joints
  for (int t : side_by_side(0, frames)) {
    F sum{};
    for (int j = 0; j < kJoints; ++j)
      sum += load(motion.position + static_cast<long>(3 * j + 1) * motion.stride + t);
    store(height + t, sum * (1.0 / kJoints));
  }
  const double rate = motion.fps / reach, square = rate * rate;
  const int last = frames - 1 - reach;
  for (int t : side_by_side(reach, last + 1)) {
    const F second = load(height + t - reach) - 2.0 * load(height + t) + load(height + t + reach);
    store(result + t, 1.0 - smoothstep(second * -square, kFall[0], kFall[1]));
  }
  fill(result, result + reach, result[reach]);
  fill(result + last + 1, result + frames, result[last]);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

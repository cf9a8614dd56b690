#include "reference/clean.h"

#include <algorithm>
#include <cmath>

#include "reference/foot.h"
#include "reference/slip.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Frames;

constexpr double kExact = 0.003;  // m, mean over the frames of any joint
constexpr double kToeSunk = 0.002, kToeRaised = 0.016,
                 kUneven = 0.02;  // m, of the planted toe joint; of the floor

}  // namespace

SC_STAGE bool bones_are_constant(const Motion& posed, const double* seen) {
  for (int j = 0; j < kJoints; ++j) {
    Sum off;
    for (int t : side_by_side(0, posed.frames)) {
      const Vec3<F> other = load_vector(seen + static_cast<long>(3 * j) * posed.stride + t, posed.stride);
      const F distance = norm(place(posed, j, t) - other);
      off.add(t, select<F>(frame_numbers(t) < broadcast<F>(posed.frames), distance, F{}));
    }
    if (off.total() > kExact * posed.frames) return false;
  }
  return true;
}

SC_STAGE bool stands_still(const Work& work, double* const (&low)[2], Scratch scratch) {
  const double planted = work.level + kSoleDepth;
  if (planted < -kToeSunk || planted > kToeRaised) return false;
  bool uneven = false;
  for (int t : dealt(0, work.motion.frames)) uneven |= std::fabs(work.floor[t] - work.level) > kUneven;
  if (Group::any(uneven)) return false;
  const Slides slides = see_slides(work.motion, scratch);
  return !feet_slide(work.motion, slides, low, scratch);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

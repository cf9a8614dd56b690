#include "reference/clean.h"

#include <algorithm>

#include "reference/contact.h"
#include "reference/foot.h"
#include "reference/footlock.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kExact = 0.003;                                  // m, mean over the frames of any joint
constexpr double kSunk = 0.002, kRaised = 0.016, kUneven = 0.02;  // m, of the planted toe joint; of the floor
// m/s: of a planted foot as a rule (4 mm per frame at 20 fps), and over any kWindow of a contact.
constexpr double kSlip = 0.08, kWorstSlip = 0.30;
constexpr double kWindow = 0.4, kRoll = 0.1;  // s; at both ends of a contact the foot may still roll

constexpr double kDown = 0.012;  // m: a foot higher than that is being lifted for a low step

// Largest mean speed in m/s of the sole of one foot over a part of a contact.
double worst_slide(const Motion& motion, int side) {
  const int roll = static_cast<int>(kRoll * motion.fps);
  const int window = std::max(1, static_cast<int>(kWindow * motion.fps));
  double worst = 0;
  std::vector<double> way{0};  // slipped so far
  for (const Run& run : contact_runs(motion, side)) {
    way.resize(1);
    for (int t = run.begin + roll + 1; t < run.end - roll; ++t) {
      const bool down = std::max(lowest(planted_sole_points(motion, t - 1, side)),
                                 lowest(planted_sole_points(motion, t, side))) < kDown;
      way.push_back(way.back() + (down ? norm(contact_slip(motion, t, side)) : 0));
    }
    const int steps = static_cast<int>(way.size()) - 1, part = std::min(window, steps);
    for (int t = part; part > 0 && t <= steps; ++t) worst = std::max(worst, (way[t] - way[t - part]) / part);
  }
  return worst * motion.fps;
}

}  // namespace

bool bones_are_constant(const Motion& posed, const float* joints) {
  std::array<double, kJoints> off{};
  for (const Positions& frame : posed.position)
    for (int j = 0; j < kJoints; ++j, joints += 3)
      off[j] += norm(frame[j] - Vec3{joints[0], joints[1], joints[2]});
  return *std::max_element(off.begin(), off.end()) <= kExact * posed.frames();
}

bool feet_slide(const Motion& motion) {
  return typical_slip(motion) * motion.fps > kSlip ||
         std::max(worst_slide(motion, 0), worst_slide(motion, 1)) > kWorstSlip;
}

bool stands_still(const Motion& motion, const Floor& floor) {
  const double planted = floor.level + kSoleDepth;
  if (planted < -kSunk || planted > kRaised) return false;
  for (double height : floor.height)
    if (std::fabs(height - floor.level) > kUneven) return false;
  return !feet_slide(motion);
}

}  // namespace selfcorrect::kinematics

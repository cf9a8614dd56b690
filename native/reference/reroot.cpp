#include "reference/reroot.h"

#include "reference/footlock.h"
#include "reference/smooth.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kSmooth = 0.5;  // s
// m/s: planted feet of real motion slip less; the sum of such noise would be a random walk of the root.
constexpr double kRealSlip = 0.1;

}  // namespace

void reroot(Motion& motion) {
  const int frames = motion.frames();
  std::vector<double> weight(frames, 0), x(frames, 0), z(frames, 0);  // of the step from t-1 to t
  for (int t = 1; t < frames; ++t)
    for (int side = 0; side < 2; ++side) {
      if (!motion.contact[t - 1][side] || !motion.contact[t][side]) continue;
      const Vec3 slip = contact_slip(motion, t, side);
      weight[t] += 1;
      x[t] += slip.x;
      z[t] += slip.z;
    }
  // Normalised convolution: frames in the air take the slip of the contacts around them, and nothing far from
  // any.
  const double sigma = kSmooth * motion.fps;
  weight = gaussian(weight, sigma);
  x = gaussian(x, sigma);
  z = gaussian(z, sigma);
  Vec3 shift{};
  double last_x = 0, last_z = 0;
  for (int t = 1; t < frames; ++t) {
    if (weight[t] > 1e-3) {
      last_x = x[t] / weight[t];
      last_z = z[t] / weight[t];
    }
    const double slip = length2d(last_x, last_z) * motion.fps / kRealSlip, fourth = slip * slip * slip * slip;
    const double share = fourth / (fourth + 1);
    shift -= share * Vec3{last_x, 0, last_z};
    for (Vec3& joint : motion.position[t]) joint += shift;
  }
}

}  // namespace selfcorrect::kinematics

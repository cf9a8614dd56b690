#include "reference/hinge.h"

#include "reference/smooth.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kMemory = 0.1;         // s
constexpr double kNeutralTrust = 0.02;  // of the neutral axis against the frames around

}  // namespace

std::vector<Vec3> hinge_axes(const std::vector<HingeView>& views, double fps) {
  const size_t frames = views.size();
  // The axis as a direction in the plane across the bone: x along the neutral axis, y a quarter turn on.
  std::vector<Vec3> right(frames), up(frames), axes(frames);
  std::vector<double> x(frames), y(frames);
  for (size_t t = 0; t < frames; ++t) {
    const HingeView& view = views[t];
    const Vec3 other = std::fabs(view.bone.x) < 0.7 ? Vec3{1, 0, 0} : Vec3{0, 0, 1};
    right[t] = unit(reject(view.neutral, view.bone), unit(reject(other, view.bone)));
    up[t] = cross(view.bone, right[t]);
    const double a = dot(view.normal, right[t]), b = dot(view.normal, up[t]), length = length2d(a, b);
    x[t] = length > 1e-9 ? view.trust * a / length : 0;
    y[t] = length > 1e-9 ? view.trust * b / length : 0;
  }
  const std::vector<double> mean_x = gaussian(x, kMemory * fps), mean_y = gaussian(y, kMemory * fps);
  for (size_t t = 0; t < frames; ++t) {
    const double a = mean_x[t] + kNeutralTrust, b = mean_y[t], length = std::fmax(length2d(a, b), 1e-9);
    const double rest = 1 - views[t].trust;
    axes[t] = unit((x[t] + rest * a / length) * right[t] + (y[t] + rest * b / length) * up[t], right[t]);
  }
  return axes;
}

}  // namespace selfcorrect::kinematics

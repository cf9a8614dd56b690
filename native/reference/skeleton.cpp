#include "reference/skeleton.h"

#include <algorithm>

#include "reference/align.h"

namespace selfcorrect::kinematics {
namespace {

using Frames = std::vector<Positions>;

// Rest directions of an average adult (SMPL's joints, arms and legs hanging straight down); left side, x
// mirrored on the right. They fix what "no rotation" means for the pelvis, spine, chest, collars and head.
constexpr Vec3 kHip{0.0578, -0.0840, -0.0152}, kSpine1{0, 0.1257, -0.0388}, kSpine2{0, 0.1405, 0.0273},
    kSpine3{0, 0.0573, 0.0030}, kNeck{0, 0.2167, -0.0343}, kCollar{0.0766, 0.1122, -0.0211},
    kHead{0, 0.0897, 0.0509}, kShoulder{0.1219, 0.0475, -0.0142}, kDown{0, -1, 0};

constexpr double kFootSlope =
    0.40;  // sine of the fall from ankle to toe joint in flat stance, median of real motion
constexpr double kSlopeLow = 0.28, kSlopeHigh = 0.52;
constexpr double kStillSpeed = 0.25;  // m/s of ankle and toe joint: the foot is flat or standing on its toes
constexpr double kSlopeQuantile = 0.2, kSlopePrior = 8;  // frames that the average slope counts for

constexpr size_t kFanFrames = 64;  // frames, evenly spread, that the shape of a fan is measured from

constexpr Vec3 mirrored(Vec3 v) { return {-v.x, v.y, v.z}; }

double median(std::vector<double>& values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double bone_length(const Frames& positions, int joint, std::vector<double>& buffer) {
  buffer.clear();
  for (const Positions& p : positions) buffer.push_back(norm(p[joint] - p[kParent[joint]]));
  return median(buffer);
}

// Shape of a rigid fan of three bones at `center`, turned so that it fits `rest` best: a generalized
// Procrustes mean with medians in the place of means (Gower 1975).
void measure_fan(const Frames& positions, int center, const int (&joints)[3], Offsets& offset) {
  Vec3 rest[3], shape[3], seen[3];
  for (int i = 0; i < 3; ++i) shape[i] = rest[i] = offset[joints[i]];
  std::vector<double> value[3][3];
  const size_t stride = 1 + (positions.size() - 1) / kFanFrames;
  for (int pass = 0; pass < 2; ++pass) {
    for (auto& row : value)
      for (auto& v : row) v.clear();
    for (size_t t = 0; t < positions.size(); t += stride) {
      const Positions& p = positions[t];
      for (int i = 0; i < 3; ++i) seen[i] = p[joints[i]] - p[center];
      const Quat back = conjugate(best_rotation(shape, seen, 3));
      for (int i = 0; i < 3; ++i) {
        const Vec3 v = rotate(back, seen[i]);
        value[i][0].push_back(v.x);
        value[i][1].push_back(v.y);
        value[i][2].push_back(v.z);
      }
    }
    for (int i = 0; i < 3; ++i)
      shape[i] = norm(rest[i]) *
                 unit({median(value[i][0]), median(value[i][1]), median(value[i][2])}, unit(rest[i]));
  }
  const Quat turn = best_rotation(shape, rest, 3);
  for (int i = 0; i < 3; ++i) offset[joints[i]] = rotate(turn, shape[i]);
}

// Sine of the fall from ankle to toe joint while the foot stands flat: a low quantile over the still frames,
// because a standing foot is flat or on its toes, never steeper upwards; drawn to the average where there are
// few such frames.
double foot_slope(const Frames& positions, const Leg& leg, double length, double fps) {
  std::vector<double> slopes;
  for (size_t t = 1; t < positions.size(); ++t) {
    const Positions &a = positions[t - 1], &b = positions[t];
    const double speed = std::max(norm(b[leg.ankle] - a[leg.ankle]), norm(b[leg.toe] - a[leg.toe])) * fps;
    if (speed < kStillSpeed) slopes.push_back((b[leg.ankle].y - b[leg.toe].y) / length);
  }
  const double count = static_cast<double>(slopes.size());
  double slope = kFootSlope;
  if (count > 0) {
    const auto low = slopes.begin() + static_cast<long>(kSlopeQuantile * (count - 1));
    std::nth_element(slopes.begin(), low, slopes.end());
    const double seen = std::clamp(*low, kSlopeLow, kSlopeHigh);
    slope = (count * seen + kSlopePrior * kFootSlope) / (count + kSlopePrior);
  }
  return slope;
}

}  // namespace

Offsets measure_skeleton(const Frames& positions, double fps) {
  Offsets offset{};
  std::vector<double> buffer;
  buffer.reserve(positions.size());
  const Vec3 direction[kJoints] = {{},      kHip,      mirrored(kHip),
                                   kSpine1, kDown,     kDown,
                                   kSpine2, kDown,     kDown,
                                   kSpine3, kDown,     kDown,
                                   kNeck,   kCollar,   mirrored(kCollar),
                                   kHead,   kShoulder, mirrored(kShoulder),
                                   kDown,   kDown,     kDown,
                                   kDown};
  for (int j = 1; j < kJoints; ++j) offset[j] = bone_length(positions, j, buffer) * unit(direction[j]);
  measure_fan(positions, 0, {1, 2, 3}, offset);
  measure_fan(positions, 9, {12, 13, 14}, offset);
  for (const Leg& leg : kLegs) {
    const double length = norm(offset[leg.toe]);
    const double slope = foot_slope(positions, leg, length, fps);
    offset[leg.toe] = length * Vec3{0, -slope, std::sqrt(1 - slope * slope)};
  }
  return offset;
}

}  // namespace selfcorrect::kinematics

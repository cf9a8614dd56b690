#include "reference/floor.h"

#include <algorithm>
#include <array>
#include <limits>

#include "reference/flight.h"
#include "reference/foot.h"

namespace selfcorrect::kinematics {
namespace {

// Flesh in m under the joints that a body which lies, kneels or rolls rests on; 0: never a support.
constexpr double kRadius[kJoints] = {.095, .068, .068, .085, .05,  .05,  .09,  0,    0,    .10, 0,
                                     0,    .045, 0,    0,    .085, .045, .045, .037, .037, .03, .03};

// A support is slow: the speeds in m/s over which the lowest point stops being evidence of the floor.
constexpr double kVertical[2] = {0.15, 0.5}, kHorizontal[2] = {0.6, 1.5};
constexpr double kAsLow = 0.01;          // m
constexpr double kLeastEvidence = 0.02;  // of a fast frame whose lowest point is under the floor
// Height above the floor at which a slow point counts half, as it may be in the air: m, and how many median
// deviations of the heights of all slow points (the feet of generated motion tread at different heights).
constexpr double kTolerance[2] = {0.02, 0.06}, kDeviations = 2;
constexpr double kStiffness = 0.1;  // s over which the floor may vary
constexpr double kAnchor = 0.02;    // pull to the clip's level, in frames of evidence
constexpr double kNoise = 0.01;  // m of variation that is left to the legs; twice as much is followed by 80 %
constexpr double kEnoughEvidence = 2;  // frames; below it the clip is taken to be in the air
constexpr int kPasses = 10;

struct Evidence {
  double height = 0;  // of the lowest point
  double weight = 0;  // 0..1
};

// How still a joint is, 0..1.
double stillness(const Motion& motion, int t, int joint) {
  const Vec3 step = motion.fps * slowest_step(motion.position, t, joint);
  return (1 - smoothstep(std::fabs(step.y), kVertical[0], kVertical[1])) *
         (1 - smoothstep(length2d(step.x, step.z), kHorizontal[0], kHorizontal[1]));
}

// Lowest point of the body in frame `t`, and whether the body may rest on it or on one about as low.
Evidence lowest_point(const Motion& motion, int t) {
  std::array<double, kJoints> height;
  for (int j = 0; j < kJoints; ++j)
    height[j] =
        kRadius[j] > 0 ? motion.position[t][j].y - kRadius[j] : std::numeric_limits<double>::infinity();
  for (int side = 0; side < 2; ++side) {
    const SolePoints sole = planted_sole_points(motion, t, side);
    for (int i = 0; i < kCorners; ++i) {
      double& carrier = height[i < 2 ? kLegs[side].ankle : kLegs[side].toe];
      carrier = std::min(carrier, sole[i].y);
    }
  }
  const double low = *std::min_element(height.begin(), height.end());
  double still = 0;
  for (int j = 0; j < kJoints; ++j) {
    const double close = height[j] - low < kAsLow ? 1 - smoothstep(height[j] - low, 0, kAsLow) : 0;
    if (close > still) still = std::max(still, close * stillness(motion, t, j));
  }
  return {low, still};
}

// Minimises sum w (f - y)^2 + stiffness * sum (second difference of f)^2: Whittaker's smoother, solved by a
// banded Cholesky factorisation (Eilers 2003). w > 0.
void whittaker(const std::vector<double>& w, const std::vector<double>& y, double stiffness,
               std::vector<double>& f) {
  const int n = static_cast<int>(w.size());
  std::vector<double> d(n), c(n), e(n), z(n);  // diagonal, first and second off-diagonal of the unit factor
  for (int i = 0; i < n; ++i) {
    const int inner = (i >= 2) + (i + 2 < n), middle = i >= 1 && i + 1 < n;
    double diagonal = w[i] + stiffness * (inner + 4 * middle);
    double first = 0, second = 0;
    if (i + 1 < n) first = -2 * stiffness * ((i >= 1) + (i + 2 < n));
    if (i + 2 < n) second = stiffness;
    if (i >= 1) {
      diagonal -= c[i - 1] * c[i - 1] * d[i - 1];
      first -= c[i - 1] * e[i - 1] * d[i - 1];
    }
    if (i >= 2) diagonal -= e[i - 2] * e[i - 2] * d[i - 2];
    d[i] = diagonal;
    c[i] = first / diagonal;
    e[i] = second / diagonal;
    z[i] = w[i] * y[i];
    if (i >= 1) z[i] -= c[i - 1] * z[i - 1];
    if (i >= 2) z[i] -= e[i - 2] * z[i - 2];
  }
  f.resize(n);
  for (int i = n - 1; i >= 0; --i) {
    f[i] = z[i] / d[i];
    if (i + 1 < n) f[i] -= c[i] * f[i + 1];
    if (i + 2 < n) f[i] -= e[i] * f[i + 2];
  }
}

double quantile(std::vector<double>& values, double share) {
  const auto at = values.begin() + static_cast<long>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Heights of the points that are good evidence; of all points where there are none.
std::vector<double> evident_heights(const std::vector<Evidence>& points) {
  std::vector<double> heights;
  for (const Evidence& point : points)
    if (point.weight > 0.5) heights.push_back(point.height);
  if (heights.empty())
    for (const Evidence& point : points) heights.push_back(point.height);
  return heights;
}

}  // namespace

Floor find_floor(const Motion& motion) {
  const int frames = motion.frames();
  std::vector<Evidence> points(frames);
  double total = 0, lowest = std::numeric_limits<double>::infinity();
  const std::vector<double> support = carried(motion);
  for (int t = 0; t < frames; ++t) {
    points[t] = lowest_point(motion, t);
    points[t].weight *= support[t];
    total += points[t].weight;
    lowest = std::min(lowest, points[t].height);
  }
  Floor floor;
  if (total < kEnoughEvidence) {  // in the air: where the user's floor is, unless the body is under it
    floor.level = std::min(-kSoleDepth, lowest);
    floor.height.assign(frames, floor.level);
    return floor;
  }
  // Asymmetric reweighting (Eilers & Boelens 2005): what is under the floor counts in full, what is well
  // above it is in the air and counts little.
  std::vector<double> heights = evident_heights(points);
  floor.level = quantile(heights, 0.2);
  const double median = quantile(heights, 0.5);
  for (double& height : heights) height = std::fabs(height - median);
  const double tolerance = std::clamp(kDeviations * quantile(heights, 0.5), kTolerance[0], kTolerance[1]);
  floor.height.assign(frames, floor.level);
  std::vector<double> w(frames), y(frames);
  const double square = kStiffness * motion.fps * (kStiffness * motion.fps), stiffness = square * square;
  for (int pass = 0; pass < kPasses; ++pass) {
    double sum = 0, weights = 0;
    for (int t = 0; t < frames; ++t) {
      const double above = points[t].height - floor.height[t];
      const double weight = above < 0 ? std::max(points[t].weight, kLeastEvidence)
                                      : points[t].weight / (1 + above * above / (tolerance * tolerance));
      sum += weight * points[t].height;
      weights += weight;
      w[t] = weight + kAnchor;
      y[t] = (weight * points[t].height + kAnchor * floor.level) / w[t];
    }
    floor.level = sum / weights;
    whittaker(w, y, stiffness, floor.height);
  }
  for (double& height : floor.height) {
    const double d = height - floor.level;
    height = floor.level + d * d * d / (d * d + kNoise * kNoise);
  }
  return floor;
}

}  // namespace selfcorrect::kinematics

#include "measure/body.h"

#include <algorithm>
#include <cmath>

namespace selfcorrect {
namespace {

using kinematics::Quat;

constexpr double kTolerance = 0.005;  // m above or below the ground that counts as touching it
constexpr int kRow = kJoints * 3;

// The points of one body, and how far from its joint they reach.
struct Cluster {
  int body = 0, begin = 0, end = 0;
  double reach = 0;
};

// In the order of the points, which has the soles first: they are the lowest in almost every frame.
int clusters_of(const Humanoid& humanoid, Cluster* clusters) {
  int count = 0;
  for (int p = 0; p < kMaxPoints; ++p) {
    const Point& point = humanoid.point[p];
    if (count == 0 || clusters[count - 1].body != point.body) clusters[count++] = {point.body, p, p, 0};
    Cluster& cluster = clusters[count - 1];
    cluster.end = p + 1;
    cluster.reach = std::max(cluster.reach, double{std::hypot(point.at[0], point.at[1], point.at[2])});
  }
  return count;
}

int label_of(int body) {
  constexpr int bodies[kLabels] = {7, 10, 8, 11};
  const int* found = std::find(bodies, bodies + kLabels, body);
  return static_cast<int>(found - bodies);
}

// Where the points that touch are; the others only as not touching.
struct Touch {
  bool on[kMaxPoints];
  double x[kMaxPoints], z[kMaxPoints];
};

// `rotation(t, body)` is the absolute rotation of a body in frame t.
template <class Rotation>
Contact measure_points(const Humanoid& humanoid, const float* joints, int frames, double ground,
                       const Rotation& rotation, uint8_t* labels) {
  Contact result;
  if (frames <= 0) return result;
  Cluster clusters[kMaxPoints];
  const int count = clusters_of(humanoid, clusters);
  if (labels) std::fill(labels, labels + static_cast<size_t>(frames) * kLabels, 0);
  Touch touches[2] = {};
  for (int t = 0; t < frames; ++t) {
    Touch& touch = touches[t & 1];
    const Touch& before = touches[(t + 1) & 1];
    std::fill(touch.on, touch.on + kMaxPoints, false);
    double low = HUGE_VAL, slip = 0;
    int slipping = 0;
    for (int c = 0; c < count; ++c) {
      const Cluster& cluster = clusters[c];
      const float* joint = joints + t * kRow + 3 * cluster.body;
      const double height = joint[1] - ground;
      // Neither the lowest of the body nor touching.
      if (height - cluster.reach > std::max(low, kTolerance)) continue;
      const int label = label_of(cluster.body);
      const Quat q = rotation(t, cluster.body);
      const double yx = 2 * (q.x * q.y + q.w * q.z), yy = 1 - 2 * (q.x * q.x + q.z * q.z),
                   yz = 2 * (q.y * q.z - q.w * q.x);
      for (int p = cluster.begin; p < cluster.end; ++p) {
        const float* at = humanoid.point[p].at;
        const double y = height + yx * at[0] + yy * at[1] + yz * at[2];
        low = std::min(low, y);
        if (y > kTolerance) continue;
        const kinematics::Vec3 arm = rotate(q, {at[0], at[1], at[2]});
        touch.on[p] = true;
        touch.x[p] = joint[0] + arm.x;
        touch.z[p] = joint[2] + arm.z;
        if (labels && label < kLabels) labels[t * kLabels + label] = 1;
        if (t == 0 || !before.on[p]) continue;
        slip += kinematics::length2d(touch.x[p] - before.x[p], touch.z[p] - before.z[p]);
        ++slipping;
      }
    }
    if (low < -kTolerance) result.penetrate -= low;
    if (low > kTolerance) result.floating += low;
    if (slipping > 0) result.skate += slip / slipping;
  }
  result.penetrate *= 1e3 / frames;
  result.floating *= 1e3 / frames;
  if (frames > 1) result.skate *= 1e3 / (frames - 1);
  return result;
}

}  // namespace

Contact measure_body(const Humanoid& body, const float* joints, const Reference& motion, uint8_t* labels) {
  const auto rotation = [&](int t, int b) {
    const float* q = &motion.rotation[4 * (static_cast<size_t>(t) * kJoints + b)];
    return Quat{q[0], q[1], q[2], q[3]};
  };
  return measure_points(body, joints, motion.frames, motion.ground, rotation, labels);
}

Contact measure_body(const Humanoid& body, const float* joints, const kinematics::Motion& motion,
                     double ground, uint8_t* labels) {
  const auto rotation = [&](int t, int b) { return motion.rotation[t][b]; };
  return measure_points(body, joints, motion.frames(), ground, rotation, labels);
}

}  // namespace selfcorrect

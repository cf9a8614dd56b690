#include "test/motions.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <numbers>

#include "math/portable.h"
#include "model/humanoid.h"

namespace selfcorrect::test {
namespace {

using Vec = std::array<double, 3>;
using Turn = std::array<Vec, 3>;  // rows of a rotation matrix

// Uniform from 0 to 1, of a key (splitmix64).
double random(uint64_t key) {
  uint64_t z = (key + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

// Pitch about x after roll about z.
Turn turn(double pitch, double roll) {
  const double cx = portable::cos(pitch), sx = portable::sin(pitch);
  const double cz = portable::cos(roll), sz = portable::sin(roll);
  return {{{cz, -sz, 0}, {cx * sz, cx * cz, -sx}, {sx * sz, sx * cz, cx}}};
}

Turn operator*(const Turn& a, const Turn& b) {
  Turn c{};
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 3; k++) c[i][j] += a[i][k] * b[k][j];
  return c;
}

// Angles of the joints in rad, relative to the parent's body.
struct Pose {
  double pitch[kBodies] = {}, roll[kBodies] = {};
  double height = 0, forward = 0;  // m, of the lowest joint and of the pelvis
};

constexpr int kHips[] = {1, 2}, kKnees[] = {4, 5}, kAnkles[] = {7, 8};

void bend_leg(Pose& pose, int side, double knee) {
  pose.pitch[kHips[side]] = -0.5 * knee;
  pose.pitch[kKnees[side]] = knee;
  pose.pitch[kAnkles[side]] = -0.5 * knee;
}

// `time` in s; `pace` in rad/s.
Pose pose_at(Kind kind, double time, double pace, double depth) {
  const double s = portable::sin(pace * time), c = portable::cos(pace * time);
  Pose pose;
  switch (kind) {
    case Kind::kSway:
      for (int side : {0, 1}) pose.roll[kHips[side]] = pose.roll[kAnkles[side]] = 0.15 * s;
      pose.roll[0] = -0.15 * s;
      break;
    case Kind::kSquat:
    case Kind::kTremble:
    case Kind::kNotFinite:
      for (int side : {0, 1}) bend_leg(pose, side, depth * (1 - c));
      break;
    case Kind::kWalk:
    case Kind::kSink:
      bend_leg(pose, 0, depth * std::max(0.0, s));
      bend_leg(pose, 1, depth * std::max(0.0, -s));
      pose.pitch[16] = 0.3 * s;
      pose.pitch[17] = -0.3 * s;
      break;
    case Kind::kWave:
      pose.roll[16] = depth * (1 - c);
      pose.pitch[18] = -0.4 * (1 - c);
      break;
    case Kind::kFall:
      pose.pitch[0] = std::min(1.3, 0.9 * depth * time * time);
      break;
    case Kind::kTumble:
      pose.pitch[0] = 9 * time;
      break;
    default:
      pose.roll[9] = 0.01 * s;
  }
  if (kind == Kind::kSink) {
    pose.height = -0.08 - 0.02 * time;
    pose.forward = 0.1 * time;
  }
  return pose;
}

void place(const Pose& pose, const Skeleton& skeleton, float* out) {
  Turn axes[kBodies];
  Vec at[kBodies];
  double lowest = 0;
  for (int b = 0; b < kBodies; b++) {
    const Turn local = turn(pose.pitch[b], pose.roll[b]);
    const int p = kParent[b];
    if (p < 0) {
      axes[b] = local;
      at[b] = {0, 0, 0};
      continue;
    }
    axes[b] = axes[p] * local;
    for (int i = 0; i < 3; i++) {
      at[b][i] = at[p][i];
      for (int k = 0; k < 3; k++) at[b][i] += axes[p][i][k] * skeleton.offset[b][k];
    }
    lowest = std::min(lowest, at[b][1]);
  }
  for (const Vec& joint : at) {
    *out++ = static_cast<float>(joint[0]);
    *out++ = static_cast<float>(joint[1] - lowest + pose.height);
    *out++ = static_cast<float>(joint[2] + pose.forward);
  }
}

}  // namespace

Kind kind_of(int number) {
  if (number % 12 == 8) return Kind::kTumble;
  if (number % 12 == 11) {
    constexpr Kind kUnusable[] = {Kind::kNotFinite, Kind::kTooShort, Kind::kEmpty};
    return kUnusable[number / 12 % 3];
  }
  constexpr Kind kUsual[] = {Kind::kStand, Kind::kSway,    Kind::kSquat, Kind::kWalk,
                             Kind::kWave,  Kind::kTremble, Kind::kSink,  Kind::kFall};
  return kUsual[number % 12 % 8];
}

Motion make_motion(int number, int frames) {
  constexpr double kFps = 20;
  const Kind kind = kind_of(number);
  const auto vary = [&](int trait) { return random(static_cast<uint64_t>(number) * 16 + trait); };
  if (kind == Kind::kEmpty) return {};
  if (kind == Kind::kTooShort)
    frames = 3;
  else if (frames == 0)
    frames = 30 + static_cast<int>(40 * vary(0));
  const double pace = 2 * std::numbers::pi * (0.3 + 0.4 * vary(1)), depth = 0.3 + 0.3 * vary(2);
  Skeleton skeleton = nominal_skeleton();
  const float stature = static_cast<float>(0.85 + 0.3 * vary(3));
  for (auto& offset : skeleton.offset)
    for (float& value : offset) value *= stature;

  Motion motion(static_cast<size_t>(frames) * kBodies * 3);
  for (int t = 0; t < frames; t++)
    place(pose_at(kind, t / kFps, pace, depth), skeleton, &motion[static_cast<size_t>(t) * kBodies * 3]);
  if (kind == Kind::kTremble)
    for (size_t i = 0; i < motion.size(); i++)
      motion[i] += static_cast<float>(0.06 * (random(static_cast<uint64_t>(number) << 32 | i) - 0.5));
  if (kind == Kind::kNotFinite) motion[motion.size() / 2] = std::numeric_limits<float>::quiet_NaN();
  return motion;
}

}  // namespace selfcorrect::test

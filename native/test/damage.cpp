#include "test/damage.h"

#include <cstdint>
#include <numbers>

#include "math/portable.h"

namespace selfcorrect::test {
namespace {

constexpr int kJoints = 22;
constexpr double kFps = 20;

// From -1 to 1, another each time.
class Noise {
 public:
  explicit Noise(int seed) : state_(static_cast<uint32_t>(seed) * 2654435761u + 1) {}
  float operator()() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<float>(state_ >> 8) * 0x1p-23f - 1;
  }

 private:
  uint32_t state_;
};

// Turns joints about the vertical through the pelvis, by rad.
void turn(float* joint, const float* pelvis, double angle) {
  const double c = portable::cos(angle), s = portable::sin(angle);
  const double x = joint[0] - pelvis[0], z = joint[2] - pelvis[2];
  joint[0] = static_cast<float>(pelvis[0] + c * x + s * z);
  joint[2] = static_cast<float>(pelvis[2] + c * z - s * x);
}

void damage_joint(Damage damage, int t, int j, float* joint, const float* pelvis, Noise& noise) {
  const double time = t / kFps;
  switch (damage) {
    case Damage::kNone:
      break;
    case Damage::kJitter:
      for (int k = 0; k < 3; k++) joint[k] += 0.015f * noise();
      break;
    case Damage::kSunk:
      joint[1] -= static_cast<float>(0.05 + 0.01 * time);
      break;
    case Damage::kGlitch:
      if ((t * 7 + j * 3) % 31 == 0)
        for (int k = 0; k < 3; k++) joint[k] += 0.3f * noise();
      break;
    case Damage::kSwell:
      for (int k = 0; k < 3; k++)
        joint[k] =
            pelvis[k] + static_cast<float>(1 + 0.08 * portable::sin(2 * time)) * (joint[k] - pelvis[k]);
      break;
    case Damage::kSlide:
      joint[0] += static_cast<float>(0.15 * time);
      joint[2] += static_cast<float>(0.2 * time);
      break;
    case Damage::kTwist:
      if (j >= 12) turn(joint, pelvis, 2.5 * portable::sin(1.5 * time));
      break;
    case Damage::kFlip:
      turn(joint, pelvis, std::numbers::pi * time);
      break;
    case Damage::kStretch:
      if (j == 4) joint[1] -= static_cast<float>(t % 2);
      break;
    case Damage::kJump:
      if (t >= 3) joint[0] += 9;
      break;
  }
}

}  // namespace

Motion damaged(Motion motion, Damage damage, int seed) {
  Noise noise(seed);
  const int frames = static_cast<int>(motion.size()) / (kJoints * 3);
  for (int t = 0; t < frames; t++) {
    float* joints = &motion[static_cast<size_t>(t) * kJoints * 3];
    const float pelvis[3] = {joints[0], joints[1], joints[2]};
    for (int j = 0; j < kJoints; j++) damage_joint(damage, t, j, joints + 3 * j, pelvis, noise);
  }
  return motion;
}

}  // namespace selfcorrect::test

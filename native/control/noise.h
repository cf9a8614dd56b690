// Seeded random deviations of the controller.
#pragma once
#include <cstdint>

#include "control/controller.h"
#include "control/sample.h"

namespace selfcorrect {
inline namespace SC_ISA {

// SplitMix64 (Steele, Lea, Flood 2014): the number after `x`.
inline uint64_t scramble(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// Nearly standard normal numbers: sums of four uniform ones, the same bits on every machine.
class Noise {
 public:
  explicit Noise(uint64_t seed) : state_(scramble(seed)) {}
  float next() {
    float sum = 0;
    for (int i = 0; i < 4; i++) {
      state_ += 0x9e3779b97f4a7c15;
      sum += static_cast<float>(scramble(state_) >> 40) * 0x1p-24f;
    }
    return (sum - 2) * 1.7320508f;
  }

 private:
  uint64_t state_;
};

// Share of the deviation that each joint gets: legs fully, what else balances a body partly, head and hands
// none.
constexpr float kShare[kBodies] = {0,   1, 1, .5f, 1, 1,   .3f, 1, 1, .3f, .3f,
                                   .3f, 0, 0, 0,   0, .7f, .7f, 0, 0, 0,   0};

inline Nudge<float> draw_nudge(const SampleTuning& t, Noise noise) {
  Nudge<float> nudge{};
  const auto draw = [&](double size) {
    const float s = static_cast<float>(size), x = noise.next(), y = noise.next(), z = noise.next();
    return Vec3<float>{x * s, y * s, z * s};
  };
  nudge.linear = draw(t.linear);
  nudge.angular = draw(t.angular);
  for (int b = 1; b < kBodies; b++) nudge.joint[b] = draw(t.joint * kShare[b]);
  return nudge;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

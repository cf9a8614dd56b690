// The assistance ladder: the caps of the residual root wrench that a motion is tried with, in order.
#pragma once
#include <vector>

#include "include/tracker.h"

namespace selfcorrect {

struct Rung {
  double force;   // body weights
  double torque;  // N m
};

// The first rung is the caller's. A training loop stops at one body weight (beyond it the residual, not the
// ground, would carry the body and the sample would teach what no body does); an animator's clip may also
// take whatever it needs.
inline std::vector<Rung> assistance_ladder(const Options& options) {
  std::vector<Rung> ladder = {{options.assist_force, options.assist_torque}};
  const auto climb = [&](double force, double torque) {
    if (force > ladder.back().force || torque > ladder.back().torque)
      ladder.push_back({force > ladder.back().force ? force : ladder.back().force,
                        torque > ladder.back().torque ? torque : ladder.back().torque});
  };
  climb(1.0, 300);
  if (options.preset == Preset::kClip) climb(1e3, 1e6);
  return ladder;
}

}  // namespace selfcorrect

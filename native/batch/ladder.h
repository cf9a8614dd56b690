// The assistance ladder: what a motion is tried with, in order.
#pragma once
#include <vector>

#include "include/tracker.h"

namespace selfcorrect {

// Caps of the residual root wrench, and how the motion is tracked within them.
struct Stage {
  int rung;       // of the caps, from 0
  double force;   // body weights
  double torque;  // N m
  bool sampled;
};

// The first rung is the caller's. A training loop stops at one body weight (beyond it the residual, not the
// ground, would carry the body and the sample would teach what no body does); an animator's clip may also
// take whatever it needs. Within the caps of a rung one simulation is tried first, then sampling if wanted.
inline std::vector<Stage> assistance_ladder(const Options& options) {
  std::vector<Stage> ladder;
  const auto climb = [&](double force, double torque) {
    int rung = 0;
    if (!ladder.empty()) {
      const Stage& last = ladder.back();
      if (force <= last.force && torque <= last.torque) return;
      force = force > last.force ? force : last.force;
      torque = torque > last.torque ? torque : last.torque;
      rung = last.rung + 1;
    }
    ladder.push_back({rung, force, torque, false});
    if (options.sampling.samples > 0) ladder.push_back({rung, force, torque, true});
  };
  climb(options.assist_force, options.assist_torque);
  climb(1.0, 300);
  if (options.preset == Preset::kClip) climb(1e3, 1e6);
  return ladder;
}

}  // namespace selfcorrect

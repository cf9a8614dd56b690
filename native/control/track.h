// Tracks references side by side with a simulated humanoid, one motion per SIMD lane.
#pragma once
#include <atomic>

#include "reference/reference.h"

namespace selfcorrect {

struct TrackOptions {
  double rate = 240;                          // physics steps per second
  double force_cap = 0.5;                     // residual root force, body weights
  double torque_cap = 300;                    // residual root torque, N m
  const std::atomic<bool>* cancel = nullptr;  // once true, tracking ends early; the results mean nothing then
};

// What a tracked motion comes to.
struct TrackTotals {
  bool ok =
      false;  // never further than 0.2 m (root-relative mean) or 0.5 m (mean) from the reference, all finite
  int frames = 0;            // frames tracked before the first failure (all of them when ok)
  double residual_mean = 0;  // body weights
  double residual_max = 0;
  double torque_mean = 0;  // N m
  double torque_max = 0;
  double support = 0;     // mean vertical residual over weight
  double saturation = 0;  // share of joints and steps with a torque at the limit
  double effort = 0;      // largest torque over its limit
};

struct TrackResult : TrackTotals {
  Reference motion;  // the simulated motion in the form of the reference: root and rotations of every frame
  std::vector<uint8_t> labels;  // [frames][kLabels], see Batch
};

// All at once on this thread.
void track(const Reference* const* references, int count, const TrackOptions& options, TrackResult* results);

}  // namespace selfcorrect

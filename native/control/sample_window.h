// The kernel of track_sampled(): the samples of one window, one per lane.
#pragma once
#include "control/sample.h"
#include "control/spline.h"

namespace selfcorrect {

// A simulation at the end of a window. `carried` and `nudge` are Carried and Nudge, in floats.
struct Sample {
  std::vector<float> carried, nudge;
  int parent = 0;    // among those kept of the window before
  double cost = 0;   // infinite when it lost its target
  Reference motion;  // root and rotations of the window; its first frame is the one that it starts from
  std::vector<uint8_t> labels;
};

struct WindowJob {
  const TrackOptions& options;
  const Tuning& tuning;
  const SampleTuning& search;
  const Reference& reference;
  const Humanoid& body;
  const Spline& spline;
  int begin, end, horizon;  // frames: simulated with deviations, then without, where that leads
  const Sample* parents;
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// samples: [count], children of job.parents, with their nudge and with room for what they carry, their motion
// and labels; the kernel writes these and the cost.
void sample_window(const WindowJob& job, Sample* samples, int count);

}  // namespace SC_ISA
}  // namespace selfcorrect

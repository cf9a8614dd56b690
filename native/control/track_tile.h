// The kernel of track(): motions side by side, one per lane.
#pragma once
#include "control/spline.h"
#include "control/track.h"
#include "control/tuning.h"

namespace selfcorrect {

// What is tracked: `count` motions of one frame rate, at most as many as there are lanes.
struct TrackJob {
  const TrackOptions& options;
  const Tuning& tuning;
  double fps;
  int count;
  const Humanoid* bodies;  // [count]
  const Spline* splines;   // [count]
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// results: [job.count], each as long as its spline (frames, motion, labels) and ok; the kernel writes into
// them. Missing lanes repeat the first motion.
void track_tile(const TrackJob& job, TrackResult* results);

}  // namespace SC_ISA
}  // namespace selfcorrect

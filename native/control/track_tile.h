// The kernel of tracking: motions side by side, one per lane, each at a frame of its own.
#pragma once
#include <vector>

#include "control/spline.h"
#include "control/track.h"
#include "control/tuning.h"

namespace selfcorrect {

// A motion that is being tracked.
struct Runner {
  Humanoid body;
  Spline spline;
  double force_cap = 0, torque_cap = 0;  // of the residual: body weights, N m
  TrackResult result;          // as long as the spline (frames, motion, labels), `ok` until it is lost
  int frame = 0;               // the last one recorded
  std::vector<float> carried;  // what its simulation carries on, where it was paused; empty at the start
};

// Puts a motion at its start; of the options, the caps are its own.
void begin_tracking(const Reference& reference, const TrackOptions& options, const Tuning& tuning,
                    Runner& runner);

// Whom a tile asks between two frames, on its own thread.
class Feed {
 public:
  virtual ~Feed() = default;
  // A motion for a free lane, or null. After null the tile does not ask again.
  virtual Runner* next() = 0;
  // A motion was tracked to its end, or lost.
  virtual void done(Runner& runner) = 0;
  // How many of `live` motions to pause now, 0 to `live`, and their taking back.
  virtual int spare(int live) = 0;
  virtual void paused(Runner& runner) = 0;
};

// Motions of one frame rate, under caps of their own.
struct TrackJob {
  const TrackOptions& options;  // but for the caps
  const Tuning& tuning;
  double fps;  // of all motions
  int limit;   // of motions side by side
  Feed& feed;
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// Tracks what the feed gives until it gives no more, its motions are done or paused, or the work is
// cancelled.
void track_tile(const TrackJob& job);

}  // namespace SC_ISA
}  // namespace selfcorrect

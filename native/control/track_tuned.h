// track() with its constants open, and in double precision: for tests and experiments.
#pragma once
#include "control/track.h"
#include "control/tuning.h"

namespace selfcorrect {

void track_tuned(const Reference* const* references, int count, const TrackOptions& options,
                 const Tuning& tuning, TrackResult* results);

// The same template with F = double, one motion.
void track_exact(const Reference& reference, const TrackOptions& options, const Tuning& tuning,
                 TrackResult& result);

}  // namespace selfcorrect

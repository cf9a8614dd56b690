// Tracking by sampling, for motions that one simulation loses (Liu, Yin, van de Panne, Shao, Xu 2010,
// "Sampling-based contact-rich motion control"; Liu, Yin, Guo 2015): many deviating copies of one motion, one
// per SIMD lane, window by window; those that keep the body balanced go on.
//
// Two things differ from those papers. A window is judged by where it leads: every sample is simulated for
// another `lookahead` without deviations, and balance is judged by the capture point (divergent component of
// motion, Hof 2008) over the standing feet. And what deviates is the input of a whole-body controller, not of
// joint servos alone.
#pragma once
#include "control/track.h"
#include "control/tuning.h"
#include "include/tracker.h"

namespace selfcorrect {

// Constants of the search, found on the training split of real clips without any residual (success, then
// error).
struct SampleTuning {
  // Standard deviations: of a joint's target in rad, times the joint's share, and of the pelvis' wanted
  // acceleration in m/s^2 and rad/s^2. At 0.1 rad a third fewer dances stay up than at 0.3, which in turn
  // moves the joints 10 mm more.
  double joint = 0.3, linear = 1.5, angular = 3;
  // Cost of a sample: mean joint distance (m, relative to the pelvis), capture point over the feet (m),
  // pelvis' orientation (rad) and angular velocity (rad/s), mean joint distance in the world (m), height of
  // the centre of mass (m), velocity of the pelvis (m/s). None of these weights matters much within a factor
  // of two.
  double pose = 1, balance = 1, upright = 0.3, spin = 0.02, world = 0.2, height = 1, velocity = 0.05;
};

// One motion. The result is the best sample's, its sums those of that sample's whole past.
void track_sampled(const Reference& reference, const TrackOptions& options, const Sampling& sampling,
                   TrackResult& result, const Tuning& tuning = {}, const SampleTuning& search = {});

}  // namespace selfcorrect

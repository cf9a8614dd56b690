// Timed physics steps of motions side by side, one per lane, for benches.
#pragma once
#include "control/spline.h"
#include "math/lanes.h"
#include "model/humanoid.h"

namespace selfcorrect {

struct StepProbe {
  double rate;          // steps per second
  int settle;           // frames before the clock starts
  const double* gains;  // [22][2] kp, kd of the engine alone; null: the whole-body controller with its own
};

// `count` motions of one length and frame rate, at most as many as there are lanes.
struct StepJob {
  const StepProbe& probe;
  double fps;
  int count;
  const Humanoid* bodies;  // [count]
  const Spline* splines;   // [count]
};

struct StepTiming {
  long steps = 0;      // of single motions, timed
  double seconds = 0;  // processor time of this thread
  double height = 0;   // of the pelvis, the lowest at a timed frame, m
  double error = 0;    // joints to their targets, root mean square over the timed frames, rad
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

StepTiming time_tile(const StepJob& job);

}  // namespace SC_ISA
}  // namespace selfcorrect

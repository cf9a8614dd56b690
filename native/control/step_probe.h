// Times physics steps, for benches.
#pragma once
#include "math/counted.h"
#include "reference/reference.h"

namespace selfcorrect {

struct StepProbe {
  double rate;          // steps per second
  int settle;           // frames before the clock starts
  const double* gains;  // [22][2] kp, kd of the engine alone; null: the whole-body controller with its own
};

struct StepTiming {
  long steps = 0;      // of single motions, timed
  double seconds = 0;  // processor time of this thread
  double height = 0;   // of the pelvis, the lowest at a timed frame, m
  double error = 0;    // joints to their targets, root mean square over the timed frames, rad
};

// Simulates the references, all of one length and frame rate, as many side by side as there are lanes. The
// engine alone is the reference's spline, kinematics, stable PD on the joints, ground contact, forward
// dynamics with end stops, and integration.
StepTiming time_steps(const Reference* references, int count, const StepProbe& probe);

// The operations of the timed steps of one reference, per step.
Operations count_operations(const Reference& reference, const StepProbe& probe);

}  // namespace selfcorrect

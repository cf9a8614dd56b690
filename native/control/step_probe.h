// Times physics steps, for benches.
#pragma once
#include "control/step_kernel.h"
#include "math/counted.h"
#include "reference/reference.h"

namespace selfcorrect {

struct Kernels;

// Simulates the references, all of one length and frame rate, as many side by side as there are lanes. The
// engine alone is the reference's spline, kinematics, stable PD on the joints, ground contact, forward
// dynamics with end stops, and integration.
StepTiming time_steps(const Kernels& kernels, const Reference* references, int count, const StepProbe& probe);

// The operations of the timed steps of one reference, per step.
Operations count_operations(const Reference& reference, const StepProbe& probe);

}  // namespace selfcorrect

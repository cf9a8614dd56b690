// The kernels over lanes, compiled once for each instruction set, and the choice among the compiled ones.
//
// What is compiled per set (control/track_tile.cpp, control/sample_window.cpp, the stages of reference/ and
// measure/, the dynamics' probes) works on plain arrays and keeps to its own namespace (math/lanes.h): it
// neither grows containers nor calls inline functions of the rest, because the linker keeps one copy of
// those, and that of AVX-512 would stop an older processor. Everything else is compiled for the oldest
// processor of the architecture.
#pragma once
#include <string>
#include <vector>

#include "control/sample_window.h"
#include "control/spline_fit.h"
#include "control/step_kernel.h"
#include "control/track_tile.h"
#include "dynamics/probe.h"
#include "dynamics/probe_limp.h"
#include "dynamics/probe_simulate.h"
#include "measure/stages.h"
#include "reference/stages.h"

namespace selfcorrect {

struct Kernels {
  const char* isa;
  int lanes;  // motions side by side
  decltype(&track_tile) track;
  decltype(&sample_window) sample;
  decltype(&time_tile) time;
  decltype(&probe_forward) forward;
  decltype(&probe_inverse) inverse;
  decltype(&probe_kinematics) kinematics;
  decltype(&probe_simulate) simulate;
  decltype(&probe_limp) limp;
  decltype(&bend_spline) spline;
  decltype(&pose_motion) pose;
  decltype(&clean_motion) clean;
  decltype(&pose_result) joints;
  decltype(&selfcorrect::measure_joints) measure_joints;
  decltype(&selfcorrect::measure_posed) measure_posed;
  decltype(&selfcorrect::measure_result) measure_result;
};

// The widest of this processor, or the one that the environment variable SELFCORRECT_ISA names. The choice is
// made once. Throws std::runtime_error for a name that is unknown or not of this processor.
const Kernels& kernels();

// The set of this name. Throws std::runtime_error for one that is unknown or not of this processor.
const Kernels& kernels_of(const std::string& isa);

// Those that track `count` motions soonest: of the sets up to the one above, the narrowest that holds them
// all. A few motions leave most lanes of a wide tile empty; a narrower one steps in half of the time and
// gives the same bytes. One lane steps no sooner than four.
const Kernels& kernels(int count);

// Those that this processor can run, widest first.
std::vector<std::string> available_isas();

// One motion at a time in double precision: the reference of the tests.
const Kernels& exact_kernels();

}  // namespace selfcorrect

#include "control/step_kernel.h"

#include "control/step_run.h"

namespace selfcorrect {
inline namespace SC_ISA {

StepTiming time_tile(const StepJob& job) {
  return run_steps<Lanes>(job, [] {});
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "control/step_probe.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "control/step_run.h"
#include "isa/kernels.h"

namespace selfcorrect {

namespace {

// Runs `references` as one job.
template <class Run>
StepTiming with_job(const Reference* references, int count, const StepProbe& probe, Run run) {
  std::vector<Humanoid> bodies;
  std::vector<Spline> splines;
  for (int i = 0; i < count; i++) {
    bodies.push_back(make_humanoid(references[i].skeleton));
    splines.push_back(fit_spline(references[i], Tuning{}.smoothing));
  }
  return run(StepJob{probe, references[0].fps, count, bodies.data(), splines.data()});
}

}  // namespace

StepTiming time_steps(const Kernels& chosen, const Reference* references, int count, const StepProbe& probe) {
  StepTiming sum;
  sum.height = HUGE_VAL;
  for (int first = 0; first < count; first += chosen.lanes) {
    const StepTiming one =
        with_job(references + first, std::min(chosen.lanes, count - first), probe, chosen.time);
    sum.steps += one.steps;
    sum.seconds += one.seconds;
    sum.height = std::fmin(sum.height, one.height);
    sum.error = std::fmax(sum.error, one.error);
  }
  return sum;
}

Operations count_operations(const Reference& reference, const StepProbe& probe) {
  const StepTiming timing = with_job(
      &reference, 1, probe, [](const StepJob& job) { return run_steps<Counted>(job, [] { counted = {}; }); });
  const long n = std::max(1L, timing.steps);
  return {counted.add / n, counted.multiply / n, counted.divide / n, counted.root / n};
}

}  // namespace selfcorrect

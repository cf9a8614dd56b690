// The torques that the implicit PD gives, seen from outside: for tests.
#pragma once

namespace selfcorrect {

// One step of 1 / `rate` s of the nominal humanoid without ground from `state` (dynamics/probe.h) with the
// torques asked for [22][3]. Out: the accelerations (kProbeResult numbers) and torque_ratio [22].
void probe_torque(const double* state, const double* asked, double rate, double* accelerations,
                  double* ratios);

}  // namespace selfcorrect

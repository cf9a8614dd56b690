// The dynamics kernels as functions of the addon, for tests: see dynamics/probe.h and probe_simulate.h.
#pragma once
#include <napi.h>

namespace selfcorrect::binding {

// Adds probeModel(), probePoints(), probeForward(states, loads, lanes), probeInverse(states, wanted, lanes),
// probeKinematics(states, lanes) and probeSimulate(scene) to the exports.
void register_dynamics_probe(Napi::Env env, Napi::Object exports);

}  // namespace selfcorrect::binding

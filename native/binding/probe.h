// The dynamics kernels as functions of the addon, for tests: see dynamics/probe.h.
#pragma once
#include <napi.h>

namespace selfcorrect::binding {

// Adds probeModel() and probeForward(states, loads, lanes), probeInverse(states, wanted) to the exports.
void register_probe(Napi::Env env, Napi::Object exports);

}  // namespace selfcorrect::binding

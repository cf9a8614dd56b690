// The dynamics kernels and the tracker as functions of the addon, for tests: see dynamics/probe.h.
#pragma once
#include <napi.h>

namespace selfcorrect::binding {

// Adds probeModel(), probeForward(states, loads, lanes), probeInverse(states, wanted) and
// probeTrack(references, options) to the exports.
void register_probe(Napi::Env env, Napi::Object exports);

}  // namespace selfcorrect::binding

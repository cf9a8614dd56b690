// The tracker as a function of the addon, for tests.
#pragma once
#include <napi.h>

namespace selfcorrect::binding {

// Adds probeTrack(references, options) to the exports.
void register_probe(Napi::Env env, Napi::Object exports);

}  // namespace selfcorrect::binding

// The reference builder and the measures as functions of the addon, for tests.
#pragma once
#include <napi.h>

namespace selfcorrect::binding {

// Adds buildReference(joints, fps, preset) and measure(joints, fps) to the exports; joints is a Float32Array
// [frames][22][3], preset 'clip' or 'loop'.
void register_reference_probe(Napi::Env env, Napi::Object exports);

}  // namespace selfcorrect::binding

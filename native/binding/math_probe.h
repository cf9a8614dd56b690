// The elementary functions as a function of the addon, for tests: see math/portable.h.
#pragma once
#include <napi.h>

namespace selfcorrect::binding {

// Adds probeMath(name, a, b) to the exports.
void register_math_probe(Napi::Env env, Napi::Object exports);

}  // namespace selfcorrect::binding

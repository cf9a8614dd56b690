// Probes of the joint limits, for tests.
#pragma once
#include <napi.h>

namespace selfcorrect::binding {

void register_limit_probe(Napi::Env env, Napi::Object exports);

}  // namespace selfcorrect::binding

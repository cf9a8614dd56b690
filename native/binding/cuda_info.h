// What the addon says of CUDA on this machine.
#pragma once
#include <napi.h>

namespace selfcorrect::binding {

// cuda() -> { available: false, reason } or { available: true, name, driver, runtime, memoryTotal,
// memoryFree, multiprocessors, capability }: versions and the compute capability as '12.4', memory in bytes.
// The first call starts the GPU, where there is one.
Napi::Value cuda_info(const Napi::CallbackInfo& info);

}  // namespace selfcorrect::binding

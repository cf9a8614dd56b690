// The addon: the only place that sees N-API.
#include <napi.h>

#include <thread>

#include "binding/cuda_info.h"
#include "binding/dynamics_probe.h"
#include "binding/job.h"
#include "binding/limit_probe.h"
#include "binding/math_probe.h"
#include "binding/probe.h"
#include "binding/reference_probe.h"
#include "isa/kernels.h"

namespace {

using namespace selfcorrect;

// info() -> what was built and what it runs on. Throws where no kernels can be chosen.
Napi::Value info(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  auto result = Napi::Object::New(env);
  result["isa"] = Napi::String::New(env, kernels().isa);
  auto isas = Napi::Array::New(env);
  for (const std::string& isa : available_isas()) isas.Set(isas.Length(), Napi::String::New(env, isa));
  result["isas"] = isas;
  result["lanes"] = Napi::Number::New(env, kernels().lanes);
  result["threads"] = Napi::Number::New(env, std::thread::hardware_concurrency());
  result["compiler"] = Napi::String::New(env, __VERSION__);
  return result;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new binding::Jobs);
  exports["info"] = Napi::Function::New(env, info);
  exports["reportColumns"] = binding::report_columns(env);
  exports["cuda"] = Napi::Function::New(env, binding::cuda_info);
  exports["correctBatch"] = Napi::Function::New(env, binding::start_job);
  binding::register_probe(env, exports);
  binding::register_dynamics_probe(env, exports);
  binding::register_reference_probe(env, exports);
  binding::register_limit_probe(env, exports);
  binding::register_math_probe(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(selfcorrect, init)

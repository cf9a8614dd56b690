#include "binding/cuda_info.h"

#include <string>

#include "cuda/run.h"

namespace selfcorrect::binding {

namespace {

// CUDA's versions: 1000 major + 10 minor.
std::string version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

}  // namespace

Napi::Value cuda_info(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  const auto text = [&](const char* name, const std::string& value) {
    result[name] = Napi::String::New(env, value);
  };
  const auto number = [&](const char* name, double value) { result[name] = Napi::Number::New(env, value); };
  std::string reason = gpu::why_not();
  gpu::Properties found;
  if (reason.empty()) try {
      found = gpu::properties_of(gpu::device());
    } catch (const std::exception& failure) {
      reason = failure.what();
    }
  result["available"] = Napi::Boolean::New(env, reason.empty());
  if (!reason.empty()) {
    text("reason", reason);
    return result;
  }
  text("name", found.name);
  text("driver", version(found.driver));
  text("runtime", version(found.runtime));
  number("memoryTotal", static_cast<double>(found.memory_total));
  number("memoryFree", static_cast<double>(found.memory_free));
  number("multiprocessors", found.multiprocessors);
  text("capability", std::to_string(found.capability_major) + "." + std::to_string(found.capability_minor));
  return result;
}

}  // namespace selfcorrect::binding

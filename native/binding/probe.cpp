#include "binding/probe.h"

#include <string>

#include "dynamics/probe.h"

namespace selfcorrect::binding {

namespace {

using namespace selfcorrect;

// A Float64Array of whole rows, or a TypeError.
Napi::Float64Array rows(const Napi::CallbackInfo& call, size_t index, const char* name, size_t width) {
  if (call.Length() > index && call[index].IsTypedArray() &&
      call[index].As<Napi::TypedArray>().TypedArrayType() == napi_float64_array) {
    auto array = call[index].As<Napi::Float64Array>();
    if (array.ElementLength() % width == 0) return array;
  }
  throw Napi::TypeError::New(call.Env(), std::string("Expected a Float64Array of a multiple of ") +
                                             std::to_string(width) + " numbers for " + name +
                                             " but received something else.");
}

size_t count_of(const Napi::CallbackInfo& call, const Napi::Float64Array& states,
                const Napi::Float64Array& other, size_t width) {
  const size_t count = states.ElementLength() / kProbeState;
  if (other.ElementLength() / width != count)
    throw Napi::RangeError::New(call.Env(), "Expected as many rows as states but received another number.");
  return count;
}

// probeModel() -> Float64Array [22][14]
Napi::Value model(const Napi::CallbackInfo& call) {
  auto table = Napi::Float64Array::New(call.Env(), static_cast<size_t>(22) * kProbeRow);
  probe_model(table.Data());
  return table;
}

// probeForward(states [n][160], loads [n][72], lanes) -> Float64Array [n][69]
Napi::Value forward(const Napi::CallbackInfo& call) {
  const auto states = rows(call, 0, "states", kProbeState), loads = rows(call, 1, "loads", kProbeLoad);
  const size_t count = count_of(call, states, loads, kProbeLoad);
  const bool lanes = call.Length() > 2 && call[2].ToBoolean().Value();
  auto results = Napi::Float64Array::New(call.Env(), count * kProbeResult);
  (lanes ? probe_forward_lanes : probe_forward)(states.Data(), loads.Data(), static_cast<int>(count),
                                                results.Data());
  return results;
}

// probeInverse(states [n][160], wanted [n][69]) -> Float64Array [n][72]
Napi::Value inverse(const Napi::CallbackInfo& call) {
  const auto states = rows(call, 0, "states", kProbeState), wanted = rows(call, 1, "wanted", kProbeResult);
  const size_t count = count_of(call, states, wanted, kProbeResult);
  auto loads = Napi::Float64Array::New(call.Env(), count * kProbeLoad);
  probe_inverse(states.Data(), wanted.Data(), static_cast<int>(count), loads.Data());
  return loads;
}

}  // namespace

void register_probe(Napi::Env env, Napi::Object exports) {
  exports["probeModel"] = Napi::Function::New(env, model);
  exports["probeForward"] = Napi::Function::New(env, forward);
  exports["probeInverse"] = Napi::Function::New(env, inverse);
}

}  // namespace selfcorrect::binding

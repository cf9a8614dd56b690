#include "binding/limit_probe.h"

#include <string>

#include "control/torque_probe.h"
#include "dynamics/limit_probe.h"
#include "isa/kernels.h"
#include "model/humanoid.h"

namespace selfcorrect::binding {

namespace {

// A Float64Array of whole rows, or a TypeError.
Napi::Float64Array rows(const Napi::CallbackInfo& call, const char* name, size_t width, size_t index = 0) {
  if (call.Length() > index && call[index].IsTypedArray() &&
      call[index].As<Napi::TypedArray>().TypedArrayType() == napi_float64_array) {
    auto array = call[index].As<Napi::Float64Array>();
    if (array.ElementLength() > 0 && array.ElementLength() % width == 0) return array;
  }
  throw Napi::TypeError::New(call.Env(), std::string("Expected a Float64Array of a multiple of ") +
                                             std::to_string(width) + " numbers for " + name +
                                             " but received something else.");
}

// probeLimits() -> Float64Array [22][9]
Napi::Value limits(const Napi::CallbackInfo& call) {
  auto table = Napi::Float64Array::New(call.Env(), static_cast<size_t>(kBodies) * kLimitRow);
  probe_limits(table.Data());
  return table;
}

// probeExcess(rotations [n][22][4]) -> Float64Array [n][22], rad
Napi::Value excess(const Napi::CallbackInfo& call) {
  const auto rotations = rows(call, "rotations", kBodies * 4);
  const size_t count = rotations.ElementLength() / (kBodies * 4);
  auto out = Napi::Float64Array::New(call.Env(), count * kBodies);
  probe_excess(rotations.Data(), static_cast<int>(count), out.Data());
  return out;
}

// probeLimp(state [160], steps, rate, stops, lanes) -> { states: [steps][160], turning: [steps][22][3],
// energies: [steps][2] }
Napi::Value limp(const Napi::CallbackInfo& call) {
  const auto state = rows(call, "state", kProbeState);
  const int steps = call[1].As<Napi::Number>().Int32Value();
  auto states = Napi::Float64Array::New(call.Env(), static_cast<size_t>(steps) * kProbeState);
  auto turning = Napi::Float64Array::New(call.Env(), static_cast<size_t>(steps) * kBodies * 3);
  auto energies = Napi::Float64Array::New(call.Env(), static_cast<size_t>(steps) * 2);
  const Kernels& chosen = call[4].ToBoolean() ? kernels() : exact_kernels();
  chosen.limp(state.Data(), steps, call[2].As<Napi::Number>().DoubleValue(), call[3].ToBoolean().Value(),
              states.Data(), turning.Data(), energies.Data());
  auto out = Napi::Object::New(call.Env());
  out["states"] = states;
  out["turning"] = turning;
  out["energies"] = energies;
  return out;
}

// probeBody(skeleton [22][3]) -> Float64Array [22 * 7 + 1]
Napi::Value body(const Napi::CallbackInfo& call) {
  const auto skeleton = rows(call, "skeleton", kBodies * 3);
  auto out = Napi::Float64Array::New(call.Env(), static_cast<size_t>(kBodies) * kBodyRow + 1);
  probe_body(skeleton.Data(), out.Data());
  return out;
}

// probeTorque(state [160], asked [22][3], rate) -> { accelerations: [69], ratios: [22] }
Napi::Value torque(const Napi::CallbackInfo& call) {
  const auto state = rows(call, "state", kProbeState), asked = rows(call, "asked", kBodies * 3, 1);
  auto accelerations = Napi::Float64Array::New(call.Env(), kProbeResult);
  auto ratios = Napi::Float64Array::New(call.Env(), kBodies);
  probe_torque(state.Data(), asked.Data(), call[2].As<Napi::Number>().DoubleValue(), accelerations.Data(),
               ratios.Data());
  auto out = Napi::Object::New(call.Env());
  out["accelerations"] = accelerations;
  out["ratios"] = ratios;
  return out;
}

}  // namespace

void register_limit_probe(Napi::Env env, Napi::Object exports) {
  exports["probeLimits"] = Napi::Function::New(env, limits);
  exports["probeExcess"] = Napi::Function::New(env, excess);
  exports["probeBody"] = Napi::Function::New(env, body);
  exports["probeTorque"] = Napi::Function::New(env, torque);
  exports["probeLimp"] = Napi::Function::New(env, limp);
}

}  // namespace selfcorrect::binding

#include "binding/dynamics_probe.h"

#include <string>

#include "isa/kernels.h"

namespace selfcorrect::binding {

namespace {

using namespace selfcorrect;

constexpr size_t kTree = 22;  // bodies

// A Float64Array of whole rows, or a TypeError.
Napi::Float64Array rows(const Napi::Value& value, const char* name, size_t width) {
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float64_array) {
    auto array = value.As<Napi::Float64Array>();
    if (array.ElementLength() > 0 && array.ElementLength() % width == 0) return array;
  }
  throw Napi::TypeError::New(value.Env(), std::string("Expected a Float64Array of a multiple of ") +
                                              std::to_string(width) + " numbers for " + name +
                                              " but received something else.");
}

Napi::Float64Array row(const Napi::Object& from, const char* name, size_t length) {
  auto array = rows(from.Get(name), name, length);
  if (array.ElementLength() == length) return array;
  throw Napi::RangeError::New(from.Env(), std::string("Expected ") + std::to_string(length) +
                                              " numbers for " + name + " but received " +
                                              std::to_string(array.ElementLength()) + ".");
}

size_t count_of(const Napi::Float64Array& states, const Napi::Float64Array& other, size_t width) {
  const size_t count = states.ElementLength() / kProbeState;
  if (other.ElementLength() / width != count)
    throw Napi::RangeError::New(states.Env(), "Expected as many rows as states but received another number.");
  return count;
}

const Kernels& kernels_of(const Napi::Value& lanes) {
  return lanes.ToBoolean() ? kernels() : exact_kernels();
}

// probeModel() -> Float64Array [22][14]
Napi::Value model(const Napi::CallbackInfo& call) {
  auto table = Napi::Float64Array::New(call.Env(), kTree * kProbeRow);
  probe_model(table.Data());
  return table;
}

// probePoints() -> Float64Array [28][4]
Napi::Value points(const Napi::CallbackInfo& call) {
  auto table = Napi::Float64Array::New(call.Env(), static_cast<size_t>(kProbePoints) * kProbePoint);
  probe_points(table.Data());
  return table;
}

// probeForward(states [n][160], loads [n][72], lanes) -> Float64Array [n][69]
Napi::Value forward(const Napi::CallbackInfo& call) {
  const auto states = rows(call[0], "states", kProbeState), loads = rows(call[1], "loads", kProbeLoad);
  const size_t count = count_of(states, loads, kProbeLoad);
  auto results = Napi::Float64Array::New(call.Env(), count * kProbeResult);
  kernels_of(call[2]).forward(states.Data(), loads.Data(), static_cast<int>(count), results.Data());
  return results;
}

// probeInverse(states [n][160], wanted [n][69], lanes) -> Float64Array [n][72]
Napi::Value inverse(const Napi::CallbackInfo& call) {
  const auto states = rows(call[0], "states", kProbeState), wanted = rows(call[1], "wanted", kProbeResult);
  const size_t count = count_of(states, wanted, kProbeResult);
  auto loads = Napi::Float64Array::New(call.Env(), count * kProbeLoad);
  kernels_of(call[2]).inverse(states.Data(), wanted.Data(), static_cast<int>(count), loads.Data());
  return loads;
}

// probeKinematics(states [n][160], lanes) -> Float64Array [n][22][15]
Napi::Value kinematics(const Napi::CallbackInfo& call) {
  const auto states = rows(call[0], "states", kProbeState);
  const size_t count = states.ElementLength() / kProbeState;
  auto places = Napi::Float64Array::New(call.Env(), count * kTree * kProbePlace);
  kernels_of(call[1]).kinematics(states.Data(), static_cast<int>(count), places.Data());
  return places;
}

double positive(const Napi::Object& from, const char* name) {
  const Napi::Value value = from.Get(name);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
  if (number > 0) return number;
  throw Napi::RangeError::New(
      from.Env(), std::string("Expected a positive number for ") + name + " but received something else.");
}

// probeSimulate({ state [160], bodies [22][10], points [28][3], joints [22][3], ground? [5], load [6], step,
// steps, every, lanes? }) -> Float64Array [steps / every + 1][244]
Napi::Value simulate(const Napi::CallbackInfo& call) {
  const auto given = call[0].As<Napi::Object>();
  const auto state = row(given, "state", kProbeState), bodies = row(given, "bodies", kTree * kSceneBody),
             points = row(given, "points", static_cast<size_t>(kProbePoints) * 3),
             joints = row(given, "joints", kTree * kSceneJoint), load = row(given, "load", 6);
  ProbeScene scene{bodies.Data(), points.Data(), joints.Data(), nullptr, load.Data(), 0, 0, 0};
  const bool grounded = given.Get("ground").IsTypedArray();
  const auto ground = grounded ? row(given, "ground", kSceneGround) : load;
  if (grounded) scene.ground = ground.Data();
  scene.step = positive(given, "step");
  scene.steps = static_cast<int>(positive(given, "steps"));
  scene.every = static_cast<int>(positive(given, "every"));
  const size_t count = static_cast<size_t>(scene.steps / scene.every) + 1;
  auto path = Napi::Float64Array::New(call.Env(), count * kSceneRow);
  kernels_of(given.Get("lanes")).simulate(scene, state.Data(), path.Data());
  return path;
}

}  // namespace

void register_dynamics_probe(Napi::Env env, Napi::Object exports) {
  exports["probeModel"] = Napi::Function::New(env, model);
  exports["probePoints"] = Napi::Function::New(env, points);
  exports["probeForward"] = Napi::Function::New(env, forward);
  exports["probeInverse"] = Napi::Function::New(env, inverse);
  exports["probeKinematics"] = Napi::Function::New(env, kinematics);
  exports["probeSimulate"] = Napi::Function::New(env, simulate);
}

}  // namespace selfcorrect::binding

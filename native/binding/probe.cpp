#include "binding/probe.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "control/step_probe.h"
#include "control/track_tuned.h"
#include "isa/kernels.h"
#include "model/humanoid.h"

namespace selfcorrect::binding {

namespace {

using namespace selfcorrect;

Napi::Float32Array floats(const Napi::Object& from, const char* name, size_t length) {
  const Napi::Value value = from.Get(name);
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array) {
    auto array = value.As<Napi::Float32Array>();
    if (length == 0 || array.ElementLength() == length) return array;
  }
  throw Napi::TypeError::New(from.Env(), std::string("Expected a Float32Array of the right length for ") +
                                             name + " but received something else.");
}

double number(const Napi::Object& from, const char* name, double otherwise) {
  const Napi::Value value = from.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : otherwise;
}

Reference read_reference(const Napi::Object& from) {
  Reference r;
  const auto root = floats(from, "root", 0);
  r.frames = static_cast<int>(root.ElementLength() / 3);
  const auto rotation = floats(from, "rotation", static_cast<size_t>(r.frames) * kBodies * 4);
  r.fps = number(from, "fps", 20);
  r.root.assign(root.Data(), root.Data() + root.ElementLength());
  r.rotation.assign(rotation.Data(), rotation.Data() + rotation.ElementLength());
  r.contact.assign(static_cast<size_t>(r.frames) * 2, 0);
  r.skeleton = nominal_skeleton();
  if (from.Has("skeleton")) {
    const auto offset = floats(from, "skeleton", kBodies * 3);
    for (int b = 0; b < kBodies; b++)
      for (int k = 0; k < 3; k++) r.skeleton.offset[b][k] = offset.Data()[b * 3 + k];
  }
  return r;
}

Napi::Object write_result(Napi::Env env, const TrackResult& r) {
  auto out = Napi::Object::New(env);
  out["ok"] = Napi::Boolean::New(env, r.ok);
  out["frames"] = Napi::Number::New(env, r.frames);
  out["residualMean"] = Napi::Number::New(env, r.residual_mean);
  out["residualMax"] = Napi::Number::New(env, r.residual_max);
  out["torqueMean"] = Napi::Number::New(env, r.torque_mean);
  out["support"] = Napi::Number::New(env, r.support);
  for (const auto& [name, values] :
       {std::pair{"root", &r.motion.root}, std::pair{"rotation", &r.motion.rotation}}) {
    auto array = Napi::Float32Array::New(env, values->size());
    std::copy(values->begin(), values->end(), array.Data());
    out[name] = array;
  }
  return out;
}

// probeTrack([{ root [T][3], rotation [T][22][4], fps?, skeleton? [22][3] }], { rate?, force?, torque?,
// exact? })
//   -> [{ ok, frames, residualMean, residualMax, torqueMean, support, root, rotation }]
// exact: in double precision, one motion at a time.
Napi::Value track_references(const Napi::CallbackInfo& call) {
  const auto list = call[0].As<Napi::Array>();
  const auto given = call[1].As<Napi::Object>();
  const TrackOptions options{number(given, "rate", 240), number(given, "force", 0.5),
                             number(given, "torque", 300)};
  const bool exact = given.Get("exact").ToBoolean().Value();
  std::vector<Reference> references;
  for (uint32_t i = 0; i < list.Length(); i++)
    references.push_back(read_reference(list.Get(i).As<Napi::Object>()));
  std::vector<const Reference*> pointers;
  for (const Reference& r : references) pointers.push_back(&r);
  std::vector<TrackResult> results(references.size());
  if (exact)
    for (size_t i = 0; i < results.size(); i++) track_exact(references[i], options, Tuning{}, results[i]);
  else
    track(pointers.data(), static_cast<int>(pointers.size()), options, results.data());
  auto out = Napi::Array::New(call.Env(), results.size());
  for (uint32_t i = 0; i < results.size(); i++) out[i] = write_result(call.Env(), results[i]);
  return out;
}

// probeSteps([{ root, rotation, fps?, skeleton? }], { rate?, settle?, gains? [22][2], isa? })
//   -> { steps, seconds, height, error, operations: { add, multiply, divide, root } }
// See control/step_probe.h; the operations are the first reference's, per step.
Napi::Value time_references(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  const auto list = call[0].As<Napi::Array>();
  const auto given = call[1].As<Napi::Object>();
  std::vector<Reference> references;
  for (uint32_t i = 0; i < list.Length(); i++)
    references.push_back(read_reference(list.Get(i).As<Napi::Object>()));
  for (const Reference& r : references)
    if (r.frames < 2 || r.frames != references[0].frames)
      throw Napi::RangeError::New(env, "Expected references of one length, 2 frames or more.");
  if (references.empty()) throw Napi::RangeError::New(env, "Expected references but received none.");
  StepProbe probe{number(given, "rate", 240), static_cast<int>(number(given, "settle", 0)), nullptr};
  const Napi::Value gains = given.Get("gains");
  if (gains.IsTypedArray()) {
    auto rows = gains.As<Napi::Float64Array>();
    if (rows.ElementLength() != kBodies * 2)
      throw Napi::RangeError::New(env, "Expected 44 numbers for gains.");
    probe.gains = rows.Data();
  }
  const Napi::Value isa = given.Get("isa");
  const Kernels& chosen = isa.IsString() ? kernels_of(isa.ToString().Utf8Value()) : kernels();
  const StepTiming timing = time_steps(chosen, references.data(), static_cast<int>(references.size()), probe);
  const Operations counted = count_operations(references[0], probe);
  auto operations = Napi::Object::New(env), out = Napi::Object::New(env);
  const auto put = [env](Napi::Object& to, const char* name, double value) {
    to[name] = Napi::Number::New(env, value);
  };
  put(operations, "add", static_cast<double>(counted.add));
  put(operations, "multiply", static_cast<double>(counted.multiply));
  put(operations, "divide", static_cast<double>(counted.divide));
  put(operations, "root", static_cast<double>(counted.root));
  put(out, "steps", static_cast<double>(timing.steps));
  put(out, "seconds", timing.seconds);
  put(out, "height", timing.height);
  put(out, "error", timing.error);
  out["operations"] = operations;
  return out;
}

}  // namespace

void register_probe(Napi::Env env, Napi::Object exports) {
  exports["probeTrack"] = Napi::Function::New(env, track_references);
  exports["probeSteps"] = Napi::Function::New(env, time_references);
}

}  // namespace selfcorrect::binding

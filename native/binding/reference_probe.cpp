#include "binding/reference_probe.h"

#include <algorithm>
#include <string>

#include "isa/kernels.h"
#include "measure/measure.h"
#include "reference/build.h"

namespace selfcorrect::binding {

namespace {

Napi::Float32Array joints_of(const Napi::CallbackInfo& call) {
  if (call.Length() > 1 && call[0].IsTypedArray() && call[1].IsNumber() &&
      call[0].As<Napi::TypedArray>().TypedArrayType() == napi_float32_array) {
    auto joints = call[0].As<Napi::Float32Array>();
    if (joints.ElementLength() % (kJoints * 3) == 0) return joints;
  }
  throw Napi::TypeError::New(call.Env(),
                             "Expected a Float32Array [frames][22][3] for joints and a number for fps but "
                             "received something else.");
}

int frames_of(const Napi::Float32Array& joints) {
  return static_cast<int>(joints.ElementLength() / (kJoints * 3));
}

Napi::Float32Array floats(Napi::Env env, const float* values, size_t count) {
  auto array = Napi::Float32Array::New(env, count);
  std::copy(values, values + count, array.Data());
  return array;
}

// buildReference(joints, fps, preset, exact) -> { reason, joints, root, rotation, contact, offset, clean,
// ground }; only the reason when this is not a motion. exact: one frame at a time
Napi::Value build(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  const auto joints = joints_of(call);
  Options options;
  options.fps = call[1].As<Napi::Number>().DoubleValue();
  options.preset =
      call.Length() > 2 && call[2].ToString().Utf8Value() == "loop" ? Preset::kLoop : Preset::kClip;
  options.keep_path = options.preset == Preset::kLoop;
  Reference reference;
  const Reason reason = build_reference(joints.Data(), frames_of(joints), options, reference, {},
                                        call[3].ToBoolean() ? &exact_kernels() : nullptr);
  auto result = Napi::Object::New(env);
  result["reason"] = Napi::Number::New(env, static_cast<int>(reason));
  if (reason != Reason::kNone) return result;
  auto out = Napi::Float32Array::New(env, joints.ElementLength());
  reference_joints(reference, out.Data());
  auto contact = Napi::Uint8Array::New(env, reference.contact.size());
  std::copy(reference.contact.begin(), reference.contact.end(), contact.Data());
  result["joints"] = out;
  result["root"] = floats(env, reference.root.data(), reference.root.size());
  result["rotation"] = floats(env, reference.rotation.data(), reference.rotation.size());
  result["contact"] = contact;
  result["offset"] = floats(env, reference.skeleton.offset.front().data(), kJoints * 3);
  result["clean"] = Napi::Boolean::New(env, reference.clean);
  result["ground"] = Napi::Number::New(env, reference.ground);
  return result;
}

// measure(joints, fps) -> { penetrate, float, skate, jerk }
Napi::Value measured(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  const auto joints = joints_of(call);
  const Measure m = measure(joints.Data(), frames_of(joints), call[1].As<Napi::Number>().DoubleValue());
  auto result = Napi::Object::New(env);
  result["penetrate"] = Napi::Number::New(env, m.joints.penetrate);
  result["float"] = Napi::Number::New(env, m.joints.floating);
  result["skate"] = Napi::Number::New(env, m.joints.skate);
  result["jerk"] = Napi::Number::New(env, m.jerk);
  return result;
}

}  // namespace

void register_reference_probe(Napi::Env env, Napi::Object exports) {
  exports["buildReference"] = Napi::Function::New(env, build);
  exports["measure"] = Napi::Function::New(env, measured);
}

}  // namespace selfcorrect::binding

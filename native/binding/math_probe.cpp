#include "binding/math_probe.h"

#include <map>
#include <string>

#include "math/portable.h"
#include "math/series.h"

namespace selfcorrect::binding {

namespace {

// probeMath(name, a, b) -> number: sin, cos, tan, asin, acos, exp of a, or atan2 of a, b; or a series of
// math/series.h.
Napi::Value evaluate(const Napi::CallbackInfo& call) {
  static const std::map<std::string, double (*)(double)> functions = {
      {"sin", portable::sin},       {"cos", portable::cos},
      {"tan", portable::tan},       {"asin", portable::asin},
      {"acos", portable::acos},     {"exp", portable::exp},
      {"sine", sine<double>},       {"cosine", cosine<double>},
      {"arcsine", arcsine<double>}, {"exponential", exponential<double>}};
  const std::string name = call[0].ToString();
  const double a = call[1].ToNumber();
  if (name == "atan2") return Napi::Number::New(call.Env(), portable::atan2(a, call[2].ToNumber()));
  return Napi::Number::New(call.Env(), functions.at(name)(a));
}

}  // namespace

void register_math_probe(Napi::Env env, Napi::Object exports) {
  exports["probeMath"] = Napi::Function::New(env, evaluate);
}

}  // namespace selfcorrect::binding

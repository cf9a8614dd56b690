#include "binding/job.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "binding/report_table.h"
#include "include/tracker.h"

namespace selfcorrect::binding {

namespace {

constexpr auto kProgressEvery = std::chrono::milliseconds(50);
constexpr size_t kColumns = std::size(kReportColumns);

template <class Array>
Napi::Reference<Napi::Value> hold(Array array) {
  return Napi::Reference<Napi::Value>::New(array, 1);
}

}  // namespace

class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(Napi::Env env, Jobs& jobs) : deferred_(Napi::Promise::Deferred::New(env)), jobs_(jobs) {}

  Napi::Object start(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const auto joints = info[0].As<Napi::Float32Array>();
    const auto lengths = info[1].As<Napi::Int32Array>();
    auto out = info[3].As<Napi::Float32Array>();
    auto labels = info[4].As<Napi::Uint8Array>();
    auto table = info[6].As<Napi::Float64Array>();
    const auto options = info[7].As<Napi::Object>();

    batch_.joints = joints.Data();
    batch_.lengths = lengths.Data();
    batch_.count = static_cast<int>(lengths.ElementLength());
    batch_.out = out.Data();
    batch_.labels = labels.Data();
    table_ = table.Data();
    size_t frames = 0;
    for (int i = 0; i < batch_.count; ++i) frames += static_cast<size_t>(batch_.lengths[i]);
    if (joints.ElementLength() != frames * 66 || out.ElementLength() != frames * 66 ||
        labels.ElementLength() != frames * kLabels ||
        table.ElementLength() != static_cast<size_t>(batch_.count) * kColumns)
      throw Napi::RangeError::New(env, "Expected arrays that match lengths");
    held_.push_back(hold(info[0]));
    held_.push_back(hold(info[1]));
    if (info[2].IsTypedArray()) {
      batch_.keep = info[2].As<Napi::Uint8Array>().Data();
      held_.push_back(hold(info[2]));
    }
    if (info[5].IsTypedArray()) {
      auto rotations = info[5].As<Napi::Float32Array>();
      if (rotations.ElementLength() != frames * 88)
        throw Napi::RangeError::New(env, "Expected rotations that match lengths");
      batch_.rotations = rotations.Data();
      held_.push_back(hold(info[5]));
    }
    for (size_t i : {3, 4, 6}) held_.push_back(hold(info[i]));

    const auto number = [&](const char* name) { return options.Get(name).As<Napi::Number>().DoubleValue(); };
    options_.fps = number("fps");
    options_.preset = static_cast<Preset>(static_cast<int>(number("preset")));
    options_.rate = number("rate");
    options_.assist_force = number("force");
    options_.assist_torque = number("torque");
    options_.sampling.samples = static_cast<int>(number("samples"));
    options_.sampling.keep = static_cast<int>(number("samplesKept"));
    options_.sampling.window = number("window");
    options_.sampling.lookahead = number("lookahead");
    options_.sampling.seed = static_cast<uint64_t>(static_cast<int64_t>(number("seed")));
    options_.threads = static_cast<int>(number("threads"));
    reports_.resize(static_cast<size_t>(batch_.count));
    batch_.reports = reports_.data();

    notify_ = Napi::ThreadSafeFunction::New(env, info[8].As<Napi::Function>(), "selfcorrect", 0, 1);
    thread_ = std::thread([self = shared_from_this()] { self->run(); });

    auto handle = Napi::Object::New(env);
    handle["promise"] = deferred_.Promise();
    handle["cancel"] = Napi::Function::New(env, [weak = weak_from_this()](const Napi::CallbackInfo&) {
      if (const auto job = weak.lock()) job->cancel_ = true;
    });
    return handle;
  }

  void cancel_and_join() {
    cancel_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  // On the job's own thread.
  void run() {
    auto last = std::chrono::steady_clock::now();
    std::mutex clock;
    std::exception_ptr error;
    try {
      correct_batch(batch_, options_, cancel_, [&](int done) {
        const std::unique_lock lock(clock, std::try_to_lock);
        const auto now = std::chrono::steady_clock::now();
        if (!lock || now - last < kProgressEvery) return;
        last = now;
        notify_.NonBlockingCall([done](Napi::Env env, Napi::Function progress) {
          progress.Call({Napi::Number::New(env, done)});
        });
      });
    } catch (...) {
      error = std::current_exception();
    }
    const auto settled = notify_.BlockingCall(
        [self = shared_from_this(), error](Napi::Env env, Napi::Function) { self->settle(env, error); });
    // Refused once the environment is closing: then nobody waits for the promise, and the function is no
    // longer ours.
    if (settled == napi_ok) notify_.Release();
  }

  // Back on the JavaScript thread.
  void settle(Napi::Env env, std::exception_ptr error) {
    thread_.join();
    if (error) {
      try {
        std::rethrow_exception(error);
      } catch (const std::bad_alloc&) {
        reject(env, "ERR_OOM", "out of memory");
      } catch (const std::exception& e) {
        reject(env, "ERR_NATIVE", e.what());
      }
    } else {
      double* cell = table_;
      for (const Report& report : reports_)
        for (const ReportColumn& column : kReportColumns) *cell++ = column.read(report);
      deferred_.Resolve(env.Undefined());
    }
    held_.clear();
    jobs_.running.erase(shared_from_this());
  }

  void reject(Napi::Env env, const char* code, const char* message) {
    auto failure = Napi::Error::New(env, message);
    failure.Value()["code"] = Napi::String::New(env, code);
    deferred_.Reject(failure.Value());
  }

  Batch batch_;
  Options options_;
  std::vector<Report> reports_;
  double* table_ = nullptr;
  std::vector<Napi::Reference<Napi::Value>> held_;
  std::atomic<bool> cancel_{false};
  std::thread thread_;
  Napi::ThreadSafeFunction notify_;
  Napi::Promise::Deferred deferred_;
  Jobs& jobs_;
};

Jobs::~Jobs() {
  for (const auto& job : running) job->cancel_and_join();
}

Napi::Value start_job(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto& jobs = *env.GetInstanceData<Jobs>();
  const auto job = std::make_shared<Job>(env, jobs);
  auto handle = job->start(info);
  jobs.running.insert(job);
  return handle;
}

Napi::Value report_columns(Napi::Env env) {
  auto names = Napi::Array::New(env, kColumns);
  for (uint32_t i = 0; i < kColumns; ++i) names[i] = Napi::String::New(env, kReportColumns[i].name);
  return names;
}

}  // namespace selfcorrect::binding

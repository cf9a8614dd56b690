#include "binding/job.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <type_traits>
#include <vector>

#include "binding/report_table.h"
#include "include/tracker.h"

namespace selfcorrect::binding {

namespace {

constexpr auto kProgressEvery = std::chrono::milliseconds(50);
constexpr size_t kColumns = std::size(kReportColumns);
constexpr size_t kFrame = 22 * 3, kTurns = 22 * 4;

// Where the frames of every motion are: in one array one after the other, or each in its own of a list.
template <class T>
std::vector<T*> motions_of(Napi::Value value, const int32_t* lengths, uint32_t count, size_t width) {
  const Napi::Env env = value.Env();
  std::vector<T*> motions(count);
  const auto check = [&](bool fits) {
    if (!fits) throw Napi::RangeError::New(env, "Expected arrays that match lengths");
  };
  if (value.IsTypedArray()) {
    auto all = value.As<Napi::TypedArrayOf<T>>();
    const T* const end = all.Data() + all.ElementLength();
    T* next = all.Data();
    for (uint32_t i = 0; i < count; ++i) {
      motions[i] = next;
      const size_t size = static_cast<size_t>(lengths[i]) * width;
      check(size <= static_cast<size_t>(end - next));
      next += size;
    }
    check(next == end);
  } else {
    const auto list = value.As<Napi::Array>();
    for (uint32_t i = 0; i < count; ++i) {
      const Napi::HandleScope scope(env);
      auto one = Napi::Value(list[i]).As<Napi::TypedArrayOf<T>>();
      check(one.ElementLength() == static_cast<size_t>(lengths[i]) * width);
      motions[i] = one.Data();
    }
  }
  return motions;
}

Napi::Error failure(Napi::Env env, const char* code, const char* message) {
  auto error = Napi::Error::New(env, message);
  error.Value()["code"] = Napi::String::New(env, code);
  return error;
}

// What was thrown, as JavaScript sees it.
Napi::Error failure(Napi::Env env, const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    return failure(env, "ERR_OOM", "out of memory");
  } catch (const std::exception& e) {
    return failure(env, "ERR_NATIVE", e.what());
  }
}

Options options_of(const Napi::Object& object) {
  const auto number = [&](const char* name) { return object.Get(name).As<Napi::Number>().DoubleValue(); };
  Options options;
  options.fps = number("fps");
  options.preset = static_cast<Preset>(static_cast<int>(number("preset")));
  options.keep_path = object.Get("keepPath").ToBoolean().Value();
  options.rate = number("rate");
  options.assist_force = number("force");
  options.assist_torque = number("torque");
  options.sampling.samples = static_cast<int>(number("samples"));
  options.sampling.keep = static_cast<int>(number("samplesKept"));
  options.sampling.window = number("window");
  options.sampling.lookahead = number("lookahead");
  options.sampling.seed = static_cast<uint64_t>(static_cast<int64_t>(number("seed")));
  options.threads = static_cast<int>(number("threads"));
  return options;
}

}  // namespace

class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(Napi::Env env, Jobs& jobs) : deferred_(Napi::Promise::Deferred::New(env)), jobs_(jobs) {}

  Napi::Object start(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    auto lengths = info[1].As<Napi::Int32Array>();
    const auto count = static_cast<uint32_t>(lengths.ElementLength());
    joints_ = motions_of<float>(info[0], lengths.Data(), count, kFrame);
    out_ = motions_of<float>(info[3], lengths.Data(), count, kFrame);
    labels_ = motions_of<uint8_t>(info[4], lengths.Data(), count, kLabels);
    if (!info[5].IsNull()) rotations_ = motions_of<float>(info[5], lengths.Data(), count, kTurns);
    auto table = info[6].As<Napi::Float64Array>();
    if (table.ElementLength() != count * kColumns)
      throw Napi::RangeError::New(env, "Expected a table of reports that matches lengths");
    table_ = table.Data();
    batch_.joints = joints_.data();
    batch_.lengths = lengths.Data();
    if (info[2].IsTypedArray()) batch_.keep = info[2].As<Napi::Uint8Array>().Data();
    batch_.count = static_cast<int>(count);
    batch_.out = out_.data();
    batch_.labels = labels_.data();
    batch_.rotations = info[5].IsNull() ? nullptr : rotations_.data();
    // The reports are made where their rows will be, so that a large batch does not hold both.
    batch_.reports = reinterpret_cast<Report*>(table_);
    options_ = options_of(info[7].As<Napi::Object>());
    for (size_t i = 0; i < 7; ++i)
      if (info[i].IsObject()) held_.push_back(Napi::Persistent(info[i].As<Napi::Object>()));

    auto handle = Napi::Object::New(env);
    handle["promise"] = deferred_.Promise();
    handle["cancel"] = Napi::Function::New(env, [weak = weak_from_this()](const Napi::CallbackInfo&) {
      if (const auto job = weak.lock()) job->cancel_ = true;
    });
    notify_ = Notify::New(env, info[8].As<Napi::Function>(), "selfcorrect", 0, 1, this);
    try {
      thread_ = std::thread([this] { run(); });
    } catch (...) {
      notify_.Release();
      throw;
    }
    // Hooks run in reverse: the thread is joined before what it notifies goes away.
    napi_add_env_cleanup_hook(env, abandon, this);
    return handle;
  }

  void stop() {
    cancel_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  static void deliver(Napi::Env env, Napi::Function progress, Job* job, Job* ended) {
    if (env == nullptr) return;  // the environment is closing, and the job is gone
    if (ended)
      job->settle(env);
    else if (!job->cancel_)
      progress.Call({Napi::Number::New(env, job->done_)});
  }
  using Notify = Napi::TypedThreadSafeFunction<Job, Job, deliver>;

  // The environment goes away with the job running: nobody waits for its promise.
  static void abandon(void* job) {
    auto& self = *static_cast<Job*>(job);
    self.stop();
    self.jobs_.running.erase(self.shared_from_this());
  }

  // On the job's own thread.
  void run() {
    try {
      correct_batch(batch_, options_, cancel_, [this](int done) { progress(done); });
      if (!cancel_) tabulate();
    } catch (...) {
      error_ = std::current_exception();
    }
    notify_.BlockingCall(this);
    notify_.Release();
  }

  // On any of its threads.
  void progress(int done) {
    const std::unique_lock lock(clock_, std::try_to_lock);
    const auto now = std::chrono::steady_clock::now();
    if (!lock || now - last_ < kProgressEvery || done <= done_) return;
    last_ = now;
    done_ = done;
    notify_.NonBlockingCall();
  }

  // Turns reports into rows of numbers where they are, from the last on: no row begins before its report.
  void tabulate() {
    static_assert(sizeof(Report) <= kColumns * sizeof(double) && alignof(Report) <= alignof(double) &&
                  std::is_trivially_copyable_v<Report>);
    for (size_t i = static_cast<size_t>(batch_.count); i-- > 0;) {
      Report report;
      std::memcpy(&report, batch_.reports + i, sizeof report);
      double row[kColumns];
      for (size_t c = 0; c < kColumns; ++c) row[c] = kReportColumns[c].read(report);
      std::memcpy(table_ + i * kColumns, row, sizeof row);
    }
  }

  // Back on the JavaScript thread.
  void settle(Napi::Env env) {
    const auto self = shared_from_this();
    if (thread_.joinable()) thread_.join();
    napi_remove_env_cleanup_hook(env, abandon, this);
    jobs_.running.erase(self);
    held_.clear();
    if (error_)
      deferred_.Reject(failure(env, error_).Value());
    else
      deferred_.Resolve(env.Undefined());
  }

  Batch batch_;
  Options options_;
  std::vector<float*> joints_, out_, rotations_;
  std::vector<uint8_t*> labels_;
  double* table_ = nullptr;
  std::vector<Napi::ObjectReference> held_;
  std::atomic<bool> cancel_{false};
  std::mutex clock_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::atomic<int> done_{0};
  std::exception_ptr error_;
  std::thread thread_;
  Notify notify_;
  Napi::Promise::Deferred deferred_;
  Jobs& jobs_;
};

Napi::Value start_job(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto& jobs = *env.GetInstanceData<Jobs>();
  if (!jobs.joined_on_exit) {
    // process.exit() runs no cleanup of the main thread, but the destructors of static objects that a running
    // job still uses.
    auto process = env.Global().Get("process").As<Napi::Object>();
    process.Get("on").As<Napi::Function>().Call(
        process,
        {Napi::String::New(env, "exit"), Napi::Function::New(env, [&jobs](const Napi::CallbackInfo&) {
           for (const auto& job : jobs.running) job->stop();
         })});
    jobs.joined_on_exit = true;
  }
  std::shared_ptr<Job> job;
  try {
    job = std::make_shared<Job>(env, jobs);
    jobs.running.insert(job);
    return job->start(info);
  } catch (const Napi::Error&) {
    jobs.running.erase(job);
    throw;
  } catch (...) {
    jobs.running.erase(job);
    throw failure(env, std::current_exception());
  }
}

Napi::Value report_columns(Napi::Env env) {
  auto names = Napi::Array::New(env, kColumns);
  for (uint32_t i = 0; i < kColumns; ++i) names[i] = Napi::String::New(env, kReportColumns[i].name);
  return names;
}

}  // namespace selfcorrect::binding

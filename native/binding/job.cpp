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
#include "cuda/device.h"
#include "include/tracker.h"

namespace selfcorrect::binding {

namespace {

constexpr auto kProgressEvery = std::chrono::milliseconds(50);
constexpr size_t kColumns = std::size(kReportColumns);
constexpr size_t kFrame = 22 * 3, kTurns = 22 * 4;

// Frames of the motions: motion i has lengths[i] of them, from starts[i] on where all are in one array.
struct Frames {
  const double* starts;
  const int32_t* lengths;
  size_t count;
};

// The memory of every motion in one array of all, or in a list with an array for each.
template <class T>
std::vector<T*> motions_of(Napi::Value value, const Frames& frames, size_t width) {
  const Napi::Env env = value.Env();
  std::vector<T*> motions(frames.count);
  const auto check = [&](bool fits) {
    if (!fits) throw Napi::RangeError::New(env, "Expected arrays that match starts and lengths");
  };
  if (value.IsTypedArray()) {
    auto all = value.As<Napi::TypedArrayOf<T>>();
    for (size_t i = 0; i < frames.count; ++i) {
      check(frames.starts[i] >= 0 && frames.lengths[i] >= 0);
      const auto start = static_cast<size_t>(frames.starts[i]),
                 length = static_cast<size_t>(frames.lengths[i]);
      check((start + length) * width <= all.ElementLength());
      motions[i] = all.Data() + start * width;
    }
  } else {
    const auto list = value.As<Napi::Array>();
    for (uint32_t i = 0; i < frames.count; ++i) {
      const Napi::HandleScope scope(env);
      auto one = Napi::Value(list[i]).As<Napi::TypedArrayOf<T>>();
      check(one.ElementLength() == static_cast<size_t>(frames.lengths[i]) * width);
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
  } catch (const gpu::OutOfMemory& e) {
    return failure(env, "ERR_OOM", e.what());
  } catch (const std::bad_alloc&) {
    return failure(env, "ERR_OOM", "out of memory");
  } catch (const gpu::Failure& e) {
    return failure(env, "ERR_CUDA", e.what());
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
  // 'cpu' where it is missing, or 'cuda'.
  const Napi::Value device = object.Get("device");
  if (device.IsString() && device.ToString().Utf8Value() == "cuda") options.device = Device::kCuda;
  return options;
}

}  // namespace

class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(Napi::Env env, Jobs& jobs) : deferred_(Napi::Promise::Deferred::New(env)), jobs_(jobs) {}

  Napi::Object start(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const auto arrays = info[0].As<Napi::Object>();
    auto starts = arrays.Get("starts").As<Napi::Float64Array>();
    auto lengths = arrays.Get("lengths").As<Napi::Int32Array>();
    auto table = arrays.Get("table").As<Napi::Float64Array>();
    const Frames frames{starts.Data(), lengths.Data(), lengths.ElementLength()};
    if (starts.ElementLength() <= frames.count || table.ElementLength() != frames.count * kColumns)
      throw Napi::RangeError::New(env, "Expected starts and a table that match lengths");
    joints_ = motions_of<float>(arrays.Get("joints"), frames, kFrame);
    out_ = motions_of<float>(arrays.Get("out"), frames, kFrame);
    labels_ = motions_of<uint8_t>(arrays.Get("contacts"), frames, kLabels);
    batch_.joints = joints_.data();
    batch_.lengths = frames.lengths;
    batch_.count = static_cast<int>(frames.count);
    batch_.out = out_.data();
    batch_.labels = labels_.data();
    if (const Napi::Value bodies = arrays.Get("bodies"); !bodies.IsNull()) {
      rotations_ = motions_of<float>(bodies, frames, kTurns);
      batch_.rotations = rotations_.data();
    }
    if (const Napi::Value keep = arrays.Get("keep"); !keep.IsNull())
      batch_.keep = keep.As<Napi::Uint8Array>().Data();
    // The reports are made where their rows will be, so that a large batch does not hold both.
    table_ = table.Data();
    batch_.reports = reinterpret_cast<Report*>(table_);
    options_ = options_of(info[1].As<Napi::Object>());
    held_ = Napi::Persistent(arrays);

    auto handle = Napi::Object::New(env);
    handle["promise"] = deferred_.Promise();
    handle["cancel"] = Napi::Function::New(env, [weak = weak_from_this()](const Napi::CallbackInfo&) {
      if (const auto job = weak.lock()) job->cancel_ = true;
    });
    tells_ = info[2].IsFunction();
    notify_ = tells_ ? Notify::New(env, info[2].As<Napi::Function>(), "selfcorrect", 0, 1, this)
                     : Notify::New(env, "selfcorrect", 0, 1, this);
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
    try {
      if (ended)
        job->settle(env);
      else if (!job->cancel_)
        progress.Call({Napi::Number::New(env, job->done_)});
    } catch (const Napi::Error&) {
      // A worker that is being terminated runs no more JavaScript: nobody waits to be told.
    }
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
      correct_batch(batch_, options_, cancel_, [this](int done) {
        if (tells_) progress(done);
      });
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
    held_.Reset();
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
  Napi::ObjectReference held_;
  std::atomic<bool> cancel_{false};
  bool tells_ = false;  // of progress
  std::mutex clock_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::atomic<int> done_{0};
  std::exception_ptr error_;
  std::thread thread_;
  Notify notify_;
  Napi::Promise::Deferred deferred_;
  Jobs& jobs_;
};

namespace {

// process.exit() runs no cleanup of the main thread, but the destructors of static objects, which a running
// job still uses.
void join_on_exit(Napi::Env env, Jobs& jobs) {
  if (jobs.joined_on_exit) return;
  auto process = env.Global().Get("process").As<Napi::Object>();
  const auto join = [&jobs](const Napi::CallbackInfo&) {
    for (const auto& job : jobs.running) job->stop();
  };
  process.Get("on").As<Napi::Function>().Call(
      process, {Napi::String::New(env, "exit"), Napi::Function::New(env, join)});
  jobs.joined_on_exit = true;
}

}  // namespace

Napi::Value start_job(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto& jobs = *env.GetInstanceData<Jobs>();
  std::shared_ptr<Job> job;
  try {
    join_on_exit(env, jobs);
    job = std::make_shared<Job>(env, jobs);
    jobs.running.insert(job);
    return job->start(info);
  } catch (const Napi::Error& error) {
    jobs.running.erase(job);
    try {
      error.ThrowAsJavaScriptException();
    } catch (const Napi::Error&) {
      // A worker that is being terminated takes no exception.
    }
    return {};
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

// One correctBatch() call: a native thread of its own (neither the event loop nor libuv's pool waits for it),
// cancellable, its end delivered to the JavaScript thread that started it.
#pragma once
#include <napi.h>

#include <memory>
#include <set>

namespace selfcorrect::binding {

class Job;

// The jobs of one JavaScript environment (main thread or worker); when it goes away they are cancelled and
// joined.
class Jobs {
 public:
  ~Jobs();
  std::set<std::shared_ptr<Job>> running;
};

// correctBatch(joints, lengths, keep | null, out, labels, rotations | null, reports, options, onProgress)
//   -> { promise, cancel() }
Napi::Value start_job(const Napi::CallbackInfo& info);

// The names of the columns of `reports`, [columns].
Napi::Value report_columns(Napi::Env env);

}  // namespace selfcorrect::binding

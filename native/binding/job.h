// One correctBatch() call: a native thread of its own (neither the event loop nor libuv's pool waits for it),
// cancellable, its end delivered to the JavaScript thread that started it.
#pragma once
#include <napi.h>

#include <memory>
#include <set>

namespace selfcorrect::binding {

class Job;

// The jobs of one JavaScript environment (main thread or worker). When it exits they are cancelled and
// joined.
struct Jobs {
  std::set<std::shared_ptr<Job>> running;
  bool joined_on_exit = false;
};

// correctBatch({ joints, starts, lengths, keep | null, out, contacts, bodies | null, table }, options,
// onProgress)
//   -> { promise, cancel() }
// joints, out, contacts and bodies: one array of the whole batch, or a list with an array for every motion.
// They are read and written where they are: nothing may detach or shrink them, nor change the object, before
// the promise settles. table: [motions][columns], the reports, complete once the promise is fulfilled.
Napi::Value start_job(const Napi::CallbackInfo& info);

// The names of the columns of `table`, [columns].
Napi::Value report_columns(Napi::Env env);

}  // namespace selfcorrect::binding

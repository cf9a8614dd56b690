// Every motion through reference, tracking up the ladder, and measures, on a pool of threads
// of its own.
#include "batch/batch.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "batch/ladder.h"
#include "batch/scheduler.h"
#include "batch/valid.h"
#include "control/sample.h"
#include "isa/kernels.h"
#include "measure/measure.h"
#include "reference/build.h"

namespace selfcorrect {
namespace {

int workers(const Batch& batch, const Options& options) {
  const int wanted =
      options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(wanted, 1, std::max(batch.count, 1));
}

class BatchRun {
 public:
  BatchRun(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
           const std::function<void(int)>& progress)
      : batch_(batch),
        options_(options),
        cancel_(cancel),
        progress_(progress),
        ladder_(assistance_ladder(options)),
        threads_(workers(batch, options)),
        scheduler_(batch, kernels().lanes, threads_) {}

  void run() {
    std::vector<std::thread> pool;
    try {
      for (int i = 1; i < threads_; ++i) pool.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // The system gives no more threads: those it gave do the work.
    } catch (...) {
      fail();
    }
    work();
    for (auto& thread : pool) thread.join();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  static constexpr size_t kFrame = kJoints * 3;

  void work() {
    try {
      while (auto shift = scheduler_.begin()) {
        if (shift->sample)
          sample(std::move(shift->sample));
        else
          Pack(*this, shift->limit).track();
        if (cancel_) scheduler_.stop();
        scheduler_.end();
      }
    } catch (...) {
      fail();
    }
  }

  // Out of memory: the others stop too, and the caller learns of it.
  void fail() {
    scheduler_.stop();
    const std::lock_guard lock(error_mutex_);
    if (!error_) error_ = std::current_exception();
  }

  TrackOptions caps(size_t stage) const {
    return {options_.rate, ladder_[stage].force, ladder_[stage].torque, &cancel_};
  }

  void sample(std::unique_ptr<Item> item) {
    track_sampled(item->reference, caps(item->stage), options_.sampling, item->result);
    if (!cancel_) settle(std::move(item));
  }

  // The next motion that there is something to track in, ready for a lane; null when there is none.
  std::unique_ptr<Item> ready() {
    while (!cancel_) {
      std::unique_ptr<Item> item = scheduler_.take();
      if (!item) return {};
      if (item->spline.frames == 0) {  // not one that goes on
        if (item->reference.frames == 0 && !prepare(*item)) {
          scheduler_.finished();
          continue;
        }
        begin_tracking(item->reference, caps(item->stage), tuning_, *item);
      }
      return item;
    }
    return {};
  }

  // A tracked motion is finished, or tried at the next stage.
  void settle(std::unique_ptr<Item> item) {
    if (item->result.ok || item->stage + 1 == ladder_.size()) {
      finish(*item);
      scheduler_.finished();
      return;
    }
    static_cast<Runner&>(*item) = Runner{};
    item->stage++;
    const bool sampled = ladder_[item->stage].sampled;
    scheduler_.wait(std::move(item), sampled);
  }

  // One worker's motions side by side.
  class Pack : public Feed {
   public:
    Pack(BatchRun& run, int limit) : run_(run), limit_(limit) {}

    // Until there is nothing more to do. When fewer motions are left than fill the lanes of a
    // narrower set of kernels, it goes on with them.
    void track() {
      const TrackOptions options = run_.caps(0);
      for (int limit = limit_; limit > 0 && !run_.cancel_; limit = static_cast<int>(mine_.size())) {
        const Kernels& chosen = kernels(limit);
        lanes_ = chosen.lanes;
        chosen.track({options, run_.tuning_, run_.options_.fps, limit, *this});
      }
    }

    Runner* next() override {
      std::unique_ptr<Item> item;
      if (!mine_.empty()) {
        item = std::move(mine_.back());
        mine_.pop_back();
      } else {
        item = run_.ready();
      }
      if (!item) {
        dry_ = true;
        return nullptr;
      }
      Item* const entering = item.get();
      in_lanes_[entering] = std::move(item);
      return entering;
    }

    void done(Runner& runner) override { run_.settle(out_of_lanes(runner)); }

    // Half of the motions for a worker that has none, where both are sooner done with half; all of them, to
    // go on with fewer lanes.
    int spare(int live) override {
      if (run_.scheduler_.hungry() && kernels(live - live / 2).lanes < lanes_) {
        giving_ = true;
        return live / 2;
      }
      giving_ = false;
      return dry_ && kernels(live).lanes < lanes_ ? live : 0;
    }

    void paused(Runner& runner) override {
      std::unique_ptr<Item> item = out_of_lanes(runner);
      if (giving_)
        run_.scheduler_.wait(std::move(item));
      else
        mine_.push_back(std::move(item));
    }

   private:
    std::unique_ptr<Item> out_of_lanes(Runner& runner) {
      const auto at = in_lanes_.find(&runner);
      std::unique_ptr<Item> item = std::move(at->second);
      in_lanes_.erase(at);
      return item;
    }

    BatchRun& run_;
    const int limit_;
    std::unordered_map<Runner*, std::unique_ptr<Item>> in_lanes_;
    std::vector<std::unique_ptr<Item>> mine_;  // paused, to go on here
    int lanes_ = 0;
    bool dry_ = false;     // there was nothing more
    bool giving_ = false;  // what is paused is for others
  };

  const float* input(int i) const { return batch_.joints[i]; }
  float* output(int i) const { return batch_.out[i]; }
  float* rotations(int i) const { return batch_.rotations[i]; }
  uint8_t* labels(int i) const { return batch_.labels[i]; }

  // A motion that fell on every rung is returned cleaned but not simulated.
  void finish(const Item& item) {
    const Stage& stage = ladder_[item.stage];
    const TrackResult& result = item.result;
    Report& report = batch_.reports[item.index];
    report.rung = stage.rung;
    report.sampled = stage.sampled;
    report.residual_mean = result.residual_mean;
    report.residual_max = result.residual_max;
    report.torque_mean = result.torque_mean;
    report.torque_max = result.torque_max;
    report.support = result.support;
    report.saturation = result.saturation;
    report.effort = result.effort;
    report.reason = result.ok ? Reason::kNone : Reason::kFell;
    report.status = !result.ok ? Status::kFailed : stage.rung == 0 ? Status::kOk : Status::kAssisted;
    const Reference& motion = result.ok ? result.motion : item.reference;
    uint8_t* contacts = labels(item.index);
    const Outcome outcome =
        measure(input(item.index), motion, output(item.index), result.ok ? nullptr : contacts);
    report.after = outcome.measure;
    report.error = outcome.error;
    report.error_root = outcome.error_root;
    if (result.ok) std::copy(result.labels.begin(), result.labels.end(), contacts);
    if (batch_.rotations) std::copy(motion.rotation.begin(), motion.rotation.end(), rotations(item.index));
    if (options_.preset == Preset::kLoop && already_valid(item.reference, report, outcome.worst))
      leave(item.index);
    progress_(++done_);
  }

  // For a generator, a motion that needs no correction is returned as it came.
  void leave(int index) {
    Report& report = batch_.reports[index];
    std::copy_n(input(index), static_cast<size_t>(batch_.lengths[index]) * kFrame, output(index));
    report.reason = Reason::kValid;
    report.after = report.before;
    report.error = report.error_root = 0;
  }

  static void copy_rotations(const Motion& motion, float* out) {
    for (int t = 0; t < motion.frames; ++t)
      for (int c = 0; c < kJoints * 4; ++c)
        *out++ = static_cast<float>(motion.rotation[static_cast<size_t>(c) * motion.stride + t]);
  }

  // Validates, measures and cleans a fresh motion; returns whether it is to be tracked, else it is done.
  bool prepare(Item& item) {
    const int frames = batch_.lengths[item.index];
    Report& report = batch_.reports[item.index];
    const float* joints = input(item.index);
    const bool kept = batch_.keep && batch_.keep[item.index];
    const auto measure_posed = [&](const Work& posed) {
      report.before = measure(posed, kept ? labels(item.index) : nullptr);
      if (kept && batch_.rotations) copy_rotations(posed.motion, rotations(item.index));
    };
    const Reason reason = build_reference(joints, frames, options_, item.reference, measure_posed);
    if (reason == Reason::kBones) report.before = measure(joints, frames, options_.fps);
    if (reason == Reason::kNone && !kept) return true;
    report.status = reason == Reason::kNone ? Status::kOk : Status::kRejected;
    report.reason = reason == Reason::kNone ? Reason::kKept : reason;
    report.after = report.before;
    std::memcpy(output(item.index), joints, static_cast<size_t>(frames) * kFrame * sizeof(float));
    progress_(++done_);
    return false;
  }

  const Batch& batch_;
  const Options& options_;
  const std::atomic<bool>& cancel_;
  const std::function<void(int)>& progress_;
  const Tuning tuning_;
  const std::vector<Stage> ladder_;
  const int threads_;
  Scheduler scheduler_;
  std::atomic<int> done_{0};
  std::mutex error_mutex_;
  std::exception_ptr error_;
};

}  // namespace

void correct_on_cpu(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
                    const std::function<void(int)>& progress) {
  BatchRun run(batch, options, cancel, progress);
  for (int i = 0; i < batch.count; ++i) batch.reports[i] = Report{};
  run.run();
}

}  // namespace selfcorrect

// correct_batch: every motion through reference, tracking up the ladder, and measures, on a pool of threads
// of its own.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "batch/ladder.h"
#include "batch/scheduler.h"
#include "batch/valid.h"
#include "control/track.h"
#include "measure/measure.h"
#include "reference/build.h"

namespace selfcorrect {
namespace {

class BatchRun {
 public:
  BatchRun(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
           const std::function<void(int)>& progress)
      : batch_(batch),
        options_(options),
        cancel_(cancel),
        progress_(progress),
        ladder_(assistance_ladder(options)),
        offsets_(static_cast<size_t>(batch.count) + 1, 0),
        scheduler_(batch, static_cast<size_t>(track_lanes()), ladder_.size()) {
    for (int i = 0; i < batch.count; ++i)
      offsets_[i + 1] = offsets_[i] + static_cast<size_t>(batch.lengths[i]) * kFrame;
  }

  void run() {
    const int wanted =
        options_.threads > 0 ? options_.threads : static_cast<int>(std::thread::hardware_concurrency());
    const int groups = (batch_.count + track_lanes() - 1) / track_lanes();
    const int threads = std::clamp(wanted, 1, std::max(groups, 1));
    std::vector<std::thread> pool;
    try {
      for (int i = 1; i < threads; ++i) pool.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // The system gives no more threads: those it gave do the work.
    }
    work();
    for (auto& thread : pool) thread.join();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  static constexpr size_t kFrame = kJoints * 3;

  const float* input(int i) const { return batch_.joints + offsets_[i]; }
  float* output(int i) const { return batch_.out + offsets_[i]; }

  void work() {
    for (auto group = scheduler_.next(); !group.empty(); group = scheduler_.next()) {
      std::vector<Item> again;
      try {
        if (!stopped()) again = correct(group);
      } catch (...) {  // out of memory: the others stop too, and the caller learns of it
        const std::lock_guard lock(error_mutex_);
        if (!error_) error_ = std::current_exception();
        failed_ = true;
      }
      scheduler_.finished(std::move(again));
    }
  }

  bool stopped() const { return failed_ || cancel_; }

  // Runs one group at its rung. Returns the motions to try again.
  std::vector<Item> correct(std::vector<Item>& group) {
    const int rung = group.front().rung;
    if (rung == 0) prepare(group);
    std::vector<const Reference*> references;
    for (const auto& item : group) references.push_back(&item.reference);
    std::vector<TrackResult> results(group.size());
    const Rung& caps = ladder_[static_cast<size_t>(rung)];
    if (!group.empty())
      track(references.data(), static_cast<int>(group.size()), {options_.rate, caps.force, caps.torque},
            results.data());

    std::vector<Item> again;
    for (size_t i = 0; i < group.size(); ++i) {
      Item& item = group[i];
      const bool last = static_cast<size_t>(rung) + 1 == ladder_.size();
      if (!results[i].ok && !last) {
        item.rung = rung + 1;
        again.push_back(std::move(item));
        continue;
      }
      Report& report = batch_.reports[item.index];
      report.rung = rung;
      report.residual_mean = results[i].residual_mean;
      report.residual_max = results[i].residual_max;
      report.torque_mean = results[i].torque_mean;
      report.support = results[i].support;
      report.reason = results[i].ok ? Reason::kNone : Reason::kFell;
      report.status = !results[i].ok ? Status::kFailed : rung == 0 ? Status::kOk : Status::kAssisted;
      // A motion that fell on every rung is returned cleaned but not simulated.
      reference_joints(results[i].ok ? results[i].motion : item.reference, output(item.index));
      leave_if_valid(item, report);
      done(item.index);
    }
    return again;
  }

  // For a generator, a motion that needs no correction is returned as it came.
  void leave_if_valid(const Item& item, Report& report) {
    if (options_.preset != Preset::kLoop) return;
    const float* joints = input(item.index);
    const int frames = item.reference.frames;
    float* simulated = output(item.index);
    distance(joints, simulated, frames, report.error, report.error_root);
    if (already_valid(item.reference, report, worst_distance(joints, simulated, frames)))
      std::copy_n(joints, static_cast<size_t>(frames) * kFrame, simulated);
  }

  // Validates, measures and cleans the fresh motions of a group; those that end here leave it.
  void prepare(std::vector<Item>& group) {
    std::erase_if(group, [&](Item& item) {
      const int frames = batch_.lengths[item.index];
      Report& report = batch_.reports[item.index];
      const Reason reason = build_reference(input(item.index), frames, options_, item.reference);
      const bool kept = batch_.keep && batch_.keep[item.index];
      if (reason == Reason::kNone || reason == Reason::kBones)
        report.before = measure(input(item.index), frames, options_.fps);
      if (reason == Reason::kNone && !kept) return false;
      report.status = reason == Reason::kNone ? Status::kOk : Status::kRejected;
      report.reason = reason == Reason::kNone ? Reason::kKept : reason;
      std::memcpy(output(item.index), input(item.index),
                  static_cast<size_t>(frames) * kFrame * sizeof(float));
      done(item.index);
      return true;
    });
  }

  void done(int index) {
    Report& report = batch_.reports[index];
    const int frames = batch_.lengths[index];
    if (report.status == Status::kRejected || report.reason == Reason::kKept) {
      report.after = report.before;
    } else {
      report.after = measure(output(index), frames, options_.fps);
      distance(input(index), output(index), frames, report.error, report.error_root);
    }
    progress_(++done_);
  }

  const Batch& batch_;
  const Options& options_;
  const std::atomic<bool>& cancel_;
  const std::function<void(int)>& progress_;
  const std::vector<Rung> ladder_;
  std::vector<size_t> offsets_;
  Scheduler scheduler_;
  std::atomic<int> done_{0};
  std::atomic<bool> failed_{false};
  std::mutex error_mutex_;
  std::exception_ptr error_;
};

}  // namespace

void correct_batch(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
                   const std::function<void(int)>& progress) {
  BatchRun run(batch, options, cancel, progress);
  for (int i = 0; i < batch.count; ++i) batch.reports[i] = Report{};
  // What a cancelled job did not reach is returned as it came.
  size_t values = 0;
  for (int i = 0; i < batch.count; ++i) values += static_cast<size_t>(batch.lengths[i]) * kJoints * 3;
  if (values > 0) std::memcpy(batch.out, batch.joints, values * sizeof(float));
  run.run();
}

}  // namespace selfcorrect

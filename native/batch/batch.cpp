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
#include "control/sample.h"
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
        scheduler_(batch, widths(ladder_)) {}

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
    } catch (...) {
      fail();
    }
    work();
    for (auto& thread : pool) thread.join();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  static constexpr size_t kFrame = kJoints * 3;

  // Sampling fills the lanes with one motion.
  static std::vector<size_t> widths(const std::vector<Stage>& ladder) {
    std::vector<size_t> result;
    for (const Stage& stage : ladder)
      result.push_back(stage.sampled ? 1 : static_cast<size_t>(track_lanes()));
    return result;
  }

  const float* input(int i) const { return batch_.joints[i]; }
  float* output(int i) const { return batch_.out[i]; }
  float* rotations(int i) const { return batch_.rotations[i]; }
  uint8_t* labels(int i) const { return batch_.labels[i]; }

  void work() {
    try {
      for (auto group = scheduler_.next(); !group.empty(); group = scheduler_.next())
        scheduler_.finished(cancel_ ? std::vector<Item>{} : correct(group));
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

  // Runs one group at its stage of the ladder. Returns the motions to try again.
  std::vector<Item> correct(std::vector<Item>& group) {
    const size_t index = group.front().stage;
    if (index == 0) prepare(group);
    const Stage& stage = ladder_[index];
    const TrackOptions caps{options_.rate, stage.force, stage.torque, &cancel_};
    std::vector<TrackResult> results(group.size());
    if (stage.sampled) {
      for (size_t i = 0; i < group.size(); ++i)
        track_sampled(group[i].reference, caps, options_.sampling, results[i]);
    } else if (!group.empty()) {
      std::vector<const Reference*> references;
      for (const auto& item : group) references.push_back(&item.reference);
      track(references.data(), static_cast<int>(group.size()), caps, results.data());
    }
    if (cancel_) return {};  // tracking may have ended early

    std::vector<Item> again;
    for (size_t i = 0; i < group.size(); ++i) {
      Item& item = group[i];
      if (results[i].ok || index + 1 == ladder_.size()) {
        finish(item, stage, results[i]);
      } else {
        ++item.stage;
        again.push_back(std::move(item));
      }
    }
    return again;
  }

  // A motion that fell on every rung is returned cleaned but not simulated.
  void finish(const Item& item, const Stage& stage, const TrackResult& result) {
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

  // Validates, measures and cleans the fresh motions of a group; those that end here leave it.
  void prepare(std::vector<Item>& group) {
    std::erase_if(group, [&](Item& item) {
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
      if (reason == Reason::kNone && !kept) return false;
      report.status = reason == Reason::kNone ? Status::kOk : Status::kRejected;
      report.reason = reason == Reason::kNone ? Reason::kKept : reason;
      report.after = report.before;
      std::memcpy(output(item.index), joints, static_cast<size_t>(frames) * kFrame * sizeof(float));
      progress_(++done_);
      return true;
    });
  }

  const Batch& batch_;
  const Options& options_;
  const std::atomic<bool>& cancel_;
  const std::function<void(int)>& progress_;
  const std::vector<Stage> ladder_;
  Scheduler scheduler_;
  std::atomic<int> done_{0};
  std::mutex error_mutex_;
  std::exception_ptr error_;
};

}  // namespace

void correct_batch(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
                   const std::function<void(int)>& progress) {
  BatchRun run(batch, options, cancel, progress);
  for (int i = 0; i < batch.count; ++i) batch.reports[i] = Report{};
  run.run();
}

}  // namespace selfcorrect

#include "test/job.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "binding/report_table.h"
#include "reference/reference.h"
#include "test/digest.h"

namespace selfcorrect::test {
namespace {

constexpr size_t kFrame = kJoints * 3, kTurns = kJoints * 4;

Options options(Preset preset, double force, double torque, int samples = 0) {
  Options result;
  result.preset = preset;
  result.assist_force = force;
  result.assist_torque = torque;
  result.sampling.samples = samples;
  result.sampling.keep = 3;
  result.sampling.seed = 1;
  return result;
}

}  // namespace

const std::vector<Job>& jobs() {
  static const std::vector<Job> all = {
      {.name = "clip", .options = options(Preset::kClip, 0.5, 300), .rotations = true},
      {.name = "loop", .options = options(Preset::kLoop, 0.5, 300)},
      {.name = "ladder", .options = options(Preset::kClip, 0, 0)},
      {.name = "sampling", .options = options(Preset::kLoop, 0, 0, 8)},
      {.name = "keep", .options = options(Preset::kLoop, 0.5, 300), .keep = true, .rotations = true}};
  return all;
}

Work::Work(const Job& job, const std::vector<int>& numbers, int frames)
    : options_(job.options), rotations_wanted_(job.rotations) {
  size_t total = 0;
  for (int number : numbers) {
    const Motion motion = make_motion(number, frames);
    first_.push_back(total);
    lengths_.push_back(static_cast<int32_t>(motion.size() / kFrame));
    total += motion.size() / kFrame;
    joints_.insert(joints_.end(), motion.begin(), motion.end());
    if (job.keep) keep_.push_back(number % 3 == 0);
  }
  out_.resize(total * kFrame);
  labels_.resize(total * kLabels);
  if (rotations_wanted_) rotations_.resize(total * kTurns);
  reports_.resize(numbers.size());
}

Batch Work::batch() {
  const size_t n = lengths_.size();
  places_.joints.resize(n);
  places_.out.resize(n);
  places_.labels.resize(n);
  places_.rotations.resize(rotations_wanted_ ? n : 0);
  for (size_t i = 0; i < n; i++) {
    places_.joints[i] = joints_.data() + first_[i] * kFrame;
    places_.out[i] = out_.data() + first_[i] * kFrame;
    places_.labels[i] = labels_.data() + first_[i] * kLabels;
    if (rotations_wanted_) places_.rotations[i] = rotations_.data() + first_[i] * kTurns;
  }
  Batch batch;
  batch.joints = places_.joints.data();
  batch.lengths = lengths_.data();
  batch.keep = keep_.empty() ? nullptr : keep_.data();
  batch.count = count();
  batch.out = places_.out.data();
  batch.labels = places_.labels.data();
  batch.rotations = rotations_wanted_ ? places_.rotations.data() : nullptr;
  batch.reports = reports_.data();
  return batch;
}

constexpr uint8_t kUnwritten = 0xee;

void Work::run(int threads) {
  const std::atomic<bool> cancel{false};
  run(threads, cancel, [](int) {});
}

void Work::run(int threads, const std::atomic<bool>& cancel, const std::function<void(int)>& progress) {
  options_.threads = threads;
  std::fill(out_.begin(), out_.end(), 0.0f);
  std::fill(labels_.begin(), labels_.end(), kUnwritten);
  std::fill(rotations_.begin(), rotations_.end(), 0.0f);
  std::fill(reports_.begin(), reports_.end(), Report{});
  if (device_)
    gpu::correct_on_device(batch(), options_, cancel, progress, *device_, cut_);
  else
    correct_batch(batch(), options_, cancel, progress);
}

bool Work::finite(int i) const {
  const auto all = [&](const std::vector<float>& values, size_t width) {
    return every(values, i, width, [](float value) { return std::isfinite(value); });
  };
  return all(out_, kFrame) && all(rotations_, kTurns) &&
         std::all_of(std::begin(binding::kReportColumns), std::end(binding::kReportColumns),
                     [&](const auto& column) { return std::isfinite(column.read(report(i))); });
}

bool Work::returned(int i) const {
  const size_t begin = first_[i] * kFrame, size = static_cast<size_t>(lengths_[i]) * kFrame;
  return std::memcmp(out_.data() + begin, joints_.data() + begin, size * sizeof(float)) == 0;
}

bool Work::labelled(int i) const {
  return !every(labels_, i, kLabels, [](uint8_t value) { return value == kUnwritten; }) ||
         !every(rotations_, i, kTurns, [](float value) { return value == 0; });
}

bool Work::untouched(int i) const {
  return every(out_, i, kFrame, [](float value) { return value == 0; }) && !labelled(i);
}

std::vector<uint64_t> Work::digests() const {
  std::vector<uint64_t> result;
  for (size_t i = 0; i < reports_.size(); i++) {
    const size_t frames = static_cast<size_t>(lengths_[i]), first = first_[i];
    Digest digest;
    digest.add(out_.data() + first * kFrame, frames * kFrame * sizeof(float));
    digest.add(labels_.data() + first * kLabels, frames * kLabels);
    if (rotations_wanted_) digest.add(rotations_.data() + first * kTurns, frames * kTurns * sizeof(float));
    for (const auto& column : binding::kReportColumns) {
      const double value = column.read(reports_[i]);
      digest.add(&value, sizeof value);
    }
    result.push_back(digest.value());
  }
  return result;
}

std::vector<int> first_motions(int count) {
  std::vector<int> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

std::vector<int> motions_of(const Job& job, const Scale& scale) {
  if (job.options.sampling.samples == 0) return first_motions(scale.motions);
  // Sampling is slow: a few, among which are motions that one simulation loses and many do not.
  std::vector<int> numbers = first_motions(scale.sampled);
  for (int& number : numbers) number += 19;
  return numbers;
}

std::vector<uint64_t> reference_digests(const Job& job, const Scale& scale) {
  Work work(job, motions_of(job, scale));
  work.run(1);
  return work.digests();
}

void expect_same(const std::vector<uint64_t>& found, const std::vector<uint64_t>& expected,
                 const std::string& what) {
  expect(found.size() == expected.size(), what + ": another number of motions");
  std::string others;
  for (size_t i = 0; i < found.size(); i++)
    if (found[i] != expected[i]) others += " " + std::to_string(i);
  expect(others.empty(), what + ": other bytes for motions" + others);
}

}  // namespace selfcorrect::test

#include "bench/motion_set.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "batch/batch.h"
#include "binding/report_table.h"
#include "control/step_probe.h"
#include "reference/build.h"
#include "test/motions.h"

namespace selfcorrect::bench {
namespace {

constexpr size_t kFrame = kJoints * 3;
constexpr int kTried = 4;  // as many motions are made as are wanted, at most

bool tracked_at_once(const Report& report) {
  return report.status == Status::kOk && report.rung == 0 && report.reason == Reason::kNone;
}

bool same(const Report& a, const Report& b) {
  return std::all_of(std::begin(binding::kReportColumns), std::end(binding::kReportColumns),
                     [&](const auto& column) { return column.read(a) == column.read(b); });
}

}  // namespace

MotionSet make_set(int count, int frames, const Options& options) {
  MotionSet made{.frames = frames, .joints = {}, .out = {}, .labels = {}, .reports = {}};
  for (int number = 0; number < kTried * count; number++) {
    const test::Kind kind = test::kind_of(number);
    if (kind >= test::Kind::kSink) continue;  // those that sink, fall or are no motions
    made.joints.push_back(test::make_motion(number, frames));
  }
  Motions all(made, made.count());
  const Batch& batch = all.batch();
  correct_on_cpu(batch, options, false, [](int) {});
  MotionSet set{.frames = frames, .joints = {}, .out = {}, .labels = {}, .reports = {}};
  for (int i = 0; i < made.count() && set.count() < count; i++) {
    if (!tracked_at_once(batch.reports[i])) continue;
    const size_t size = static_cast<size_t>(frames);
    set.joints.push_back(made.joints[static_cast<size_t>(i)]);
    set.out.emplace_back(batch.out[i], batch.out[i] + size * kFrame);
    set.labels.emplace_back(batch.labels[i], batch.labels[i] + size * kLabels);
    set.reports.push_back(batch.reports[i]);
  }
  return set;
}

Motions::Motions(const MotionSet& set, int count) : set_(set) {
  const auto n = static_cast<size_t>(count), frames = static_cast<size_t>(set.frames);
  joints_.resize(n * frames * kFrame);
  out_.resize(joints_.size());
  labels_.resize(n * frames * kLabels);
  reports_.resize(n);
  lengths_.assign(n, set.frames);
  for (size_t i = 0; i < n; i++) {
    const std::vector<float>& one = set.joints[i % set.joints.size()];
    std::copy(one.begin(), one.end(), joints_.begin() + static_cast<ptrdiff_t>(i * one.size()));
    joints_at_.push_back(joints_.data() + i * frames * kFrame);
    out_at_.push_back(out_.data() + i * frames * kFrame);
    labels_at_.push_back(labels_.data() + i * frames * kLabels);
  }
  batch_.joints = joints_at_.data();
  batch_.lengths = lengths_.data();
  batch_.count = count;
  batch_.out = out_at_.data();
  batch_.labels = labels_at_.data();
  batch_.reports = reports_.data();
}

const Batch& Motions::batch() {
  std::fill(out_.begin(), out_.end(), -1.0f);
  std::fill(labels_.begin(), labels_.end(), uint8_t{255});
  std::fill(reports_.begin(), reports_.end(), Report{});
  return batch_;
}

int Motions::different() const {
  int count = 0;
  for (size_t i = 0; i < reports_.size(); i++) {
    const size_t j = i % set_.joints.size();
    count += std::memcmp(out_at_[i], set_.out[j].data(), set_.out[j].size() * sizeof(float)) != 0 ||
             std::memcmp(labels_at_[i], set_.labels[j].data(), set_.labels[j].size()) != 0 ||
             !same(reports_[i], set_.reports[j]);
  }
  return count;
}

double operations_per_step(const MotionSet& set, const Options& options) {
  Reference reference;
  build_reference(set.joints[0].data(), set.frames, options, reference);
  const Operations one = count_operations(reference, {.rate = options.rate, .settle = 0, .gains = nullptr});
  return static_cast<double>(one.add + one.multiply + one.divide + one.root);
}

}  // namespace selfcorrect::bench

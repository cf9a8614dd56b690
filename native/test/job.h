// A batch with all its memory, and what it was asked to do.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cuda/run.h"
#include "include/tracker.h"
#include "test/harness.h"
#include "test/motions.h"

namespace selfcorrect::test {

struct Job {
  std::string name;
  Options options;
  bool keep = false;       // every third motion is left as it is
  bool rotations = false;  // asked for
};

// Tracking as it is for a clip and in a loop; without outside help, so that several motions are lost at first
// and helped or sampled; with motions that are only measured.
const std::vector<Job>& jobs();

class Work {
 public:
  // `numbers`: of the motions (motions.h).
  Work(const Job& job, const std::vector<int>& numbers, int frames = 0);

  // Runs it. Again, it starts from the same input and fresh outputs.
  void run(int threads);
  void run(int threads, const std::atomic<bool>& cancel, const std::function<void(int)>& progress);
  // On a device from now on, or on the CPU again (null).
  void use(gpu::Device* device, const gpu::Cut& cut = {}) {
    device_ = device;
    cut_ = cut;
  }

  int count() const { return static_cast<int>(lengths_.size()); }
  const Report& report(int i) const { return reports_[static_cast<size_t>(i)]; }
  bool finite(int i) const;
  // The joints that came out are those that went in.
  bool returned(int i) const;
  // Labels or rotations were written.
  bool labelled(int i) const;
  // Nothing was.
  bool untouched(int i) const;
  // Of joints, labels, rotations and the report of each motion.
  std::vector<uint64_t> digests() const;

 private:
  Batch batch();
  // Whether every value of motion i holds, in an array of `width` values per frame or in none.
  template <class T, class Holds>
  bool every(const std::vector<T>& values, int i, size_t width, Holds holds) const {
    if (values.empty()) return true;
    const auto begin = values.begin() + static_cast<ptrdiff_t>(first_[i] * width);
    return std::all_of(begin, begin + static_cast<ptrdiff_t>(lengths_[i] * width), holds);
  }

  Options options_;
  gpu::Device* device_ = nullptr;
  gpu::Cut cut_;
  bool rotations_wanted_;
  std::vector<float> joints_, out_, rotations_;
  std::vector<int32_t> lengths_;
  std::vector<size_t> first_;  // frame of each motion in the arrays
  std::vector<uint8_t> keep_, labels_;
  std::vector<Report> reports_;
  struct {
    std::vector<const float*> joints;
    std::vector<float*> out, rotations;
    std::vector<uint8_t*> labels;
  } places_;  // where each motion is in the arrays
};

// 0, 1, ..., count - 1.
std::vector<int> first_motions(int count);

// The motions of a job at a scale.
std::vector<int> motions_of(const Job& job, const Scale& scale);

// What one thread makes of them, all in one batch.
std::vector<uint64_t> reference_digests(const Job& job, const Scale& scale);

// Fails with the motions whose digests differ.
void expect_same(const std::vector<uint64_t>& found, const std::vector<uint64_t>& expected,
                 const std::string& what);

}  // namespace selfcorrect::test

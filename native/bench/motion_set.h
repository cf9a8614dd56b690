// Motions for benches: some that are tracked within the first rung, each as often as the batch is large, and
// what the CPU makes of them.
#pragma once
#include <string>
#include <vector>

#include "include/tracker.h"

namespace selfcorrect::bench {

struct MotionSet {
  int frames;                              // of every motion, 20 a second
  std::vector<std::vector<float>> joints;  // [motions][frames * 22 * 3]
  // What the CPU makes of each.
  std::vector<std::vector<float>> out;
  std::vector<std::vector<uint8_t>> labels;
  std::vector<Report> reports;

  int count() const { return static_cast<int>(joints.size()); }
};

// Up to `count` motions.
MotionSet make_set(int count, int frames, const Options& options);

// A batch with memory of its own for every motion: motion i is motion i % set.count() of the set.
class Motions {
 public:
  Motions(const MotionSet& set, int count);

  // With fresh results.
  const Batch& batch();
  // How many motions are not, byte for byte, what the CPU makes of them alone.
  int different() const;

 private:
  const MotionSet& set_;
  std::vector<float> joints_, out_;
  std::vector<uint8_t> labels_;
  std::vector<Report> reports_;
  std::vector<int32_t> lengths_;
  std::vector<const float*> joints_at_;
  std::vector<float*> out_at_;
  std::vector<uint8_t*> labels_at_;
  Batch batch_;
};

// Operations of one physics step of the whole controller, counted on the set's first motion.
double operations_per_step(const MotionSet& set, const Options& options);

}  // namespace selfcorrect::bench

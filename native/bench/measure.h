// One size of batch, timed: on the CPU, on a device, and there stage by stage.
#pragma once
#include <optional>

#include "bench/motion_set.h"
#include "bench/watched.h"

namespace selfcorrect::bench {

struct Plan {
  int rounds = 3;         // interleaved; medians count
  double cpu_limit = 10;  // s; the CPU is left out where its rounds would take longer
};

struct Row {
  int motions = 0;
  int rounds = 0;
  std::optional<double> cpu;     // s of a batch
  std::optional<double> device;  // s of a batch, streams overlapping
  std::optional<Stages> stages;  // of a batch whose pieces are waited for
  int different = 0;             // motions whose results are not the CPU's, over all runs on the device
};

// `device`: none for the CPU alone. `cpu_rate`: motions a second that the CPU is expected to do; it becomes
// what was measured.
Row measure(const MotionSet& set, int motions, const Options& options, gpu::Device* device, const Plan& plan,
            double& cpu_rate);

}  // namespace selfcorrect::bench

#include "bench/measure.h"

#include <algorithm>
#include <chrono>

#include "batch/batch.h"
#include "cuda/run.h"

namespace selfcorrect::bench {
namespace {

using Clock = std::chrono::steady_clock;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

template <class Work>
double seconds(Work work) {
  const Clock::time_point begin = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

Row measure(const MotionSet& set, int count, const Options& options, gpu::Device* device, const Plan& plan,
            double& cpu_rate) {
  static const std::atomic<bool> kNever{false};
  const auto ignore = [](int) {};
  Motions motions(set, count);
  Row row;
  row.motions = count;
  row.rounds = plan.rounds;
  const bool on_cpu = count * plan.rounds <= cpu_rate * plan.cpu_limit || !device;
  std::vector<double> cpu, there;
  const auto time_cpu = [&] {
    const Batch& batch = motions.batch();
    cpu.push_back(seconds([&] { correct_on_cpu(batch, options, kNever, ignore); }));
  };
  const auto time_device = [&](gpu::Device& one, const gpu::Cut& cut) {
    const Batch& batch = motions.batch();
    const double time = seconds([&] { gpu::correct_on_device(batch, options, kNever, ignore, one, cut); });
    row.different += motions.different();
    return time;
  };
  // Forwards and backwards in turn, so that neither always comes after the same neighbour.
  for (int round = 0; round < plan.rounds; round++)
    for (const bool first : {true, false}) {
      if (first == (round % 2 == 0)) {
        if (on_cpu) time_cpu();
      } else if (device) {
        there.push_back(time_device(*device, {}));
      }
    }
  if (on_cpu) {
    row.cpu = median(cpu);
    cpu_rate = count / *row.cpu;
  }
  if (device) {
    row.device = median(there);
    Watched watched(*device);
    time_device(watched, {.streams = 1, .motions = count});  // a launch of each kernel
    row.stages = watched.stages;
  }
  return row;
}

}  // namespace selfcorrect::bench

// correct_batch: on the device asked for.
#include "batch/batch.h"
#include "cuda/device.h"
#include "cuda/run.h"
#include "include/tracker.h"

namespace selfcorrect {

void correct_batch(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
                   const std::function<void(int)>& progress) {
  if (options.device == Device::kCuda)
    gpu::correct_on_device(batch, options, cancel, progress, gpu::device());
  else
    correct_on_cpu(batch, options, cancel, progress);
}

}  // namespace selfcorrect

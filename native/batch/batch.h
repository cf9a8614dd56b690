// correct_batch() on the CPU.
#pragma once
#include "include/tracker.h"

namespace selfcorrect {

void correct_on_cpu(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
                    const std::function<void(int)>& progress);

}  // namespace selfcorrect

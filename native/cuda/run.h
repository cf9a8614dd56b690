// A batch on a device: tiles of motions on several streams, so that the copies of one overlap the kernels of
// another; what only the CPU does, beside that, on the CPU: the same bytes.
#pragma once
#include "batch/batch.h"
#include "cuda/device.h"

namespace selfcorrect::gpu {

// How a batch is cut; results do not depend on it.
struct Cut {
  int streams = 4;           // tiles on the device at a time
  int motions = 8192;        // of a tile, at most
  size_t memory = 0;         // bytes of all tiles on the device; 0: nine tenths of what is free
  size_t staging = 8 << 20;  // bytes of pinned memory for a copy; one motion's, where that is more
};

// correct_batch() on `device`. Throws OutOfMemory where it cannot hold one motion, and Failure.
void correct_on_device(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
                       const std::function<void(int)>& progress, Device& device, const Cut& cut = {});

// What `device` is; one that was lost is made anew. Throws Failure.
Properties properties_of(Device& device);

}  // namespace selfcorrect::gpu

// How many threads a kernel has for a motion, and how they are put in blocks.
#pragma once
#include "cuda/device.h"

namespace selfcorrect::gpu {

struct Grid {
  int blocks, size;  // blocks, and threads of each
};

// Eight threads a motion share the frames of the kinematic stages (math/group.h); tracking, whose steps
// follow each other, has one. A block of track is one warp: few motions are spread over all multiprocessors.
constexpr int threads_of(Kernel kernel) { return kernel == Kernel::kTrack ? 1 : 8; }
constexpr int block_of(Kernel kernel) { return kernel == Kernel::kTrack ? 32 : 64; }

constexpr Grid grid_of(Kernel kernel, int motions) {
  const int size = block_of(kernel), of_block = size / threads_of(kernel);
  return {(motions + of_block - 1) / of_block, size};
}

}  // namespace selfcorrect::gpu

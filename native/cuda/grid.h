// How many threads a kernel has for a motion, and how they are put in blocks.
#pragma once
#include "cuda/device.h"
#include "cuda/shape.h"

namespace selfcorrect::gpu {

struct Grid {
  int blocks, size;  // blocks, and threads of each
};

// Eight threads a motion share the frames of the kinematic stages (math/group.h). Tracking, whose steps
// follow each other, has one, and a warp for a block, so that few motions are spread over all
// multiprocessors.
constexpr Grid grid_of(Kernel kernel, int motions) {
  const auto in_blocks = [](int threads, int size) { return Grid{(threads + size - 1) / size, size}; };
  switch (kernel) {
    case Kernel::kShape:
      return in_blocks(shape_threads(motions), 128);
    case Kernel::kTrack:
      return in_blocks(motions, 32);
    default:
      return in_blocks(motions * 8, 64);
  }
}

}  // namespace selfcorrect::gpu

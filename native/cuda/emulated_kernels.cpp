// The kernels as the emulated device runs them.
#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "cuda/emulated.h"
#include "cuda/fibers.h"
#include "cuda/finish.h"
#include "cuda/grid.h"
#include "cuda/prepare.h"
#include "cuda/shape.h"
#include "cuda/track.h"

namespace selfcorrect::gpu {
namespace {

emulation::FiberOrder fiber_order(ThreadOrder order) {
  return order == ThreadOrder::kForwards    ? emulation::FiberOrder::kForward
         : order == ThreadOrder::kBackwards ? emulation::FiberOrder::kBackward
                                            : emulation::FiberOrder::kShuffled;
}

// By threads that meet in groups of `threads`; the groups in any order.
template <class Args>
void run_grid(void (*function)(const Args&, Spot), const Args& args, Grid grid, int threads,
              ThreadOrder order) {
  std::vector<int> groups(static_cast<size_t>(grid.blocks * grid.size / threads));
  std::iota(groups.begin(), groups.end(), 0);
  if (order == ThreadOrder::kBackwards) std::reverse(groups.begin(), groups.end());
  if (order == ThreadOrder::kShuffled) std::shuffle(groups.begin(), groups.end(), std::minstd_rand(1));
  for (const int group : groups) {
    const int first = group * threads;
    const auto spot = [&](int lane) {
      return Spot{(first + lane) / grid.size, (first + lane) % grid.size, grid.size};
    };
    if (threads == 1)
      function(args, spot(0));
    else
      emulation::run_fibers(fiber_order(order), [&] { function(args, spot(emulation::fiber_lane())); });
  }
}

}  // namespace

void run_emulated(Kernel kernel, const KernelArgs& args, int motions, ThreadOrder order) {
  const Grid grid = grid_of(kernel, motions);
  switch (kernel) {
    case Kernel::kPrepare:
      return run_grid(prepare, args, grid, kThreads, order);
    case Kernel::kShape:
      return run_grid(shape, args, grid, 1, order);
    case Kernel::kTrack:
      return run_grid(track, track_args(args), grid, 1, order);
    case Kernel::kFinish:
      return run_grid(finish, args, grid, kThreads, order);
  }
}

}  // namespace selfcorrect::gpu

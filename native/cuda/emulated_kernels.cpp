// The kernels as the emulated device runs them.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "control/track.h"
#include "cuda/emulated.h"
#include "cuda/fibers.h"
#include "cuda/finish.h"
#include "cuda/grid.h"
#include "cuda/prepare.h"

namespace selfcorrect::gpu {
namespace {

void shape(const KernelArgs&, Spot) {}

// Stub.
void track(const KernelArgs& a, Spot spot) {
  const int k = spot.index();
  if (k >= a.active_count) return;
  const TileMemory& m = a.tile;
  const int i = a.active[k];
  const size_t s = m.start[i], n = m.length[i];
  Reference ref;
  ref.frames = n;
  ref.fps = a.options.fps;
  ref.ground = m.ground[i];
  ref.clean = m.clean[i];
  std::memcpy(ref.skeleton.offset.data(), m.offset + i * 66, 66 * 4);
  ref.root.assign(m.root + s * 3, m.root + (s + n) * 3);
  ref.rotation.assign(m.rotation + s * 88, m.rotation + (s + n) * 88);
  ref.contact.assign(m.contact + s * 2, m.contact + (s + n) * 2);
  const Reference* one = &ref;
  TrackResult r;
  selfcorrect::track(&one, 1, {a.options.rate, a.force, a.torque, nullptr}, &r);
  m.sums[i] = {r.ok,          a.rung,       r.frames,  r.residual_mean, r.residual_max,
               r.torque_mean, r.torque_max, r.support, r.saturation,    r.effort};
  std::copy(r.motion.root.begin(), r.motion.root.end(), m.tracked_root + s * 3);
  std::copy(r.motion.rotation.begin(), r.motion.rotation.end(), m.tracked_rotation + s * 88);
  std::copy(r.labels.begin(), r.labels.end(), m.tracked_labels + s * 4);
}

emulation::FiberOrder fiber_order(ThreadOrder order) {
  return order == ThreadOrder::kForwards    ? emulation::FiberOrder::kForward
         : order == ThreadOrder::kBackwards ? emulation::FiberOrder::kBackward
                                            : emulation::FiberOrder::kShuffled;
}

// `threads` of them in a group, which meet; the groups in any order.
template <class Function>
void run_grid(Function function, const KernelArgs& args, Grid grid, int threads, ThreadOrder order) {
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
      return run_grid(shape, args, grid, kThreads, order);
    case Kernel::kTrack:
      return run_grid(track, args, grid, 1, order);
    case Kernel::kFinish:
      return run_grid(finish, args, grid, kThreads, order);
  }
}

}  // namespace selfcorrect::gpu

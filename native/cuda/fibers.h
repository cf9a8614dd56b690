// The emulated device: the threads of a group (math/group.h) as fibers of one thread of the processor, which
// run one after the other from sync to sync, in any order. Where a sync is missing the results change with
// the order, and ThreadSanitizer reports a race.
#pragma once
#include <cstring>
#include <functional>

namespace selfcorrect::emulation {

constexpr int kFibers = 8;

// In which order the fibers run between two syncs; kShuffled: another one each time, from a fixed seed.
enum class FiberOrder { kForward, kBackward, kShuffled };

// Runs `body` in every fiber of a group. Ends the process where some of them wait for others that have ended.
void run_fibers(FiberOrder order, const std::function<void()>& body);

// Within run_fibers(): of the fiber that runs, 0 to kFibers - 1.
int fiber_lane();

// Returns once all fibers have called it.
void fiber_sync();

// Room of every fiber for what it tells the others. It changes with every call, so that none writes what
// another still reads.
unsigned char (*fiber_slots())[8];

// The value that fiber `from` gives.
template <class T>
T fiber_exchange(T value, int from) {
  static_assert(sizeof(T) <= 8);
  unsigned char(*slots)[8] = fiber_slots();
  std::memcpy(slots[fiber_lane()], &value, sizeof(T));
  fiber_sync();
  T other;
  std::memcpy(&other, slots[from], sizeof(T));
  return other;
}

}  // namespace selfcorrect::emulation

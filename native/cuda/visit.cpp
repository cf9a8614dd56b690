#include "cuda/visit.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace selfcorrect::gpu {
namespace {

constexpr auto kLook = std::chrono::milliseconds(20);

// Of the one device of the process.
std::mutex mutex;
std::condition_variable changed;
int visits = 0, holders = 0;
uint64_t given_back = 0;
bool is_lost = false;

}  // namespace

Visit::Visit(Device& device) {
  std::unique_lock lock(mutex);
  changed.wait(lock, [] { return !is_lost || visits == 0; });
  if (is_lost) {
    device.recover();
    is_lost = false;
  }
  visits++;
}

Visit::~Visit() {
  {
    const std::lock_guard lock(mutex);
    visits--;
  }
  changed.notify_all();
}

void Visit::lost() {
  const std::lock_guard lock(mutex);
  is_lost = true;
}

Holding::Holding() {
  const std::lock_guard lock(mutex);
  holders++;
}

Holding::~Holding() {
  {
    const std::lock_guard lock(mutex);
    holders--;
    if (given_) given_back++;
  }
  changed.notify_all();
}

Holding::Wait Holding::look(uint64_t before) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, kLook, [&] { return given_back != before || holders == 0; });
  if (given_back != before) return Wait::kAgain;
  return holders == 0 ? Wait::kNever : Wait::kOn;
}

uint64_t Holding::releases() {
  const std::lock_guard lock(mutex);
  return given_back;
}

}  // namespace selfcorrect::gpu

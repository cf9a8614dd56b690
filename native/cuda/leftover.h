// Motions that a device hands back to the CPU.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace selfcorrect::gpu {

class Leftovers {
 public:
  explicit Leftovers(int workers) : workers_(workers) {}

  // Numbers of the batch's motions.
  void add(const std::vector<int>& motions) {
    {
      const std::lock_guard lock(mutex_);
      motions_.insert(motions_.end(), motions.begin(), motions.end());
    }
    changed_.notify_one();
  }

  // One of those who add has no more.
  void ended() {
    {
      const std::lock_guard lock(mutex_);
      workers_--;
    }
    changed_.notify_one();
  }

  // Waits for the next, some of them; nothing when there will be no more.
  std::optional<std::vector<int>> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !motions_.empty() || workers_ == 0; });
    if (motions_.empty()) return {};
    const auto count = static_cast<ptrdiff_t>(std::min(motions_.size(), kTogether));
    std::vector<int> taken(motions_.end() - count, motions_.end());
    motions_.resize(motions_.size() - taken.size());
    return taken;
  }

 private:
  // Enough for the lanes of many cores; few enough to be told soon of the end of the batch.
  static constexpr size_t kTogether = 512;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> motions_;
  int workers_;
};

}  // namespace selfcorrect::gpu

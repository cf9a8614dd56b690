// Hands out motions to the lanes of the workers, one at a time: fresh ones longest first, and those that
// failed at one stage of the ladder again at the next. Holds little beside the motions in the lanes: no fresh
// motion is handed out while as many wait for another try as go side by side, so memory does not grow with
// the batch.
#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <vector>

#include "control/track_tile.h"
#include "include/tracker.h"
#include "reference/reference.h"

namespace selfcorrect {

// A motion on its way through the ladder.
struct Item : Runner {
  int index = 0;        // in the batch
  size_t stage = 0;     // of the ladder
  Reference reference;  // empty for a fresh motion
};

class Scheduler {
 public:
  // lanes: how many motions go side by side. threads: of the workers.
  Scheduler(const Batch& batch, int lanes, int threads)
      : lanes_(static_cast<size_t>(lanes)),
        order_(static_cast<size_t>(batch.count)),
        open_(order_.size()),
        idle_(static_cast<size_t>(threads)) {
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](int a, int b) { return batch.lengths[a] > batch.lengths[b]; });
  }

  // What a worker is to do next: sample one motion, or track as many side by side as are its share.
  struct Shift {
    std::unique_ptr<Item> sample;
    int limit;
  };

  // Waits while there may be more to do; nothing when the batch is done, or was stopped.
  std::optional<Shift> begin() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (stopped_ || open_ == 0) return {};
      const size_t fresh = order_.size() - fresh_, available = waiting_.size() + fresh;
      if (!sampled_.empty() && (sampled_.size() >= lanes_ || available == 0)) {
        idle_--;
        return Shift{first_of(sampled_), 0};
      }
      if (available > 0) {
        const size_t share = (available + idle_ - 1) / idle_;
        idle_--;
        return Shift{nullptr, static_cast<int>(std::min(share, lanes_))};
      }
      hungry_ = true;
      changed_.wait(lock);
    }
  }

  // The next motion for a lane, null when there is none now.
  std::unique_ptr<Item> take() {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) return first_of(waiting_);
    if (stopped_ || fresh_ == order_.size() || sampled_.size() >= lanes_) return {};
    auto item = std::make_unique<Item>();
    item->index = order_[fresh_++];
    return item;
  }

  // A motion waits for a lane, or to be sampled.
  void wait(std::unique_ptr<Item> item, bool sampled = false) {
    {
      const std::lock_guard lock(mutex_);
      (sampled ? sampled_ : waiting_).push_back(std::move(item));
      hungry_ = false;
    }
    changed_.notify_all();
  }

  // A motion is done with.
  void finished() {
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) changed_.notify_all();
  }

  // A worker has nothing more to do in its shift.
  void end() {
    const std::lock_guard lock(mutex_);
    idle_++;
  }

  // Whether a worker waits for motions and none wait for it.
  bool hungry() const { return hungry_.load(std::memory_order_relaxed); }

  // No more motions for anyone.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
  }

 private:
  using Queue = std::deque<std::unique_ptr<Item>>;

  static std::unique_ptr<Item> first_of(Queue& queue) {
    std::unique_ptr<Item> item = std::move(queue.front());
    queue.pop_front();
    return item;
  }

  const size_t lanes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> order_;  // fresh motions, from `fresh_` on
  size_t fresh_ = 0;
  Queue waiting_, sampled_;
  size_t open_;  // motions that are not done with
  size_t idle_;  // workers without a shift
  std::atomic<bool> hungry_{false};
  bool stopped_ = false;
};

}  // namespace selfcorrect

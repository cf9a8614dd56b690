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
  // lanes: how many motions go side by side. stages: of the ladder. threads: of the workers.
  Scheduler(const Batch& batch, int lanes, size_t stages, int threads)
      : lanes_(static_cast<size_t>(lanes)),
        order_(static_cast<size_t>(batch.count)),
        waiting_(stages),
        open_(order_.size()),
        idle_(static_cast<size_t>(threads)) {
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](int a, int b) { return batch.lengths[a] > batch.lengths[b]; });
  }

  // What a worker is to do next: motions of a stage, as many side by side as are its share.
  struct Shift {
    size_t stage;
    int limit;
  };

  // Waits while there may be more to do; nothing when the batch is done, or was stopped.
  std::optional<Shift> begin() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (stopped_ || open_ == 0) return {};
      if (const auto stage = next_stage()) {
        const size_t available = waiting_[*stage].size() + (*stage == 0 ? order_.size() - fresh_ : 0);
        const size_t share = (available + idle_ - 1) / idle_;
        idle_--;
        return Shift{*stage, static_cast<int>(std::min(share, lanes_))};
      }
      hungry_ = true;
      changed_.wait(lock);
    }
  }

  // The next motion of a stage, null when there is none now.
  std::unique_ptr<Item> take(size_t stage) {
    const std::lock_guard lock(mutex_);
    auto& queue = waiting_[stage];
    if (!queue.empty()) {
      std::unique_ptr<Item> item = std::move(queue.front());
      queue.pop_front();
      return item;
    }
    if (stopped_ || stage > 0 || fresh_ == order_.size() || full_stage()) return {};
    auto item = std::make_unique<Item>();
    item->index = order_[fresh_++];
    return item;
  }

  // A motion waits for a lane, at the stage that it is at.
  void wait(std::unique_ptr<Item> item) {
    {
      const std::lock_guard lock(mutex_);
      waiting_[item->stage].push_back(std::move(item));
      hungry_ = false;
    }
    changed_.notify_all();
  }

  // A motion is done with.
  void finished() {
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) changed_.notify_all();
  }

  // A worker has nothing more to do at the stage that it began.
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
  // A stage at which as many motions wait as go side by side.
  std::optional<size_t> full_stage() const {
    for (size_t stage = 0; stage < waiting_.size(); ++stage)
      if (waiting_[stage].size() >= lanes_) return stage;
    return {};
  }

  std::optional<size_t> next_stage() const {
    if (const auto full = full_stage()) return full;
    if (fresh_ < order_.size()) return 0;
    for (size_t stage = 0; stage < waiting_.size(); ++stage)
      if (!waiting_[stage].empty()) return stage;
    return {};
  }

  const size_t lanes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> order_;  // fresh motions, from `fresh_` on
  size_t fresh_ = 0;
  std::vector<std::deque<std::unique_ptr<Item>>> waiting_;  // by stage
  size_t open_;                                             // motions that are not done with
  size_t idle_;                                             // workers without a shift
  std::atomic<bool> hungry_{false};
  bool stopped_ = false;
};

}  // namespace selfcorrect

// Hands out groups of motions to the workers: as many side by side as there are lanes, alike in length, and
// those that failed at one stage of the ladder together at the next. Holds at most a few groups of references
// at a time, so memory does not grow with the batch.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <numeric>
#include <vector>

#include "include/tracker.h"
#include "reference/reference.h"

namespace selfcorrect {

struct Item {
  int index = 0;        // of the motion in the batch
  size_t stage = 0;     // of the ladder
  Reference reference;  // empty for a fresh motion
};

class Scheduler {
 public:
  // widths: how many motions go side by side, for every stage of the ladder.
  Scheduler(const Batch& batch, std::vector<size_t> widths)
      : widths_(std::move(widths)), order_(batch.count), retries_(widths_.size()) {
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](int a, int b) { return batch.lengths[a] > batch.lengths[b]; });
  }

  // The next group, all of one stage; empty when nothing is left to do, or the batch was stopped. Waits while
  // a group in flight may still add work.
  std::vector<Item> next() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (stopped_) return {};
      for (size_t stage = 0; stage < retries_.size(); ++stage)
        if (retries_[stage].size() >= widths_[stage]) return take(stage);
      if (fresh_ < order_.size()) {
        std::vector<Item> group;
        for (; fresh_ < order_.size() && group.size() < widths_[0]; ++fresh_)
          group.push_back({order_[fresh_], 0, {}});
        ++in_flight_;
        return group;
      }
      for (size_t stage = 0; stage < retries_.size(); ++stage)
        if (!retries_[stage].empty()) return take(stage);
      if (in_flight_ == 0) return {};
      changed_.wait(lock);
    }
  }

  // A group is done; the motions in `again` are to be tried at their next stage.
  void finished(std::vector<Item>&& again) {
    {
      const std::lock_guard lock(mutex_);
      for (auto& item : again) retries_[item.stage].push_back(std::move(item));
      --in_flight_;
    }
    changed_.notify_all();
  }

  // No more groups for anyone.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::vector<Item> take(size_t stage) {
    auto& queue = retries_[stage];
    std::vector<Item> group;
    for (; !queue.empty() && group.size() < widths_[stage]; queue.pop_front())
      group.push_back(std::move(queue.front()));
    ++in_flight_;
    return group;
  }

  const std::vector<size_t> widths_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> order_;
  size_t fresh_ = 0;
  int in_flight_ = 0;
  bool stopped_ = false;
  std::vector<std::deque<Item>> retries_;  // by stage
};

}  // namespace selfcorrect

// The motions of a batch, longest first, dealt out in tiles: motions of like length share a warp.
#pragma once
#include <algorithm>
#include <mutex>
#include <numeric>
#include <optional>
#include <vector>

#include "cuda/tile_layout.h"
#include "include/tracker.h"

namespace selfcorrect::gpu {

// Neighbours in the order of the batch's motions by length.
struct Range {
  int first = 0, count = 0;
};

class Tiles {
 public:
  explicit Tiles(const Batch& batch) : batch_(batch), order_(static_cast<size_t>(batch.count)) {
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](int a, int b) { return batch.lengths[a] > batch.lengths[b]; });
    if (batch.count > 0) open_.push_back({0, batch.count});
  }

  // The batch's motion at a place of the order.
  int motion(int place) const { return order_[static_cast<size_t>(place)]; }

  // The next tile: as many motions, up to `most`, as take up to `bytes`, and at least one. Nothing when all
  // are dealt out.
  std::optional<Range> take(size_t bytes, int most) {
    const std::lock_guard lock(mutex_);
    if (open_.empty()) return {};
    Range& open = open_.back();
    TileSize size;
    size.rotations = batch_.rotations != nullptr;
    Range tile{open.first, 0};
    while (tile.count < std::min(open.count, most)) {
      size.add(batch_.lengths[motion(tile.first + tile.count)]);
      if (tile.count > 0 && (size.frames > kMostFrames || tile_bytes(size, bytes) > bytes)) break;
      tile.count++;
    }
    open = {open.first + tile.count, open.count - tile.count};
    if (open.count == 0) open_.pop_back();
    return tile;
  }

  // Of a tile that was not corrected.
  void give_back(Range tile) {
    const std::lock_guard lock(mutex_);
    open_.push_back(tile);
  }

  // So that no number of an array over the frames exceeds 31 bits.
  static constexpr size_t kMostFrames = size_t{1} << 22;

 private:
  const Batch& batch_;
  std::vector<int> order_;
  std::mutex mutex_;
  std::vector<Range> open_;
};

}  // namespace selfcorrect::gpu

// One stream of a batch on a device, and the thread that feeds it.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "batch/ladder.h"
#include "cuda/device.h"
#include "cuda/leftover.h"
#include "cuda/tiles.h"
#include "cuda/visit.h"

namespace selfcorrect::gpu {

// What the workers of a batch share.
struct Shared {
  const Batch& batch;
  const Options& options;
  const std::atomic<bool>& cancel;
  const std::function<void(int)>& progress;
  Device& device;
  const size_t staging;  // as in Cut
  const int tile;        // motions of one at most
  const std::vector<Stage> ladder;
  Tiles tiles;
  Leftovers leftovers;
  std::atomic<int> done{0};
  std::atomic<bool> failed{false};

  bool stopped() const { return cancel || failed; }
};

class Worker {
 public:
  // `memory`: bytes of the device for one tile.
  Worker(Shared& shared, size_t memory);

  // Corrects tile after tile until there are no more, or the batch is stopped.
  void run();

 private:
  // Neighbours in the tile.
  struct Part {
    int first, count;
  };

  void correct(Range range);
  void measure(Range range);
  void reserve();
  void release();
  void send();
  void prepare();
  bool track();
  void hand_over();
  void await_kernel();
  void finish();
  void receive();
  void fetch(Part part, int buffer);
  void write(Part part, int buffer);

  int count() const { return range_.count; }
  int motion(int i) const { return shared_.tiles.motion(range_.first + i); }
  size_t frames(int i) const { return static_cast<size_t>(shared_.batch.lengths[motion(i)]); }
  size_t frames(Part part) const;
  size_t copied_bytes(int i) const;
  // The tile in parts whose bytes(i) are `room` at most, or of one motion.
  template <class Bytes>
  std::vector<Part> parts(size_t room, Bytes bytes) const;
  KernelArgs args(Part part) const;

  Shared& shared_;
  size_t limit_;  // bytes of a tile
  std::optional<Holding> holding_;
  Memory memory_, control_, staging_[2];
  std::unique_ptr<Stream> stream_;  // ends before its memory does

  // The tile at hand.
  Range range_;
  TileSize size_;
  size_t scratch_ = 0;
  int32_t* stop_ = nullptr;       // in control_, what a kernel sees of shared_.stopped()
  Placed there_, here_;           // on the device; in control_, of which only what is shared is there
  std::vector<Part> in_scratch_;  // parts that share the scratch
  std::vector<int> active_;       // not tracked yet
  std::vector<uint8_t> handed_;   // over to the CPU
  bool writing_ = false;          // results of it
};

}  // namespace selfcorrect::gpu

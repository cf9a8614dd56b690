// A device for tests, on the processor: the kernels' own functions, over the same blocks and threads, one
// thread after the other. Slow; it shows that the same source gives the same bytes, and what becomes of
// failures.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>

#include "cuda/device.h"

namespace selfcorrect::gpu {

// In what order the threads of a launch run.
enum class ThreadOrder { kForwards, kBackwards, kShuffled };

struct Emulation {
  size_t memory = size_t{1} << 30;  // bytes
  ThreadOrder order = ThreadOrder::kForwards;
  // Work of a stream is done as late as may be: when it is waited for. Else at once.
  bool late = true;
  // What fails, by its number from 1; 0: nothing.
  long refused_allocation = 0;  // of device and of pinned memory
  bool refuses_on = false;      // and all later ones
  long failed_launch = 0;
  long lost_at = 0;  // that piece of work of a stream, and everything from then on
};

class EmulatedDevice : public Device {
 public:
  explicit EmulatedDevice(const Emulation& emulation) : setting_(emulation) {}

  Properties properties() override;
  void* allocate(size_t bytes) override;
  void* allocate_pinned(size_t bytes) override;
  void release(void* memory) noexcept override;
  void release_pinned(void* memory) noexcept override;
  std::unique_ptr<Stream> stream() override;
  void recover() override;

  // From now on nothing fails any more, but a lost device is lost until recover().
  void fail_no_more() { fails_ = false; }

  // What was asked for so far, and what is held.
  long allocations() const { return allocations_; }
  long launches() const { return launches_; }
  long work() const { return work_; }
  size_t peak() const { return peak_; }  // bytes of the device at a time
  size_t held() const;                   // pieces of memory
  int streams() const { return streams_; }
  // What was done wrong with its memory, last; empty: nothing.
  std::string misuse() const;

 private:
  friend class EmulatedStream;
  using Blocks = std::map<std::byte*, size_t>;

  void* take(size_t bytes, Blocks& blocks, const char* where, bool counts);
  void give(void* memory, Blocks& blocks, bool counts) noexcept;
  void expect_within(const void* memory, size_t bytes, const Blocks& blocks, const char* what) const;
  void expect_apart(const TileMemory& tile) const;
  void expect_there() const;  // throws Lost

  const Emulation setting_;
  mutable std::mutex mutex_;
  Blocks device_, pinned_;
  size_t used_ = 0;
  mutable std::string misuse_;
  std::atomic<size_t> peak_{0};
  std::atomic<long> allocations_{0}, launches_{0}, work_{0};
  std::atomic<int> streams_{0};
  std::atomic<bool> lost_{false}, fails_{true};
};

// One launch, thread by thread (cuda/emulated_kernels.cpp).
void run_emulated(Kernel kernel, const KernelArgs& args, int motions, ThreadOrder order);

}  // namespace selfcorrect::gpu

#include "cuda/emulated.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>

#include "reference/room.h"

namespace selfcorrect::gpu {

namespace {

constexpr size_t kAlignment = 256;
// What memory holds that nobody wrote: a large number as a float, as a double and as an integer.
constexpr int kUnwritten = 0x7b;

}  // namespace

class EmulatedStream : public Stream {
 public:
  explicit EmulatedStream(EmulatedDevice& device) : device_(device) { device_.streams_++; }
  ~EmulatedStream() override {
    try {
      drain(begun_);
    } catch (...) {
      // Told to nobody, as by a device; misuse is kept.
    }
    device_.streams_--;
  }

  void upload(void* to, const void* from, size_t bytes) override {
    begin([=, this] {
      device_.expect_within(from, bytes, device_.pinned_, "pinned memory to upload from");
      device_.expect_within(to, bytes, device_.device_, "device memory to upload to");
      if (bytes > 0) std::memcpy(to, from, bytes);
    });
  }

  void download(void* to, const void* from, size_t bytes) override {
    begin([=, this] {
      device_.expect_within(to, bytes, device_.pinned_, "pinned memory to download to");
      device_.expect_within(from, bytes, device_.device_, "device memory to download from");
      if (bytes > 0) std::memcpy(to, from, bytes);
    });
  }

  void launch(Kernel kernel, const KernelArgs& args, int motions) override {
    device_.expect_there();
    if (++device_.launches_ == device_.setting_.failed_launch && device_.fails_)
      throw LaunchFailed("The device did not start a kernel: emulated failure.");
    begin([=, this] {
      device_.expect_within(args.tile.start, sizeof(int32_t) * static_cast<size_t>(args.tile.count),
                            device_.device_, "the tile of a launch");
      if (kernel == Kernel::kPrepare || kernel == Kernel::kFinish) device_.expect_apart(args.tile);
      run_emulated(kernel, args, motions, device_.setting_.order);
    });
  }

  void mark(int mark) override { marks_[mark] = begun_; }
  // A little goes on while it is asked.
  bool reached(int mark) override {
    device_.expect_there();
    drain(std::min(ended_ + 1, marks_[mark]));
    return ended_ >= marks_[mark];
  }
  void wait(int mark) override {
    device_.expect_there();
    drain(marks_[mark]);
  }

 private:
  template <class Work>
  void begin(Work work) {
    device_.expect_there();
    waiting_.push_back([this, work] {
      if (++device_.work_ == device_.setting_.lost_at && device_.fails_) device_.lost_ = true;
      device_.expect_there();
      work();
    });
    begun_++;
    if (!device_.setting_.late) drain(begun_);
  }

  void drain(long until) {
    while (ended_ < until) {
      const std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      ended_++;
      work();
    }
  }

  EmulatedDevice& device_;
  std::deque<std::function<void()>> waiting_;
  long begun_ = 0, ended_ = 0;
  long marks_[kMarks] = {};
};

void EmulatedDevice::expect_there() const {
  if (lost_) throw Lost("The device was lost: emulated failure.");
}

Properties EmulatedDevice::properties() {
  expect_there();
  const std::lock_guard lock(mutex_);
  Properties result;
  result.name = "emulated device (for tests)";
  result.memory_total = setting_.memory;
  result.memory_free = setting_.memory - used_;
  result.multiprocessors = 1;
  return result;
}

void* EmulatedDevice::allocate(size_t bytes) { return take(bytes, device_, "device", true); }
void* EmulatedDevice::allocate_pinned(size_t bytes) { return take(bytes, pinned_, "pinned host", false); }
void EmulatedDevice::release(void* memory) noexcept { give(memory, device_, true); }
void EmulatedDevice::release_pinned(void* memory) noexcept { give(memory, pinned_, false); }
std::unique_ptr<Stream> EmulatedDevice::stream() {
  expect_there();
  return std::make_unique<EmulatedStream>(*this);
}

void* EmulatedDevice::take(size_t bytes, Blocks& blocks, const char* where, bool counts) {
  expect_there();
  const std::lock_guard lock(mutex_);
  const long number = ++allocations_;
  const long refused = setting_.refused_allocation;
  const bool refuses =
      refused > 0 && fails_ && (number == refused || (setting_.refuses_on && number > refused));
  if (refuses || (counts && bytes > setting_.memory - used_))
    throw OutOfMemory(where, bytes, setting_.memory - used_, setting_.memory);
  const size_t size = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, size > 0 ? size : kAlignment);
  if (!memory) throw std::bad_alloc();
  std::memset(memory, kUnwritten, size);
  blocks.emplace(static_cast<std::byte*>(memory), bytes);
  if (counts) used_ += bytes;
  peak_ = std::max<size_t>(peak_, used_);
  return memory;
}

void EmulatedDevice::give(void* memory, Blocks& blocks, bool counts) noexcept {
  const std::lock_guard lock(mutex_);
  const auto at = blocks.find(static_cast<std::byte*>(memory));
  if (at == blocks.end()) std::abort();  // not of this device, or given back twice
  if (counts) used_ -= at->second;
  blocks.erase(at);
  std::free(memory);
}

size_t EmulatedDevice::held() const {
  const std::lock_guard lock(mutex_);
  return device_.size() + pinned_.size();
}

void EmulatedDevice::expect_within(const void* memory, size_t bytes, const Blocks& blocks,
                                   const char* what) const {
  const std::lock_guard lock(mutex_);
  const auto* const begin = static_cast<const std::byte*>(memory);
  auto at = blocks.upper_bound(const_cast<std::byte*>(begin));
  if (at != blocks.begin() && (--at, begin >= at->first && begin + bytes <= at->first + at->second)) return;
  misuse_ = std::string("Expected ") + what + ", held while it is used.";
  throw std::logic_error(misuse_);
}

// The threads of a launch run at the same time on a GPU, each motion in a room of its own.
void EmulatedDevice::expect_apart(const TileMemory& tile) const {
  std::map<const void*, const void*> rooms;
  const auto add = [&](const void* begin, size_t bytes) {
    expect_within(begin, bytes, device_, "room of a motion");
    rooms.emplace(begin, static_cast<const std::byte*>(begin) + bytes);
  };
  for (int i = 0; i < tile.count; i++) {
    add(tile.series + tile.series_start[i], work_size(tile.length[i]) * sizeof(double));
    add(tile.flags + tile.flags_start[i], flags_size(tile.length[i]));
  }
  const void* end = nullptr;
  bool apart = rooms.size() == 2 * static_cast<size_t>(tile.count);
  for (const auto& [begin, its_end] : rooms) {
    apart &= begin >= end;
    end = its_end;
  }
  if (apart) return;
  const std::lock_guard lock(mutex_);
  misuse_ = "Expected motions of one launch in rooms of their own.";
  throw std::logic_error(misuse_);
}

std::string EmulatedDevice::misuse() const {
  const std::lock_guard lock(mutex_);
  return misuse_;
}

void EmulatedDevice::recover() {
  if (held() > 0 || streams_ > 0) throw std::logic_error("Expected nothing held of a lost device.");
  lost_ = false;
}

}  // namespace selfcorrect::gpu

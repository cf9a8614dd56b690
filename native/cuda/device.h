// A graphics card as the corrector sees it: memory, copies, the four kernels of a tile (cuda/tile_memory.h)
// and what can go wrong. cuda/nvidia.cu is one; cuda/emulated.h is another, for tests on machines that have
// none.
#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "cuda/tile_memory.h"

namespace selfcorrect::gpu {

struct Properties {
  std::string name;
  int driver = 0, runtime = 0;               // CUDA versions, 1000 major + 10 minor
  size_t memory_total = 0, memory_free = 0;  // bytes
  int multiprocessors = 0;
  int capability_major = 0, capability_minor = 0;
};

// More memory was asked for, of the device or of the host for copies to it, than there is.
class OutOfMemory : public std::bad_alloc {
 public:
  // `where`: "device" or "pinned host". `free`, `total`: of the device, bytes.
  OutOfMemory(const char* where, size_t asked, size_t free, size_t total);
  const char* what() const noexcept override { return what_->c_str(); }
  size_t asked, free, total;

 private:
  std::shared_ptr<const std::string> what_;  // copies of an exception do not throw
};

// What the device did not do, as a sentence.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Unavailable : Failure {  // there is no device
  using Failure::Failure;
};
struct LaunchFailed : Failure {  // a kernel was not started; the device is as before
  using Failure::Failure;
};
struct Lost : Failure {  // everything fails from now on, until recover()
  using Failure::Failure;
};

enum class Kernel { kPrepare, kShape, kTrack, kFinish };

// Work in its order; that of several streams overlaps. What fails may be told by any later call of the
// stream. Used by one thread at a time. The destructor waits for what was begun.
class Stream {
 public:
  static constexpr int kMarks = 3;

  virtual ~Stream() = default;
  // Copies between device memory and pinned memory, which must not change, or be read, before they are done.
  virtual void upload(void* to, const void* from, size_t bytes) = 0;
  virtual void download(void* to, const void* from, size_t bytes) = 0;
  // For `motions` motions, each with as many threads as the kernel has for one.
  virtual void launch(Kernel kernel, const KernelArgs& args, int motions) = 0;
  // Mark number `mark` comes after all that was begun so far. A mark that was never set is reached.
  virtual void mark(int mark) = 0;
  virtual bool reached(int mark) = 0;
  virtual void wait(int mark) = 0;
};

// May be used by several threads at once.
class Device {
 public:
  virtual ~Device() = default;
  virtual Properties properties() = 0;
  // At least `bytes`, aligned to 256; throws OutOfMemory.
  virtual void* allocate(size_t bytes) = 0;
  virtual void* allocate_pinned(size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  virtual void release_pinned(void* memory) noexcept = 0;
  virtual std::unique_ptr<Stream> stream() = 0;
  // Makes a lost device anew. Nothing of it may be held.
  virtual void recover() = 0;
};

// Memory of a device, or pinned memory for copies to and from it.
class Memory {
 public:
  Memory() = default;
  static Memory of_device(Device& device, size_t bytes) {
    return {device, device.allocate(bytes), bytes, false};
  }
  static Memory pinned(Device& device, size_t bytes) {
    return {device, device.allocate_pinned(bytes), bytes, true};
  }
  Memory(Memory&& other) noexcept { swap(other); }
  Memory& operator=(Memory&& other) noexcept {
    Memory taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Memory() {
    if (data_) pinned_ ? device_->release_pinned(data_) : device_->release(data_);
  }
  std::byte* data() const { return static_cast<std::byte*>(data_); }
  size_t size() const { return size_; }

 private:
  Memory(Device& device, void* data, size_t size, bool pinned)
      : device_(&device), data_(data), size_(size), pinned_(pinned) {}
  void swap(Memory& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(pinned_, other.pinned_);
  }

  Device* device_ = nullptr;
  void* data_ = nullptr;
  size_t size_ = 0;
  bool pinned_ = false;
};

// The device of this process. Throws Unavailable, which says why there is none.
Device& device();

// Why device() has none, as a sentence; empty where it has one.
std::string why_not();

// For tests: another device than the one found, or none with the reason; the one found again with null and no
// reason. Not while a batch is on a device.
void use_device(Device* instead, const std::string& reason = {});

}  // namespace selfcorrect::gpu

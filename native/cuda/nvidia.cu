// NVIDIA's cards through the CUDA runtime, which is linked whole and looks for the driver when it is first
// called: a machine without one loads all of this and is told so.
#include <cuda_runtime.h>

#include <cstdlib>
#include <string>

#include "cuda/finish.h"
#include "cuda/grid.h"
#include "cuda/nvidia.h"
#include "cuda/prepare.h"
#include "cuda/shape.h"
#include "cuda/track.h"

namespace selfcorrect::gpu {
namespace {

__device__ Spot spot() {
  return {static_cast<int>(blockIdx.x), static_cast<int>(threadIdx.x), static_cast<int>(blockDim.x)};
}

__global__ void run_prepare(const __grid_constant__ KernelArgs args) { prepare(args, spot()); }
__global__ void run_shape(const __grid_constant__ KernelArgs args) { shape(args, spot()); }
__global__ void run_track(const __grid_constant__ TrackArgs args) { track(args, spot()); }
__global__ void run_finish(const __grid_constant__ KernelArgs args) { finish(args, spot()); }

constexpr int kFirst = 0;  // of the devices that the driver shows

std::string version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

bool is_there() {
  size_t free, total;
  return cudaMemGetInfo(&free, &total) == cudaSuccess;
}

// Throws what an error means. An error that stays has taken the device away.
[[noreturn]] void fail(cudaError_t error, const std::string& what) {
  cudaGetLastError();  // of this thread, forgotten where it does not stay
  const std::string said = what + ": " + cudaGetErrorString(error) + " (" + cudaGetErrorName(error) + ").";
  if (!is_there()) {
    cudaGetLastError();
    throw Lost("The GPU was lost " + said);
  }
  throw LaunchFailed("The GPU failed " + said);
}

void check(cudaError_t error, const char* what) {
  if (error != cudaSuccess) fail(error, what);
}

[[noreturn]] void fail_memory(cudaError_t error, const char* where, size_t bytes) {
  if (error != cudaErrorMemoryAllocation) fail(error, std::string("at asking for ") + where + " memory");
  cudaGetLastError();
  size_t free = 0, total = 0;
  cudaMemGetInfo(&free, &total);
  throw OutOfMemory(where, bytes, free, total);
}

class NvidiaStream : public Stream {
 public:
  NvidiaStream() {
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "at the making of a stream");
    for (cudaEvent_t& mark : marks_)
      if (const cudaError_t error =
              cudaEventCreateWithFlags(&mark, cudaEventDisableTiming | cudaEventBlockingSync)) {
        destroy();
        fail(error, "at the making of an event");
      }
  }
  ~NvidiaStream() override {
    cudaStreamSynchronize(stream_);
    destroy();
    cudaGetLastError();
  }

  void upload(void* to, const void* from, size_t bytes) override {
    if (bytes > 0)
      check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "at a copy to it");
  }
  void download(void* to, const void* from, size_t bytes) override {
    if (bytes > 0)
      check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "at a copy from it");
  }

  void launch(Kernel kernel, const KernelArgs& args, int motions) override {
    const Grid grid = grid_of(kernel, motions);
    switch (kernel) {
      case Kernel::kPrepare:
        run_prepare<<<grid.blocks, grid.size, 0, stream_>>>(args);
        break;
      case Kernel::kShape:
        run_shape<<<grid.blocks, grid.size, 0, stream_>>>(args);
        break;
      case Kernel::kTrack:
        run_track<<<grid.blocks, grid.size, 0, stream_>>>(track_args(args));
        break;
      case Kernel::kFinish:
        run_finish<<<grid.blocks, grid.size, 0, stream_>>>(args);
        break;
    }
    const cudaError_t error = cudaGetLastError();
    // What the threads of a kernel want for themselves is taken when it is first started.
    if (error == cudaErrorMemoryAllocation) fail_memory(error, "device (for a kernel's threads)", 0);
    check(error, "at the start of a kernel");
  }

  void mark(int mark) override { check(cudaEventRecord(marks_[mark], stream_), "in a kernel or a copy"); }
  bool reached(int mark) override {
    const cudaError_t state = cudaEventQuery(marks_[mark]);
    if (state == cudaErrorNotReady) {
      cudaGetLastError();
      return false;
    }
    check(state, "in a kernel or a copy");
    return true;
  }
  void wait(int mark) override { check(cudaEventSynchronize(marks_[mark]), "in a kernel or a copy"); }

 private:
  void destroy() {
    for (const cudaEvent_t mark : marks_)
      if (mark) cudaEventDestroy(mark);
    cudaStreamDestroy(stream_);
  }

  cudaStream_t stream_ = nullptr;
  cudaEvent_t marks_[kMarks] = {};
};

class NvidiaDevice : public Device {
 public:
  Properties properties() override {
    take();
    static const Properties unchanging = ask();  // what the driver takes its time to say
    Properties now = unchanging;
    check(cudaMemGetInfo(&now.memory_free, &now.memory_total), "when it was asked for its memory");
    return now;
  }

  void* allocate(size_t bytes) override {
    take();
    void* memory = nullptr;
    if (const cudaError_t error = cudaMalloc(&memory, bytes)) fail_memory(error, "device", bytes);
    return memory;
  }
  void* allocate_pinned(size_t bytes) override {
    take();
    void* memory = nullptr;
    if (const cudaError_t error = cudaHostAlloc(&memory, bytes, cudaHostAllocPortable))
      fail_memory(error, "pinned host", bytes);
    return memory;
  }
  // Of a lost device they are gone already.
  void release(void* memory) noexcept override {
    cudaFree(memory);
    cudaGetLastError();
  }
  void release_pinned(void* memory) noexcept override {
    cudaFreeHost(memory);
    cudaGetLastError();
  }

  std::unique_ptr<Stream> stream() override {
    take();
    return std::make_unique<NvidiaStream>();
  }

  void recover() override {
    take();
    cudaDeviceReset();
    cudaGetLastError();
    if (const cudaError_t error = cudaFree(nullptr)) {
      cudaGetLastError();
      throw Lost(std::string("The GPU was lost and could not be made anew: ") + cudaGetErrorString(error) +
                 ". The CPU still works in this process, the GPU perhaps in another.");
    }
  }

 private:
  static Properties ask() {
    Properties found;
    cudaDeviceProp device;
    check(cudaGetDeviceProperties(&device, kFirst), "when it was asked what it is");
    check(cudaDriverGetVersion(&found.driver), "when its driver was asked for its version");
    check(cudaRuntimeGetVersion(&found.runtime), "when the runtime was asked for its version");
    found.name = device.name;
    found.multiprocessors = device.multiProcessorCount;
    found.capability_major = device.major;
    found.capability_minor = device.minor;
    return found;
  }
  // For this thread.
  static void take() { check(cudaSetDevice(kFirst), "when it was chosen"); }
};

// Compute capabilities as they are written: 80 is 8.0.
std::string capabilities() {
  std::string list;
  for (const int arch : {__CUDA_ARCH_LIST__})
    list += (list.empty() ? "" : ", ") + std::to_string(arch / 100) + "." + std::to_string(arch / 10 % 10);
  return list;
}

std::string reason_for_none() {
  int driver = 0, runtime = 0, count = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  const cudaError_t error = cudaGetDeviceCount(&count);
  cudaGetLastError();
  if (error == cudaErrorInsufficientDriver && driver == 0)
    return "No NVIDIA driver was found on this machine.";
  if (error == cudaErrorInsufficientDriver)
    return "The NVIDIA driver is too old: it knows CUDA up to " + version(driver) +
           ", and this build needs " + version(runtime) + ".";
  if (error == cudaErrorNoDevice || (error == cudaSuccess && count == 0)) {
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    return std::string("The NVIDIA driver shows no GPU") +
           (visible ? std::string(" (CUDA_VISIBLE_DEVICES is '") + visible + "')." : ".");
  }
  if (error != cudaSuccess) return std::string("CUDA does not start: ") + cudaGetErrorString(error) + ".";
  cudaDeviceProp device;
  if (const cudaError_t unknown = cudaGetDeviceProperties(&device, kFirst))
    return std::string("The GPU does not say what it is: ") + cudaGetErrorString(unknown) + ".";
  cudaFuncAttributes attributes;
  const cudaError_t missing = cudaFuncGetAttributes(&attributes, run_track);
  cudaGetLastError();
  if (missing == cudaErrorNoKernelImageForDevice || missing == cudaErrorInvalidDeviceFunction)
    return "This build has code for GPUs of compute capability " + capabilities() + ", and " + device.name +
           " is of " + std::to_string(device.major) + "." + std::to_string(device.minor) + ".";
  if (missing != cudaSuccess)
    return std::string("The GPU does not start: ") + cudaGetErrorString(missing) + ".";
  return "";
}

}  // namespace

Device* nvidia_device(std::string& reason) {
  static NvidiaDevice device;
  reason = reason_for_none();
  return reason.empty() ? &device : nullptr;
}

}  // namespace selfcorrect::gpu

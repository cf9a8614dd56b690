// A device whose work is timed, piece by piece: each is waited for, so that nothing overlaps.
#pragma once
#include <array>

#include "cuda/device.h"

namespace selfcorrect::bench {

// Of one batch.
struct Stages {
  std::array<double, 4> kernel{};       // s, by gpu::Kernel
  std::array<int, 4> launches{};        //
  std::array<long, 4> motions{};        // that they were launched for
  double upload = 0, download = 0;      // s
  size_t uploaded = 0, downloaded = 0;  // bytes

  double kernels() const { return kernel[0] + kernel[1] + kernel[2] + kernel[3]; }
};

// Used with one stream at a time.
class Watched : public gpu::Device {
 public:
  explicit Watched(gpu::Device& device) : device_(device) {}

  Stages stages;

  gpu::Properties properties() override { return device_.properties(); }
  void* allocate(size_t bytes) override { return device_.allocate(bytes); }
  void* allocate_pinned(size_t bytes) override { return device_.allocate_pinned(bytes); }
  void release(void* memory) noexcept override { device_.release(memory); }
  void release_pinned(void* memory) noexcept override { device_.release_pinned(memory); }
  std::unique_ptr<gpu::Stream> stream() override;
  void recover() override { device_.recover(); }

 private:
  gpu::Device& device_;
};

}  // namespace selfcorrect::bench

// The device that a test of devices runs on.
#pragma once
#include <memory>

#include "cuda/emulated.h"
#include "cuda/run.h"
#include "test/job.h"

namespace selfcorrect::test {

// The emulated device, or this machine's GPU.
class TestDevice {
 public:
  explicit TestDevice(const Scale& scale, const gpu::Emulation& emulation = {}) {
    if (!scale.nvidia) emulated_ = std::make_unique<gpu::EmulatedDevice>(emulation);
  }
  // Everything of the emulated device was given back, and used as it should be.
  ~TestDevice() noexcept(false) {
    if (!emulated_ || std::uncaught_exceptions() > 0) return;
    expect(emulated_->held() == 0 && emulated_->streams() == 0, "memory or streams of the device were kept");
    expect(emulated_->misuse().empty(), emulated_->misuse());
  }

  gpu::Device& device() { return emulated_ ? *emulated_ : gpu::device(); }
  gpu::EmulatedDevice* emulated() { return emulated_.get(); }

 private:
  std::unique_ptr<gpu::EmulatedDevice> emulated_;
};

// Digests of a job on a device.
std::vector<uint64_t> digests_on(TestDevice& device, const Job& job, const std::vector<int>& numbers,
                                 const gpu::Cut& cut = {});

}  // namespace selfcorrect::test

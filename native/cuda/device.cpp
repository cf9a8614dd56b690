#include "cuda/device.h"

#include <mutex>
#include <optional>

#include "cuda/nvidia.h"

namespace selfcorrect::gpu {
namespace {

std::string shortage(const char* where, size_t asked, size_t free, size_t total) {
  return "Expected " + std::to_string(asked) + " bytes of " + where + " memory but received none; of the " +
         std::to_string(total) + " bytes of the device, " + std::to_string(free) + " are free.";
}

// What was found, and what tests put in its place.
struct Choice {
  Device* device = nullptr;
  std::string reason;
};

Choice found() {
#ifdef SC_CUDA
  static Choice once = [] {
    Choice choice;
    choice.device = nvidia_device(choice.reason);
    return choice;
  }();
  return once;
#else
  return {nullptr, "CUDA is not in this build: " SC_CUDA_OFF "."};
#endif
}

std::mutex mutex;
std::optional<Choice> instead;

Choice choice() {
  const std::lock_guard lock(mutex);
  return instead ? *instead : found();
}

}  // namespace

OutOfMemory::OutOfMemory(const char* where, size_t asked, size_t free, size_t total)
    : asked(asked),
      free(free),
      total(total),
      what_(std::make_shared<const std::string>(shortage(where, asked, free, total))) {}

Device& device() {
  const Choice now = choice();
  if (!now.device) throw Unavailable(now.reason);
  return *now.device;
}

std::string why_not() { return choice().reason; }

void use_device(Device* device, const std::string& reason) {
  const std::lock_guard lock(mutex);
  if (device || !reason.empty())
    instead = Choice{device, device ? "" : reason};
  else
    instead.reset();
}

}  // namespace selfcorrect::gpu

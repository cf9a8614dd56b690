// Makes an addon for tests, whose device 'cuda' is the emulated one: build/Release/selfcorrect-emulated.node.
// The environment variable SELFCORRECT_EMULATED says what fails, as in "memory=67108864,launch=3": of
// gpu::Emulation, memory, allocation (that one and all later ones), launch and lost. The addon as it is
// shipped has nothing of this.
#include "cuda/emulated.h"

#include <cstdlib>
#include <string>

namespace {

using namespace selfcorrect;

gpu::Emulation asked_for() {
  const char* given = std::getenv("SELFCORRECT_EMULATED");
  const std::string text = given ? std::string(",") + given : "";
  const auto number = [&](const std::string& name) {
    const size_t at = text.find("," + name + "=");
    return at == std::string::npos ? 0L : std::atol(text.c_str() + at + name.size() + 2);
  };
  gpu::Emulation emulation;
  if (const long memory = number("memory")) emulation.memory = static_cast<size_t>(memory);
  emulation.refused_allocation = number("allocation");
  emulation.refuses_on = true;
  emulation.failed_launch = number("launch");
  emulation.lost_at = number("lost");
  return emulation;
}

[[maybe_unused]] const bool kUsed = [] {
  static gpu::EmulatedDevice device(asked_for());
  gpu::use_device(&device);
  return true;
}();

}  // namespace

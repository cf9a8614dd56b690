// NVIDIA's cards, through the CUDA runtime. Only in builds with SC_CUDA.
#pragma once
#include <string>

#include "cuda/device.h"

namespace selfcorrect::gpu {

// The first device that the driver shows, for the life of the process; or null, and why there is none.
Device* nvidia_device(std::string& reason);

}  // namespace selfcorrect::gpu

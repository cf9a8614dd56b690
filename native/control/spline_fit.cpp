#include "control/spline_fit.h"

#include "control/spline_bend.h"

namespace selfcorrect {
inline namespace SC_ISA {

void bend_spline(const float* value, int frames, double fps, double smoothing, float* curvature, float* drive,
                 float* factor) {
  bend_channels<1>({kChannels}, value, frames, fps, smoothing, 0, kChannels, curvature, drive, factor, 1);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

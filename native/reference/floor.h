// Where the floor is under a motion that may be sunk, floating, bobbing, drifting, lying or in the air.
#pragma once
#include "reference/motion.h"

namespace selfcorrect::kinematics {

struct Floor {
  double level =
      0;  // m, height of the ground under the soles over the whole clip, in the frame of the motion
  std::vector<double> height;  // [frames] the same at every frame; equal to `level` unless it clearly varies
};

Floor find_floor(const Motion& motion);

}  // namespace selfcorrect::kinematics

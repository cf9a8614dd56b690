// What a motion has become.
#pragma once
#include "include/tracker.h"

namespace selfcorrect {

// Its measures, and its mean joint distance in mm to what it was: in the world, relative to the pelvis, and
// in the worst of its frames.
struct Outcome {
  Measure measure;
  double error, error_root, worst;
};

}  // namespace selfcorrect

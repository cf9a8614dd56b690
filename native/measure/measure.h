// Physical plausibility of joint positions: penetrate, float, skate, jerk, speed, and the distance between
// two motions.
#pragma once
#include "include/tracker.h"

namespace selfcorrect {

// All but Measure::body (measure/body.h).
Measure measure(const float* joints, int frames, double fps);

// Mean joint distance in mm, in the world and relative to the pelvis.
void distance(const float* a, const float* b, int frames, double& world, double& root_relative);

// Largest mean joint distance of a frame in mm, in the world.
double worst_distance(const float* a, const float* b, int frames);

}  // namespace selfcorrect

// A leg that reaches for a place.
#pragma once
#include "reference/geometry.h"
#include "reference/limit.h"

namespace selfcorrect {
inline namespace SC_ISA {

struct LegPose {
  Vec3<Frames> hip, knee, ankle;
  Quat<Frames> thigh, shank;
};

// What the two-bone inverse kinematics of a leg takes from the skeleton.
struct LegBones {
  double thigh, shank;             // m
  Vec3<double> to_knee, to_ankle;  // unit, in the axes of thigh and shank
  Bend bend;
};
SC_STAGE LegBones leg_bones(const Motion& motion, const Leg& leg);

// Bends a leg in its own plane so that its ankle comes to `target` (or as near as it reaches).
SC_STAGE void place_ankle(const LegBones& bones, const Vec3<Frames>& target, LegPose& pose);

}  // namespace SC_ISA
}  // namespace selfcorrect

// The axis about which an elbow or a knee bends, over a whole motion.
#pragma once
#include <vector>

#include "reference/geometry.h"

namespace selfcorrect::kinematics {

// What one frame says about the axis.
struct HingeView {
  Vec3 bone;     // unit, from the upper to the lower joint of the upper bone
  Vec3 neutral;  // unit, where the axis is expected from the rest of the body
  Vec3 normal;   // of the plane of both bones; any length
  double trust;  // 0..1 in the normal: a straight limb has none
};

// Unit axes, perpendicular to the bones. Where a limb is straight for a moment the axis turns, relative to
// the neutral one, as it does in the frames around; where it stays straight the axis is neutral.
std::vector<Vec3> hinge_axes(const std::vector<HingeView>& views, double fps);

}  // namespace selfcorrect::kinematics

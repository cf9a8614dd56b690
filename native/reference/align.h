// The rotation that best takes one set of vectors to another.
#pragma once
#include "reference/geometry.h"

namespace selfcorrect::kinematics {

// Unit quaternion R minimising sum |to_i - R from_i|^2 (Horn 1987; largest eigenvalue by Newton's method as
// in Theobald 2005). Three vectors that are not all parallel determine it; otherwise one of the best is
// returned.
Quat best_rotation(const Vec3* from, const Vec3* to, int count);

}  // namespace selfcorrect::kinematics

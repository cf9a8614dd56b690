// Forward kinematics.
#pragma once
#include "reference/frames.h"
#include "reference/geometry.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Positions of all joints of frame `t` and those beside it from their root position and rotations.
template <class F>
SC_INLINE void pose_frames(Motion& motion, int t) {
  Vec3<F> at[kJoints];
  at[0] = place<F>(motion, 0, t);
  for (int j = 1; j < kJoints; ++j) {
    const int p = kParent[j];
    at[j] = at[p] + rotate(turn<F>(motion, p, t), spread<F>(motion.offset[j]));
    set_place(motion, j, t, at[j]);
  }
}

SC_INLINE void pose_all(Motion& motion) {
  for (int t : side_by_side(0, motion.frames)) pose_frames<Frames>(motion, t);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// The motion in the form that every kinematic stage reads and changes.
#pragma once
#include <array>
#include <vector>

#include "model/foot.h"
#include "reference/geometry.h"
#include "reference/reference.h"

namespace selfcorrect::kinematics {

using Offsets = std::array<Vec3, kJoints>;    // joint from its parent, in the parent's frame
using Positions = std::array<Vec3, kJoints>;  // joints of one frame in the world

struct Leg {
  int hip, knee, ankle, toe;
};
constexpr Leg kLegs[2] = {{1, 4, 7, 10}, {2, 5, 8, 11}};

struct Arm {
  int collar, shoulder, elbow, wrist;
};
constexpr Arm kArms[2] = {{13, 16, 18, 20}, {14, 17, 19, 21}};

struct Motion {
  double fps = 20;
  Offsets offset{};
  std::array<Sole, 2> sole{};                       // left, right
  std::vector<Positions> position;                  // [frames]; position[t][0] is the root
  std::vector<std::array<Quat, kJoints>> rotation;  // [frames] absolute
  std::vector<std::array<bool, 2>> contact;         // [frames] left, right foot on the ground

  int frames() const { return static_cast<int>(position.size()); }
};

// Positions of all joints of frame `t` from its root position and rotations.
inline void pose_frame(Motion& motion, int t) {
  Positions& p = motion.position[t];
  for (int j = 1; j < kJoints; ++j)
    p[j] = p[kParent[j]] + rotate(motion.rotation[t][kParent[j]], motion.offset[j]);
}

inline void pose_all(Motion& motion) {
  for (int t = 0; t < motion.frames(); ++t) pose_frame(motion, t);
}

// The smaller of a joint's steps to the frame before and to the frame after, as a vector in metres per frame:
// a foot that lands or lifts off is still in one of them.
inline Vec3 slowest_step(const std::vector<Positions>& position, int t, int joint) {
  const int last = static_cast<int>(position.size()) - 1;
  const Vec3 here = position[t][joint];
  if (last == 0) return {};
  if (t == 0) return position[1][joint] - here;
  if (t == last) return here - position[last - 1][joint];
  const Vec3 before = here - position[t - 1][joint], after = position[t + 1][joint] - here;
  return dot(before, before) < dot(after, after) ? before : after;
}

}  // namespace selfcorrect::kinematics

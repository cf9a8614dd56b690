// What the tracker follows: a cleaned motion as body rotations on the source's own skeleton.
//
// Conventions: y up, metres, seconds; quaternions wxyz; joints in SMPL order (pelvis first, parents before
// children); a body's rotation is ABSOLUTE (body axes in world axes), identity in the rest pose: upright,
// arms hanging down, facing +z.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "math/device.h"

namespace selfcorrect {

constexpr int kJoints = 22;
SC_TABLE int kParent[kJoints] = {-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19};

// Offsets of each joint from its parent in the rest pose, metres; the pelvis' own offset is zero.
struct Skeleton {
  std::array<std::array<float, 3>, kJoints> offset{};
};

//
// The user's frame and the reference's differ by a vertical shift. In the reference the soles stand on y = 0,
// the ground of the simulator. In the user's frame (HumanML3D) the lowest joint CENTRE of a clip is near y =
// 0, so its ground lies `ground` = minus the thickness of the sole, about -0.025 m: y_user = y_reference +
// ground. Whatever makes a Reference from another one (the tracker) copies `ground`, `fps` and `skeleton`.
struct Reference {
  int frames = 0;
  double fps = 20;
  double ground = 0;  // height in metres of the reference's y = 0 in the user's frame
  bool clean =
      false;  // the motion came with constant bones, a level floor and planted feet, and without noise
  Skeleton skeleton;
  std::vector<float> root;  // [frames][3] pelvis position
  std::vector<float>
      rotation;  // [frames][22][4] absolute rotation of each body, wxyz, sign-continuous in time
  std::vector<uint8_t> contact;  // [frames][2] left and right foot planned on the ground
};

}  // namespace selfcorrect

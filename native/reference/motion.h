// The motion in the form that every kinematic stage reads and changes: a series over the frames for each
// number, so that consecutive frames lie side by side.
#pragma once
#include <cstdint>

#include "math/device.h"
#include "model/foot.h"
#include "reference/reference.h"

namespace selfcorrect {

// Frames in a group: as many as the widest lanes hold. Series are padded to whole groups.
constexpr int kGroup = 8;

struct Leg {
  int hip, knee, ankle, toe;
};
SC_TABLE Leg kLegs[2] = {{1, 4, 7, 10}, {2, 5, 8, 11}};

struct Arm {
  int collar, shoulder, elbow, wrist;
};
SC_TABLE Arm kArms[2] = {{13, 16, 18, 20}, {14, 17, 19, 21}};

// A series begins at its frame 0, kGroup numbers before which may be read, and what lies between the last
// frame and the end of its group: they hold anything. The next series follows after `stride` numbers.
struct Motion {
  double fps = 20;
  int frames = 0, stride = 0;
  double offset[kJoints][3] = {};  // joint from its parent, in the parent's frame
  Sole sole[2] = {};               // left, right
  double* position = nullptr;      // [22][3] series; joint 0 is the root
  double* rotation = nullptr;      // [22][4] series, absolute
  uint8_t* contact[2] = {};        // [frames] left, right foot on the ground
};

// Series to work with. Stages take it by value: what a stage takes from it is free again when it returns.
struct Scratch {
  double* next = nullptr;
  int stride = 0;
};
constexpr int kScratch = 88;  // series; measure_body() takes most, three for each of the humanoid's points

constexpr int kBeside = 2 * kGroup;                                      // numbers filtered side by side
constexpr int kGiven = (kJoints * 3 + kBeside - 1) / kBeside * kBeside;  // room for whole blocks of them

// A motion on its way to a reference, and what is known of it.
struct Work {
  Motion motion;
  double* seen = nullptr;   // [22][3] series: the joints as they came
  double* given = nullptr;  // the same without noise and single defects, in kGiven series
  double* floor = nullptr;  // series: height of the ground in every frame
  Scratch scratch;
  double jerk = 0;    // m/s^3, of the joints as they came
  double level = 0;   // m, height of the ground under the soles over the whole clip
  double ground = 0;  // m, where the reference's y = 0 is put in the user's frame
  bool clean = false;
};

}  // namespace selfcorrect

// Motions made here, the same to the last bit on every machine: a humanoid that stands, sways, squats, walks
// in place, waves or falls; some of them damaged, and one that no body can follow.
#pragma once
#include <vector>

namespace selfcorrect::test {

using Motion = std::vector<float>;  // [frames][22][3], m, y up

// What the motion of this number is; they repeat.
enum class Kind {
  kStand,
  kSway,
  kSquat,
  kWalk,
  kWave,
  kTremble,
  kSink,
  kFall,
  kTumble,
  kNotFinite,
  kTooShort,
  kEmpty
};
Kind kind_of(int number);

// Motion `number` of the set, 20 frames per second. `frames`: 0 for 30 to 70, by the number.
Motion make_motion(int number, int frames = 0);

}  // namespace selfcorrect::test

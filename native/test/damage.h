// Motions of motions.h as generators and captures spoil them, each way reaching another stage of the
// cleaning.
#pragma once
#include "test/motions.h"

namespace selfcorrect::test {

enum class Damage {
  kNone,
  kJitter,   // noise of 15 mm
  kSunk,     // 5 cm into the floor, which also slopes
  kGlitch,   // single frames of single joints far off
  kSwell,    // the body grows and shrinks
  kSlide,    // planted feet slide along
  kTwist,    // the upper body turns further than a spine does
  kFlip,     // turned half round about the vertical, in which quaternions change their sign
  kStretch,  // a bone that no rigid body has
  kJump,     // away within one frame
};
constexpr int kDamages = 10;

// `seed`: of the noise.
Motion damaged(Motion motion, Damage damage, int seed);

}  // namespace selfcorrect::test

// The sole: where a foot touches the ground. One place for the tracker's contact points and the cleaning of
// the reference.
//
// A foot is two bodies: the foot proper (joint 7 or 8, the ankle) and the toes (joint 10 or 11). In the rest
// pose both soles lie in one horizontal plane kToeDepth under the toe joint; the ankle's height over it
// follows from the skeleton's ankle-to-toe offset, so an offset with the slope of real stance (sine near
// 0.31) gives a foot that stands flat.
#pragma once
#include <cmath>

#include "math/device.h"

namespace selfcorrect {

constexpr float kToeDepth = 0.025f;   // sole under the toe joint, m
constexpr float kHeel = 0.055f;       // heel behind the ankle, m
constexpr float kHalfWidth = 0.045f;  // m
constexpr float kToeLength = 0.08f;   // tip of the toes before the toe joint, m

constexpr int kSolePoints = 4;  // corners per body

// Corners of the sole in the axes of their own body, metres, order: rear left, rear right, front left, front
// right. foot: relative to the ankle (joints 7, 8). toes: relative to the toe joint (joints 10, 11).
struct Sole {
  float foot[kSolePoints][3];
  float toes[kSolePoints][3];
};

// `toe_offset` is Skeleton::offset of joint 10 or 11. The foot points along its horizontal part (+z when that
// is below 1 cm).
SC_INLINE Sole make_sole(const float* toe_offset) {
  float fx = toe_offset[0], fz = toe_offset[2];
  float length = std::sqrt(fx * fx + fz * fz);
  if (length < 0.01f) {
    fx = 0;
    fz = 1;
    length = 0;
  } else {
    fx /= length;
    fz /= length;
  }
  Sole sole;
  for (int k = 0; k < kSolePoints; k++) {
    const float side = (k & 1 ? -1 : 1) * kHalfWidth;  // left is +x when facing +z
    const float along = k & 2 ? length : -kHeel;
    const float tip = k & 2 ? kToeLength : 0.0f;
    sole.foot[k][0] = along * fx + side * fz;
    sole.foot[k][1] = toe_offset[1] - kToeDepth;
    sole.foot[k][2] = along * fz - side * fx;
    sole.toes[k][0] = tip * fx + side * fz;
    sole.toes[k][1] = -kToeDepth;
    sole.toes[k][2] = tip * fz - side * fx;
  }
  return sole;
}

}  // namespace selfcorrect

// The humanoid: 22 bodies in SMPL order (reference.h), all joints spherical, sized to a skeleton.
#pragma once
#include <algorithm>
#include <cmath>

#include "model/body_table.h"
#include "model/foot.h"

namespace selfcorrect {

constexpr int kMaxPoints = 28;

// A body that can touch the ground at a point fixed in its axes.
struct Point {
  int body;
  float at[3];  // m
};

// A humanoid of one motion. Immutable once made.
struct Humanoid {
  float offset[kBodies][3];
  float mass[kBodies];
  float com[kBodies][3];
  float inertia[kBodies][3];
  float weight;  // N
  Point point[kMaxPoints];
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// The nominal skeleton of the table.
SC_CALL inline Skeleton nominal_skeleton() {
  Skeleton skeleton;
  for (int b = 0; b < kBodies; b++)
    for (int k = 0; k < 3; k++) skeleton.offset[b][k] = kBodyTable[b].offset[k];
  return skeleton;
}

namespace bones {

// The child whose bone gives a body its length, and the share of that bone at which the centre of mass lies.
struct Bone {
  int child;
  float share;
};
SC_TABLE Bone kBone[kBodies] = {
    {3, -0.23f},  {4, 0.528f},  {5, 0.528f}, {6, 0.5f},   {7, 0.5f},   {8, 0.5f},  {9, 0.35f}, {-1, 0},
    {-1, 0},      {12, 0.46f},  {-1, 0},     {-1, 0},     {15, 0.43f}, {16, 0.5f}, {17, 0.5f}, {-1, 0},
    {18, 0.508f}, {19, 0.508f}, {20, 0.51f}, {21, 0.51f}, {-1, 0},     {-1, 0}};

SC_INLINE float length(const float* v) { return std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

}  // namespace bones

// Resizes the table to a skeleton: a body's length follows the bone to its main child; mass scales with the
// length, inertia with its square around it (thickness and density kept). The skeleton must have bones
// between 0.1 and 10 times the nominal ones.
SC_CALL inline Humanoid make_humanoid(const Skeleton& skeleton) {
  using namespace bones;
  Humanoid body{};
  auto offset = [&](int b) { return skeleton.offset[b].data(); };
  // Size of the whole, for what has no bone of its own: thigh, shank and spine against the nominal ones.
  float sum = 0, nominal = 0;
  for (int b : {4, 5, 7, 8, 6, 12}) {
    sum += length(offset(b));
    nominal += length(kBodyTable[b].offset);
  }
  const float stature = std::clamp(sum / nominal, 0.3f, 3.0f);
  SC_LOOP
  for (int b = 0; b < kBodies; b++) {
    const BodyRow& r = kBodyTable[b];
    const int child = kBone[b].child;
    float scale = stature;
    for (int k = 0; k < 3; k++) body.offset[b][k] = offset(b)[k];
    if (child >= 0) {
      scale = std::clamp(length(offset(child)) / length(kBodyTable[child].offset), 0.3f, 3.0f);
      for (int k = 0; k < 3; k++) body.com[b][k] = kBone[b].share * offset(child)[k];
    } else if (b == 7 || b == 8) {  // the box between sole and ankle, from heel to toe joint
      const Sole sole = make_sole(offset(b + 3));
      for (int c = 0; c < kSolePoints; c++)
        for (int k = 0; k < 3; k++) body.com[b][k] += sole.foot[c][k] / (k == 1 ? 8 : 4);
      scale = 1;
    } else if (b == 10 || b == 11) {
      const Sole sole = make_sole(offset(b));
      for (int k = 0; k < 3; k++)
        body.com[b][k] = (sole.toes[0][k] + sole.toes[3][k]) * (k == 1 ? 0.15f : 0.5f);
      scale = 1;
    } else {
      for (int k = 0; k < 3; k++) body.com[b][k] = r.com[k] * scale;
    }
    body.mass[b] = r.mass * scale;
    body.weight += body.mass[b] * 9.81f;
    // The thin axis of a long body scales with its mass alone.
    const float thin = std::min({r.inertia[0], r.inertia[1], r.inertia[2]});
    for (int k = 0; k < 3; k++)
      body.inertia[b][k] = r.inertia[k] * scale * (r.inertia[k] > 1.5f * thin ? scale * scale : 1.0f);
  }
  int n = 0;
  auto add = [&](int b, float x, float y, float z, float s) { body.point[n++] = {b, {x * s, y * s, z * s}}; };
  for (int b : {7, 8}) {
    const Sole sole = make_sole(offset(b + 3));
    for (auto& p : sole.foot) add(b, p[0], p[1], p[2], 1);
  }
  for (int b : {10, 11}) {
    const Sole sole = make_sole(offset(b));
    for (auto& p : sole.toes) add(b, p[0], p[1], p[2], 1);
  }
  for (int b : {4, 5}) add(b, 0, -.02f, .05f, stature);                       // kneecaps
  for (int side : {1, -1}) add(0, side * .07f, -.125f, -.02f, stature);       // seat
  add(0, 0, -.03f, -.095f, stature);                                          // sacrum
  for (int b : {20, 21}) add(b, 0, -.15f, 0, stature);                        // hands
  for (int b : {18, 19}) add(b, 0, 0, -.037f, stature);                       // elbows
  for (int side : {1, -1}) add(9, 0, .1f, side > 0 ? .09f : -.11f, stature);  // breast, back
  add(15, 0, .12f, -.06f, stature);                                           // head
  return body;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// The humanoid: 22 bodies in SMPL order (reference.h), all joints spherical, sized to a skeleton.
// Masses, inertias, gains and torque limits: an average adult of 70 kg.
#pragma once
#include "reference/reference.h"

namespace selfcorrect {

constexpr int kBodies = kJoints;
constexpr int kMaxPoints = 28;

// One row of the table, for the nominal skeleton. `inertia` is about the centre of mass, along the body's own
// axes.
struct BodyRow {
  const char* name;
  float offset[3];   // joint from the parent's joint, m
  float mass;        // kg
  float com[3];      // centre of mass from the own joint, m
  float inertia[3];  // kg m^2
  float kp, kd;      // N m / rad, N m s / rad
  float torque;      // limit, N m
};

extern const BodyRow kBodyTable[kBodies];

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

// Resizes the table to a skeleton: a body's length follows the bone to its main child; mass scales with the
// length, inertia with its square around it (thickness and density kept). The skeleton must have bones
// between 0.1 and 10 times the nominal ones.
Humanoid make_humanoid(const Skeleton& skeleton);

// The nominal skeleton of the table.
Skeleton nominal_skeleton();

}  // namespace selfcorrect

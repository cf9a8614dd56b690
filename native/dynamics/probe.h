// The dynamics kernels on plain arrays, for tests; for each instruction set and, as the baseline, in double
// precision (isa/kernels.h).
//
// All vectors in world axes; rotations absolute, wxyz. A state is, in this order (3 + 88 + 3 + 66 = 160
// numbers): pelvis position [3], rotations [22][4], pelvis velocity [3], angular velocities [22][3]. A load
// is (66 + 6 = 72 numbers): joint torques [22][3] on the child (entry 0 unused), force [3] and moment [3] on
// the pelvis. A result is (3 + 66 = 69 numbers): acceleration of the pelvis' joint [3], angular accelerations
// [22][3].
#pragma once
#include "math/lanes.h"

namespace selfcorrect {

constexpr int kProbeState = 160, kProbeLoad = 72, kProbeResult = 69, kProbePlace = 15;

// The table of the nominal humanoid, 14 numbers a body: parent, joint offset [3], mass, centre of mass [3],
// inertia [3], kp, kd, torque limit.
constexpr int kProbeRow = 14;
void probe_model(double* rows);

// Its contact points: body and position in the body's axes [3].
constexpr int kProbePoints = 28, kProbePoint = 4;
void probe_points(double* rows);

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// Forward dynamics of `count` states of the nominal humanoid without ground.
void probe_forward(const double* states, const double* loads, int count, double* results);

// Inverse dynamics: the load that gives the accelerations `wanted` (kProbeResult numbers each).
void probe_inverse(const double* states, const double* wanted, int count, double* loads);

// Forward kinematics: of every body the joint's position [3], the images of the axes x, y, z [9] and the
// joint's velocity [3].
void probe_kinematics(const double* states, int count, double* places);

}  // namespace SC_ISA
}  // namespace selfcorrect

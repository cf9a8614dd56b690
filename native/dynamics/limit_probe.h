// Joint limits seen from outside: for tests.
#pragma once
#include "dynamics/probe.h"

namespace selfcorrect {

// Per body: form (0 ball, 1 hinge, 2 lateral, 3 cone), then low and high about x, y and z, degrees; torque,
// N m, and stiffness, N m / rad, of the stop.
constexpr int kLimitRow = 9;
void probe_limits(double* rows);

// How far beyond its limits each joint is, radians, [count][22], from absolute rotations [count][22][4],
// wxyz.
void probe_excess(const double* rotations, int count, double* excess);

// The same of one joint.
double joint_excess(int body, const double* parent, const double* child);

// The humanoid of a skeleton [22][3]: per body mass, kg, centre of mass [3], m, inertia [3], kg m^2; then the
// weight, N.
constexpr int kBodyRow = 7;
void probe_body(const double* skeleton, double* rows);

}  // namespace selfcorrect

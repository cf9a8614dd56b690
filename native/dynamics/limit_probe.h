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

// A limp body: no ground, no control, gravity and the stops alone. From `state` (probe.h) `steps` steps of 1
// / `rate` s. Out: states [steps][160], the angular velocities that the forces of inertia of the next step
// take [steps][22][3], and energies [steps][2], J: of motion, height and armature, and in the springs of the
// stops. lanes: in float, as one of the lanes.
void probe_limp(const double* state, int steps, double rate, bool stops, bool lanes, double* states,
                double* turning, double* energies);

// The humanoid of a skeleton [22][3]: per body mass, kg, centre of mass [3], m, inertia [3], kg m^2; then the
// weight, N.
constexpr int kBodyRow = 7;
void probe_body(const double* skeleton, double* rows);

}  // namespace selfcorrect

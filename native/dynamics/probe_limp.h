// A limp body with stops in its joints: for tests.
#pragma once
#include "dynamics/probe.h"

namespace selfcorrect {
inline namespace SC_ISA {

// A limp body: no ground, no control, gravity and the stops alone. From `state` (probe.h) `steps` steps of 1
// / `rate` s. Out: states [steps][160], the angular velocities that the forces of inertia of the next step
// take [steps][22][3], and energies [steps][2], J: of motion, height and armature, and in the springs of the
// stops. lanes: in float, as one of the lanes.
void probe_limp(const double* state, int steps, double rate, bool stops, double* states, double* turning,
                double* energies);

}  // namespace SC_ISA
}  // namespace selfcorrect

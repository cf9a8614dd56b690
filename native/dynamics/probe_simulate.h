// The step of the physics (dynamics, contact, integration) without the controller, on bodies of any table:
// for tests of physical laws.
//
// The tree is the humanoid's (22 spherical joints), the contact points sit on its bodies (kPointBody). A body
// of zero mass and inertia takes no part; its joint needs some armature.
#pragma once
#include "dynamics/probe.h"

namespace selfcorrect {

constexpr int kSceneBody = 10;   // offset [3], mass, centre of mass [3], inertia [3]
constexpr int kSceneJoint = 3;   // armature, stiffness, damping
constexpr int kSceneGround = 5;  // stiffness, damping, grip, grip damping, friction
// State, then of every contact point: displacement from its anchor along x, z; normal force.
constexpr int kSceneRow = kProbeState + kProbePoints * 3;

struct ProbeScene {
  const double* bodies;  // [22][kSceneBody]
  const double* points;  // [kProbePoints][3], in their body's axes
  const double* joints;  // [22][kSceneJoint]: implicit spring-damper to the parent's rotation
  const double* ground;  // [kSceneGround], or null: no ground
  const double* load;    // [6]: constant force on the pelvis' joint, moment on the pelvis
  double step;           // s
  int steps, every;      // recorded: the start and every `every`-th step
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// Simulates from `state` (dynamics/probe.h), all lanes alike. rows: [steps / every + 1][kSceneRow].
void probe_simulate(const ProbeScene& scene, const double* state, double* rows);

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "dynamics/probe.h"
#include "model/humanoid.h"

namespace selfcorrect {

void probe_model(double* rows) {
  const Humanoid body = make_humanoid(nominal_skeleton());
  for (int b = 0; b < kBodies; b++) {
    *rows++ = kParent[b];
    for (float x : body.offset[b]) *rows++ = x;
    *rows++ = body.mass[b];
    for (float x : body.com[b]) *rows++ = x;
    for (float x : body.inertia[b]) *rows++ = x;
    *rows++ = kBodyTable[b].kp;
    *rows++ = kBodyTable[b].kd;
    *rows++ = kBodyTable[b].torque;
  }
}

void probe_points(double* rows) {
  static_assert(kProbePoints == kMaxPoints);
  const Humanoid body = make_humanoid(nominal_skeleton());
  for (const Point& point : body.point) {
    *rows++ = point.body;
    for (float x : point.at) *rows++ = x;
  }
}

}  // namespace selfcorrect

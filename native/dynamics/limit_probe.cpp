#include "dynamics/limit_probe.h"

#include <cmath>

#include "model/limits.h"

namespace selfcorrect {

// Length of the stop's spring, as stop.h has it.
double joint_excess(int body, const double* parent, const double* child) {
  const JointLimit& limit = joint_limits()[body];
  const auto rotation = [](const double* q) { return Quat<double>{q[0], q[1], q[2], q[3]}; };
  const Quat<double> q = joint_rotation(limit, rotation(parent), rotation(child));
  if (!is_beyond(limit, q)) return 0;
  const SwingTwist<double> at = swing_twist(q, limit.axis);
  double square = 0;
  for (int i = 0; i < 3; i++) {
    const double above = std::fmax(at.part[i] - limit.high[i], 0) * limit.gain_high[i];
    const double below = std::fmax(limit.low[i] - at.part[i], 0) * limit.gain_low[i];
    square += above * above + below * below;
  }
  const double tilt = std::fmax(limit.cone - at.swing, 0) * limit.gain_cone;
  return std::sqrt(square + tilt * tilt);
}

void probe_limits(double* rows) {
  for (int b = 0; b < kBodies; b++, rows += kLimitRow) {
    if (b == 0) continue;
    const LimitRow row = limit_row(b);
    rows[0] = static_cast<int>(row.form);
    for (int side = 0; side < 2; side++) {
      rows[1 + side] = row.x[side];
      rows[3 + side] = row.y[side];
      rows[5 + side] = row.z[side];
    }
    rows[7] = kBodyTable[b].torque;
    rows[8] = joint_limits()[b].stiffness;
  }
}

void probe_excess(const double* rotations, int count, double* out) {
  for (int i = 0; i < count; i++, rotations += kBodies * 4)
    for (int b = 0; b < kBodies; b++) {
      const double *p = rotations + 4 * (b ? kParent[b] : 0), *c = rotations + 4 * b;
      *out++ = b ? joint_excess(b, p, c) : 0;
    }
}

void probe_body(const double* skeleton, double* rows) {
  Skeleton bones;
  for (int b = 0; b < kBodies; b++)
    for (int k = 0; k < 3; k++) bones.offset[b][k] = static_cast<float>(skeleton[b * 3 + k]);
  const Humanoid body = make_humanoid(bones);
  for (int b = 0; b < kBodies; b++) {
    *rows++ = body.mass[b];
    for (float x : body.com[b]) *rows++ = x;
    for (float x : body.inertia[b]) *rows++ = x;
  }
  *rows = body.weight;
}

}  // namespace selfcorrect

#include "control/torque_probe.h"

#include <memory>

#include "control/controller.h"
#include "dynamics/forward.h"
#include "dynamics/kinematics.h"

namespace selfcorrect {

namespace {

struct Step {
  Shape<double> shape{};
  State<double> state{};
  Kinematics<double> kinematics{};
  Vec3<double> torque[kBodies]{};
  ForwardWork<double> work{};
  Acceleration<double> acceleration{};
};

const double* take(Vec3<double>& v, const double* from) {
  v = {from[0], from[1], from[2]};
  return from + 3;
}
double* give(const Vec3<double>& v, double* to) {
  to[0] = v.x;
  to[1] = v.y;
  to[2] = v.z;
  return to + 3;
}

}  // namespace

void probe_torque(const double* state, const double* asked, double rate, double* accelerations,
                  double* ratios) {
  auto memory = std::make_unique<Step>();
  Step& s = *memory;
  load_shape(s.shape, 0, make_humanoid(nominal_skeleton()));
  state = take(s.state.position, state);
  for (Quat<double>& q : s.state.rotation) {
    q = {state[0], state[1], state[2], state[3]};
    state += 4;
  }
  state = take(s.state.velocity, state);
  for (Vec3<double>& w : s.state.spin) state = take(w, state);
  for (Vec3<double>& t : s.torque) asked = take(t, asked);
  const Gains<double> gains = make_gains<double>(1 / rate);
  forward_kinematics(s.shape, s.state, s.kinematics);
  forward_dynamics<double>(s.shape, s.state, s.kinematics, s.torque, {gains.armature}, s.work,
                           s.acceleration);
  accelerations = give(s.acceleration.linear, accelerations);
  for (const Vec3<double>& a : s.acceleration.angular) accelerations = give(a, accelerations);
  ratios[0] = 0;
  for (int b = 1; b < kBodies; b++) ratios[b] = torque_ratio(gains, b, s.torque[b], s.acceleration.joint[b]);
}

}  // namespace selfcorrect

#include "dynamics/probe_limp.h"

#include <memory>

#include "dynamics/forward.h"
#include "dynamics/kinematics.h"
#include "dynamics/limit_probe.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Lanes;

struct Limp {
  Shape<F> shape{};
  State<F> state{};
  Kinematics<F> kinematics{};
  Vec3<F> torque[kBodies]{};
  ForwardWork<F> work{};
  Acceleration<F> acceleration{};
  Scalar<F> armature[kBodies]{};
};

void load(State<F>& state, const double* s) {
  const auto vector = [&s](Vec3<F>& v) {
    v = {broadcast<F>(s[0]), broadcast<F>(s[1]), broadcast<F>(s[2])};
    s += 3;
  };
  vector(state.position);
  for (Quat<F>& q : state.rotation) {
    q = {broadcast<F>(s[0]), broadcast<F>(s[1]), broadcast<F>(s[2]), broadcast<F>(s[3])};
    s += 4;
  }
  vector(state.velocity);
  for (Vec3<F>& w : state.spin) vector(w);
}

void store(const State<F>& state, double* s) {
  const auto vector = [&s](const Vec3<F>& v) {
    for (const F& x : {v.x, v.y, v.z}) *s++ = get_lane(x, 0);
  };
  vector(state.position);
  for (const Quat<F>& q : state.rotation)
    for (const F& x : {q.w, q.x, q.y, q.z}) *s++ = get_lane(x, 0);
  vector(state.velocity);
  for (const Vec3<F>& w : state.spin) vector(w);
}

void first_lane(const Quat<F>& q, double* out) {
  for (const F& x : {q.w, q.x, q.y, q.z}) *out++ = get_lane(x, 0);
}

// Of motion, height and armature, and in the springs of the stops, J.
void energy(const Limp& limp, double* out) {
  const State<F>& s = limp.state;
  const Kinematics<F>& k = limp.kinematics;
  out[0] = out[1] = 0;
  for (int b = 0; b < kBodies; b++) {
    const Vec3<F> v = k.velocity[b], w = s.spin[b];
    const F motion = dot(v, v) * limp.shape.mass[b] + dot(v, cross(w, k.moment[b])) * Scalar<F>(2) +
                     dot(w, k.inertia[b] * w);
    const F height = limp.shape.mass[b] * (s.position.y + k.origin[b].y) + k.moment[b].y;
    out[0] += 0.5 * get_lane(motion, 0) + kGravity * get_lane(height, 0);
    const int p = kParent[b];
    if (p < 0) continue;
    const Vec3<F> relative = w - s.spin[p];
    out[0] += 0.5 * kArmature * get_lane(dot(relative, relative), 0);
    double parent[4], child[4];
    first_lane(s.rotation[p], parent);
    first_lane(s.rotation[b], child);
    const double d = joint_excess(b, parent, child);
    out[1] += 0.5 * joint_limits()[b].stiffness * d * d;
  }
}

}  // namespace

void probe_limp(const double* state, int steps, double rate, bool stops, double* states, double* turning,
                double* energies) {
  auto memory = std::make_unique<Limp>();
  Limp& limp = *memory;
  const Humanoid body = make_humanoid(nominal_skeleton());
  for (int l = 0; l < kLanes; l++) load_shape(limp.shape, l, body);
  for (int b = 1; b < kBodies; b++) limp.armature[b] = Scalar<F>(kArmature);
  load(limp.state, state);
  const Scalar<F> step = Scalar<F>(1 / rate);
  forward_kinematics(limp.shape, limp.state, limp.kinematics);
  for (int i = 0; i < steps; i++) {
    forward_dynamics<F>(
        limp.shape, limp.state, limp.kinematics, limp.torque,
        {limp.armature, Vec3<F>{}, Vec3<F>{}, nullptr, nullptr, stops ? joint_limits() : nullptr, step},
        limp.work, limp.acceleration);
    integrate(limp.state, limp.acceleration, step);
    forward_kinematics(limp.shape, limp.state, limp.kinematics);
    store(limp.state, states + static_cast<size_t>(i) * kProbeState);
    for (int b = 0; b < kBodies; b++) {
      const Vec3<F> w = limp.state.turning(b);
      for (const F& x : {w.x, w.y, w.z}) *turning++ = get_lane(x, 0);
    }
    energy(limp, energies + 2 * i);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

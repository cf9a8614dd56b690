#include "dynamics/limit_probe.h"

#include <memory>

#include "dynamics/forward.h"
#include "dynamics/kinematics.h"

namespace selfcorrect {

namespace {

template <class F>
struct Limp {
  Shape<F> shape{};
  State<F> state{};
  Kinematics<F> kinematics{};
  Vec3<F> torque[kBodies]{};
  ForwardWork<F> work{};
  Acceleration<F> acceleration{};
  Scalar<F> armature[kBodies]{};
};

template <class F>
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

template <class F>
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

// Length of the stop's spring, as stop.h has it.
double excess(int body, Quat<double> parent, Quat<double> child) {
  const JointLimit& limit = joint_limits()[body];
  const Quat<double> q = joint_rotation(limit, parent, child);
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

// Of motion, height and armature, and in the springs of the stops, J.
template <class F>
void energy(const Limp<F>& limp, double* out) {
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
    const auto scalar = [](const Quat<F>& q) {
      return Quat<double>{get_lane(q.w, 0), get_lane(q.x, 0), get_lane(q.y, 0), get_lane(q.z, 0)};
    };
    const double d = excess(b, scalar(s.rotation[p]), scalar(s.rotation[b]));
    out[1] += 0.5 * joint_limits()[b].stiffness * d * d;
  }
}

template <class F>
void fall(const double* state, int steps, double rate, bool stops, double* states, double* turning,
          double* energies) {
  auto memory = std::make_unique<Limp<F>>();
  Limp<F>& limp = *memory;
  const Humanoid body = make_humanoid(nominal_skeleton());
  for (int l = 0; l < lane_count<F>; l++) load_shape(limp.shape, l, body);
  for (int b = 1; b < kBodies; b++) limp.armature[b] = Scalar<F>(kArmature);
  load(limp.state, state);
  const Scalar<F> step = Scalar<F>(1 / rate);
  forward_kinematics(limp.shape, limp.state, limp.kinematics);
  for (int i = 0; i < steps; i++) {
    forward_dynamics<F>(limp.shape, limp.state, limp.kinematics, limp.torque, limp.armature, Vec3<F>{},
                        Vec3<F>{}, nullptr, nullptr, limp.work, limp.acceleration,
                        stops ? joint_limits() : nullptr, step);
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

}  // namespace

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
      *out++ = b ? excess(b, {p[0], p[1], p[2], p[3]}, {c[0], c[1], c[2], c[3]}) : 0;
    }
}

void probe_limp(const double* state, int steps, double rate, bool stops, bool lanes, double* states,
                double* turning, double* energies) {
  (lanes ? fall<Lanes> : fall<double>)(state, steps, rate, stops, states, turning, energies);
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

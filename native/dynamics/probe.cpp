#include "dynamics/probe.h"

#include "dynamics/forward.h"
#include "dynamics/inverse.h"
#include "dynamics/kinematics.h"

namespace selfcorrect {

namespace {

template <class F>
struct Bench {
  Shape<F> shape{};
  State<F> state{};
  Kinematics<F> kinematics{};
  Vec3<F> torque[kBodies]{};
  Wrench<F> needed[kBodies]{};
  Vec3<F> root_force{}, root_moment{}, scratch[kBodies]{};
  ForwardWork<F> work{};
  Acceleration<F> acceleration{};
  Scalar<F> armature[kBodies]{};

  Bench() {
    const Humanoid body = make_humanoid(nominal_skeleton());
    for (int l = 0; l < lane_count<F>; l++) load_shape(shape, l, body);
    for (int b = 1; b < kBodies; b++) armature[b] = Scalar<F>(kArmature);
  }

  static const double* put(Vec3<F>& v, int lane, const double* from) {
    set_lane(v.x, lane, Scalar<F>(from[0]));
    set_lane(v.y, lane, Scalar<F>(from[1]));
    set_lane(v.z, lane, Scalar<F>(from[2]));
    return from + 3;
  }
  static double* get(const Vec3<F>& v, int lane, double* to) {
    to[0] = get_lane(v.x, lane);
    to[1] = get_lane(v.y, lane);
    to[2] = get_lane(v.z, lane);
    return to + 3;
  }

  void load_state(int lane, const double* s) {
    s = put(state.position, lane, s);
    for (Quat<F>& q : state.rotation) {
      set_lane(q.w, lane, Scalar<F>(s[0]));
      s = put(reinterpret_cast<Vec3<F>&>(q.x), lane, s + 1);
    }
    s = put(state.velocity, lane, s);
    for (Vec3<F>& w : state.spin) s = put(w, lane, s);
  }
};

template <class F>
void forward(const double* states, const double* loads, int count, double* results) {
  Bench<F> bench;
  constexpr int n = lane_count<F>;
  for (int first = 0; first < count; first += n) {
    for (int l = 0; l < n; l++) {
      const int i = first + l < count ? first + l : count - 1;
      bench.load_state(l, states + i * kProbeState);
      const double* load = loads + i * kProbeLoad;
      for (Vec3<F>& t : bench.torque) load = Bench<F>::put(t, l, load);
      load = Bench<F>::put(bench.root_force, l, load);
      Bench<F>::put(bench.root_moment, l, load);
    }
    forward_kinematics(bench.shape, bench.state, bench.kinematics);
    forward_dynamics<F>(bench.shape, bench.state, bench.kinematics, bench.torque, bench.armature,
                        bench.root_force, bench.root_moment, nullptr, nullptr, bench.work,
                        bench.acceleration);
    for (int l = 0; l < n && first + l < count; l++) {
      double* out = Bench<F>::get(bench.acceleration.linear, l, results + (first + l) * kProbeResult);
      for (const Vec3<F>& a : bench.acceleration.angular) out = Bench<F>::get(a, l, out);
    }
  }
}

}  // namespace

void probe_forward(const double* states, const double* loads, int count, double* results) {
  forward<double>(states, loads, count, results);
}
void probe_forward_lanes(const double* states, const double* loads, int count, double* results) {
  forward<Lanes>(states, loads, count, results);
}

void probe_inverse(const double* states, const double* wanted, int count, double* loads) {
  Bench<double> bench;
  for (int i = 0; i < count; i++) {
    bench.load_state(0, states + i * kProbeState);
    const double* in = Bench<double>::put(bench.acceleration.linear, 0, wanted + i * kProbeResult);
    for (auto& a : bench.acceleration.angular) in = Bench<double>::put(a, 0, in);
    forward_kinematics(bench.shape, bench.state, bench.kinematics);
    needed_forces(bench.shape, bench.state, bench.kinematics, bench.acceleration, bench.needed,
                  bench.scratch);
    joint_wrenches(bench.kinematics, bench.needed);
    double* out = loads + i * kProbeLoad;
    for (int b = 0; b < kBodies; b++) {
      Vec3<double> torque = bench.needed[b].moment;
      if (b > 0) {  // the armature's share: on the relative acceleration in the parent's rotating axes
        const int p = kParent[b];
        const Vec3<double> wp = bench.state.spin[p];
        torque += (bench.acceleration.angular[b] - bench.acceleration.angular[p] -
                   cross(wp, bench.state.spin[b] - wp)) *
                  bench.armature[b];
      }
      out = Bench<double>::get(b == 0 ? Vec3<double>{} : torque, 0, out);
    }
    out = Bench<double>::get(bench.needed[0].force, 0, out);
    Bench<double>::get(bench.needed[0].moment, 0, out);
  }
}

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

}  // namespace selfcorrect

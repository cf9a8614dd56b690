// Forward dynamics in O(bodies): the articulated-body algorithm (Featherstone 2008, ch. 7) in absolute
// angular velocities.
//
// Per body the articulated inertia is (A, B, C): moment = A al + B a, force = B^T al + C a, with al the
// angular acceleration and a the acceleration of the joint's origin less gravity. A joint adds `armature` e:
// its torque is tau - e (relative acceleration), which is also how a stable (implicit) PD law enters, with e
// = armature + h kd + h^2 kp. A ground contact adds to its body a force f0 - G a_point with diagonal G:
// contacts, PD and dynamics are solved together, without Jacobians or iterations. An end stop adds the rank
// one g n n^T to its joint's e: then D^-1, and with it all that passes through the joint, changes by a rank
// one (Sherman and Morrison), and a joint within its limits costs no more than the question.
#pragma once
#include "contact/ground.h"
#include "dynamics/body.h"
#include "dynamics/inverse.h"
#include "dynamics/stop.h"
#include "dynamics/tree.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Articulated {
  Sym3<F> A;
  Mat3<F> B;
  Sym3<F> C;
  Vec3<F> moment, force;
};

// Between the sweeps.
template <class F>
struct Solution {
  Sym3<F> gain;      // of the parent's angular acceleration: e D^-1
  Mat3<F> slope;     // of the origin's acceleration: D^-1 B
  Vec3<F> constant;  // D^-1 (tau - n)
};

// What an end stop adds to a Solution: `turn` times (reach . relative, shift . a, constant).
template <class F>
struct StopSolution {
  Vec3<F> turn, reach, shift;
  F constant;
};

template <class F>
SC_INLINE void operator+=(Articulated<F>& a, const Articulated<F>& b) {
  a = {a.A + b.A, a.B + b.B, a.C + b.C, a.moment + b.moment, a.force + b.force};
}

template <class F>
struct ForwardWork {
  Articulated<F> sum[kLevels];  // contributions of the children of the body at that depth
  Solution<F> solution[kBodies];
  StopSolution<F> stop[kBodies];
  bool stopped[kBodies];
  struct {
    Vec3<F> linear, angular;
  } acceleration[kLevels];  // of the ancestor at that depth; linear: of its joint, less gravity
};

template <class F>
SC_INLINE Mat3<F> skew(Vec3<F> h) {
  const F o = F{};
  return {{o, -h.z, h.y}, {h.z, o, -h.x}, {-h.y, h.x, o}};
}

// [r] S: the skew matrix of r times a symmetric one.
template <class F>
SC_INLINE Mat3<F> skew_times(Vec3<F> r, const Sym3<F>& s) {
  const Vec3<F> x = {s.xx, s.xy, s.xz}, y = {s.xy, s.yy, s.yz}, z = {s.xz, s.yz, s.zz};
  return {z * r.y - y * r.z, x * r.z - z * r.x, y * r.x - x * r.y};
}

// S - B^T W, which is symmetric for W = D^-1 B.
template <class F>
SC_INLINE Sym3<F> reduce(const Sym3<F>& s, const Mat3<F>& b, const Mat3<F>& w) {
  return {s.xx - b.x.x * w.x.x - b.y.x * w.y.x - b.z.x * w.z.x,
          s.yy - b.x.y * w.x.y - b.y.y * w.y.y - b.z.y * w.z.y,
          s.zz - b.x.z * w.x.z - b.y.z * w.y.z - b.z.z * w.z.z,
          s.xy - b.x.x * w.x.y - b.y.x * w.y.y - b.z.x * w.z.y,
          s.xz - b.x.x * w.x.z - b.y.x * w.y.z - b.z.x * w.z.z,
          s.yz - b.x.y * w.x.z - b.y.y * w.y.z - b.z.y * w.z.z};
}

// s += scale a a^T; m += a b^T.
template <class F>
SC_INLINE void add_square(Sym3<F>& s, Vec3<F> a, F scale) {
  const Vec3<F> b = a * scale;
  s = {s.xx + a.x * b.x, s.yy + a.y * b.y, s.zz + a.z * b.z,
       s.xy + a.x * b.y, s.xz + a.x * b.z, s.yz + a.y * b.z};
}
template <class F>
SC_INLINE void add_product(Mat3<F>& m, Vec3<F> a, Vec3<F> b) {
  m.x += b * a.x;
  m.y += b * a.y;
  m.z += b * a.z;
}

// Loads on the tree besides gravity.
template <class F>
struct Loads {
  const Scalar<F>* armature;   // [kBodies] e of each joint, the same in every lane
  Vec3<F> force{}, moment{};   // external, at the pelvis' joint
  const Ground<F>* ground{};   // contact law, or null without ground
  Grip<F>* grip{};             // what contacts keep from step to step, zeros at first
  const JointLimit* limits{};  // [kBodies] of the joints, or null
  Scalar<F> step = 0;          // of their stops, s
};

// From the leaves to the pelvis. torque(b): on joint b, world axes, acting on the child and its opposite on
// the parent; asked for children first. Returns the pelvis' accelerations, the linear one less gravity.
template <class F, class Torque>
SC_INLINE auto articulate(const Shape<F>& shape, const State<F>& state, const Kinematics<F>& k,
                          const Loads<F>& loads, ForwardWork<F>& work, Torque torque) {
  SC_LOOP
  for (int i = kBodies - 1;; i--) {
    const int b = kTree.order[i], depth = kTree.depth[b];
    const F o = F{}, m = shape.mass[b];
    Articulated<F> s = {
        k.inertia[b], skew(k.moment[b]), {m, m, m, o, o, o}, k.bias_moment[b], k.bias_force[b]};
    if (loads.ground) add_contacts(*loads.ground, b, shape, state, k, *loads.grip, s);
    if (!kTree.leaf[b]) s += work.sum[depth];
    if (depth == 0) {
      const Vec3<F> n = s.moment - loads.moment, f = s.force - loads.force;
      const Sym3<F> V = inverse(s.A);
      const Mat3<F> W = V * s.B;
      struct {
        Vec3<F> linear, angular;
      } pelvis;
      pelvis.linear = inverse(reduce(s.C, s.B, W)) * (transposed_times(W, n) - f);
      pelvis.angular = (V * n + W * pelvis.linear) * Scalar<F>(-1);
      return pelvis;
    }
    const Scalar<F> e = loads.armature[b];
    const Vec3<F> r = k.reach[b], w = k.turning[b], wp = k.turning[kParent[b]];
    Vec3<F> tau = torque(b);
    Stop<F> stop;
    const bool stopped = loads.limits && find_stop(loads.limits[b], b, loads.step, state, k, stop);
    work.stopped[b] = stopped;
    if (stopped) tau -= stop.axis * stop.push;
    Sym3<F> D = s.A;
    D.xx += e;
    D.yy += e;
    D.zz += e;
    const Sym3<F> V = inverse(D);
    const Sym3<F> eV = {V.xx * e, V.yy * e, V.zz * e, V.xy * e, V.xz * e, V.yz * e};
    const Mat3<F> W = V * s.B;
    Vec3<F> y = V * (tau - s.moment);
    Vec3<F> held = y * e;  // by armature and stop
    // Seen from the parent: A' = e - e^2 D^-1 (no cancellation), B' = e W, C' = C - B^T W.
    Sym3<F> A = {e - eV.xx * e, e - eV.yy * e, e - eV.zz * e, -(eV.xy * e), -(eV.xz * e), -(eV.yz * e)};
    Mat3<F> E = {W.x * e, W.y * e, W.z * e};
    Sym3<F> C = reduce(s.C, s.B, W);
    work.solution[b] = {eV, W, y};
    if (stopped) {
      const Vec3<F> turn = V * stop.axis, reach = stop.axis - turn * e, shift = transposed_times(s.B, turn);
      const F g = stop.mass / (stop.mass * dot(stop.axis, turn) + Scalar<F>(1));
      const F constant = dot(turn, tau - s.moment);
      add_square(A, reach, g);
      add_product(E, reach, shift * g);
      add_square(C, shift, g);
      y -= turn * (g * constant);
      held += reach * (g * constant);
      work.stop[b] = {turn * g, reach, shift, constant};
    }
    const Vec3<F> coriolis = cross(wp, w - wp), centripetal = cross(wp, cross(wp, r));
    const Vec3<F> f = s.force + transposed_times(s.B, y) + transposed_times(E, coriolis) + C * centripetal;
    const Vec3<F> n = tau - held + A * coriolis + E * centripetal + cross(r, f);
    // Moved to the parent's joint: a = a_p - [r] al.
    const Mat3<F> G = E + skew_times(r, C);
    const Articulated<F> up = {{A.xx + r.y * (G.x.z + E.x.z) - r.z * (G.x.y + E.x.y),
                                A.yy + r.z * (G.y.x + E.y.x) - r.x * (G.y.z + E.y.z),
                                A.zz + r.x * (G.z.y + E.z.y) - r.y * (G.z.x + E.z.x),
                                A.xy + (r.y * G.y.z - r.z * G.y.y) + (r.z * E.x.x - r.x * E.x.z),
                                A.xz + (r.y * G.z.z - r.z * G.z.y) + (r.x * E.x.y - r.y * E.x.x),
                                A.yz + (r.z * G.z.x - r.x * G.z.z) + (r.x * E.y.y - r.y * E.y.x)},
                               G,
                               C,
                               n,
                               f};
    if (kTree.first[b])
      work.sum[depth - 1] = up;
    else
      work.sum[depth - 1] += up;
  }
}

// From the pelvis, whose accelerations articulate() gave, to the leaves. settle(b, angular, joint): the
// angular acceleration of body b and, but for the pelvis, its part relative to the parent's turning axes;
// parents first. It may change the state of b.
template <class F, class Settle>
SC_INLINE void accelerate(const Kinematics<F>& k, Vec3<F> linear, Vec3<F> angular, Grip<F>* grip,
                          ForwardWork<F>& work, Settle settle) {
  work.acceleration[0] = {linear, angular};
  if (grip) grip->acceleration[0] = linear;
  settle(0, angular, Vec3<F>{});
  SC_LOOP
  for (int i = 1; i < kBodies; i++) {
    const int b = kTree.order[i], p = kParent[b], depth = kTree.depth[b];
    const auto& parent = work.acceleration[depth - 1];
    const Solution<F>& s = work.solution[b];
    const Vec3<F> wp = k.turning[p];
    const Vec3<F> a = carried_acceleration(k, b, parent.linear, parent.angular);
    const Vec3<F> carried = parent.angular + cross(wp, k.turning[b] - wp);
    Vec3<F> own = s.constant - s.slope * a + s.gain * carried;
    if (work.stopped[b]) {
      const StopSolution<F>& stop = work.stop[b];
      own += stop.turn * (dot(stop.reach, carried) + dot(stop.shift, a) - stop.constant);
    }
    work.acceleration[depth] = {a, own};
    if (grip) grip->acceleration[b] = a;
    settle(b, own, own - carried);
  }
}

// Both sweeps, for torques [kBodies] that are known beforehand (entry 0 unused).
template <class F>
SC_INLINE void forward_dynamics(const Shape<F>& shape, const State<F>& state, const Kinematics<F>& k,
                                const Vec3<F>* torque, const Loads<F>& loads, ForwardWork<F>& work,
                                Acceleration<F>& out) {
  const auto pelvis = articulate(shape, state, k, loads, work, [torque](int b) { return torque[b]; });
  out.linear = true_acceleration(pelvis.linear);
  accelerate(k, pelvis.linear, pelvis.angular, loads.grip, work, [&](int b, Vec3<F> angular, Vec3<F> joint) {
    out.angular[b] = angular;
    out.joint[b] = joint;
  });
}

// Leapfrog: velocities belong to the middle between two steps, half a step before the positions they are
// handed over with, so that v += h a and then x += h v are of second order. The forces of inertia depend on
// the velocity at the time of the positions; it is extrapolated from the last two accelerations, a quarter
// step after the middle of their steps: h / 2 (a + 3/4 (a - a')). With the bare spin instead (semi-implicit
// Euler) a limp body that tumbles at 2 rad/s gains a sixth of its energy in 10 s at 240 Hz.
template <class F>
SC_INLINE void integrate_pelvis(State<F>& state, Vec3<F> linear, Scalar<F> h) {
  state.velocity += linear * h;
  state.position += state.velocity * h;
}
template <class F>
SC_INLINE void integrate_body(State<F>& state, int b, Vec3<F> angular, Scalar<F> h) {
  state.spin[b] += angular * h;
  state.lead[b] = angular * (h * Scalar<F>(0.875)) - state.rate[b] * (h * Scalar<F>(0.375));
  state.rate[b] = angular;
  state.rotation[b] = integrate_rotation(state.rotation[b], state.spin[b] * h);
}
template <class F>
SC_INLINE void integrate(State<F>& state, const Acceleration<F>& a, Scalar<F> h) {
  integrate_pelvis(state, a.linear, h);
  for (int b = 0; b < kBodies; b++) integrate_body(state, b, a.angular[b], h);
}

}  // namespace SC_ISA
}  // namespace selfcorrect

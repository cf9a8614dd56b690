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
#include <algorithm>

#include "contact/ground.h"
#include "dynamics/body.h"
#include "dynamics/stop.h"

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
struct ForwardWork {
  Articulated<F> sum[kBodies];  // contributions of the children
  Solution<F> solution[kBodies];
  StopSolution<F> stop[kBodies];
  bool stopped[kBodies];
  Vec3<F> acceleration[kBodies];
};

// Is this body the first of its parent's children that the sweep from the leaves meets?
constexpr bool first_met(int body) {
  for (int other = body + 1; other < kBodies; other++)
    if (kParent[other] == kParent[body]) return false;
  return true;
}
constexpr bool is_leaf(int body) {
  for (int other = body + 1; other < kBodies; other++)
    if (kParent[other] == body) return false;
  return true;
}
struct Tree {
  bool first[kBodies], leaf[kBodies];
  constexpr Tree() : first{}, leaf{} {
    for (int b = 0; b < kBodies; b++) {
      first[b] = first_met(b);
      leaf[b] = is_leaf(b);
    }
  }
};
inline constexpr Tree kTree{};

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

// torque: [kBodies] on each joint, world axes, acting on the child and its opposite on the parent (entry 0
// unused). armature: [kBodies] e of each joint, the same in every lane. root_force, root_moment: external, at
// the pelvis' joint. ground: contact law, or null without ground. limits: [kBodies] of the joints, or null;
// `step` of their stops, s. Out: accelerations; `grip` is what contacts keep from step to
// step, zeros at first.
template <class F>
SC_INLINE void forward_dynamics(const Shape<F>& shape, const State<F>& state, const Kinematics<F>& k,
                                const Vec3<F>* torque, const Scalar<F>* armature, Vec3<F> root_force,
                                Vec3<F> root_moment, const Ground<F>* ground, Grip<F>* grip,
                                ForwardWork<F>& work, Acceleration<F>& out,
                                const JointLimit* limits = nullptr, Scalar<F> step = 0) {
  for (int b = kBodies - 1; b >= 0; b--) {
    const F o = F{}, m = shape.mass[b];
    Articulated<F> s = {
        k.inertia[b], skew(k.moment[b]), {m, m, m, o, o, o}, k.bias_moment[b], k.bias_force[b]};
    if (ground) add_contacts(*ground, b, shape, state, k, *grip, s);
    if (!kTree.leaf[b]) {
      const Articulated<F>& c = work.sum[b];
      s = {s.A + c.A, s.B + c.B, s.C + c.C, s.moment + c.moment, s.force + c.force};
    }
    const int p = kParent[b];
    if (p < 0) {
      const Vec3<F> n = s.moment - root_moment, f = s.force - root_force;
      const Sym3<F> V = inverse(s.A);
      const Mat3<F> W = V * s.B;
      out.linear = inverse(reduce(s.C, s.B, W)) * (transposed_times(W, n) - f);
      out.angular[0] = (V * n + W * out.linear) * Scalar<F>(-1);
      break;
    }
    const Scalar<F> e = armature[b];
    const Vec3<F> r = k.reach[b], wp = state.turning(p);
    Vec3<F> tau = torque[b];
    Stop<F> stop;
    const bool stopped = limits && find_stop(limits[b], b, step, state, k, stop);
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
    const Vec3<F> coriolis = cross(wp, state.turning(b) - wp), centripetal = cross(wp, cross(wp, r));
    const Vec3<F> f = s.force + transposed_times(s.B, y) + transposed_times(E, coriolis) + C * centripetal;
    const Vec3<F> n = tau - held + A * coriolis + E * centripetal + cross(r, f);
    // Moved to the parent's joint: a = a_p - [r] al.
    const Mat3<F> G = E + skew_times(r, C);
    Articulated<F>& to = work.sum[p];
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
      to = up;
    else
      to = {to.A + up.A, to.B + up.B, to.C + up.C, to.moment + up.moment, to.force + up.force};
  }
  work.acceleration[0] = out.linear;
  for (int b = 1; b < kBodies; b++) {
    const int p = kParent[b];
    const Solution<F>& s = work.solution[b];
    const Vec3<F> wp = state.turning(p), r = k.reach[b];
    const Vec3<F> a = work.acceleration[p] + cross(out.angular[p], r) + cross(wp, cross(wp, r));
    work.acceleration[b] = a;
    const Vec3<F> carried = out.angular[p] + cross(wp, state.turning(b) - wp);
    Vec3<F> angular = s.constant - s.slope * a + s.gain * carried;
    if (work.stopped[b]) {
      const StopSolution<F>& stop = work.stop[b];
      angular += stop.turn * (dot(stop.reach, carried) + dot(stop.shift, a) - stop.constant);
    }
    out.angular[b] = angular;
    out.joint[b] = angular - carried;
  }
  if (grip) std::copy(work.acceleration, work.acceleration + kBodies, grip->acceleration);
  out.linear.y = out.linear.y - Scalar<F>(kGravity);
}

// Leapfrog: velocities belong to the middle between two steps, half a step before the positions they are
// handed over with, so that v += h a and then x += h v are of second order. The forces of inertia depend on
// the velocity at the time of the positions; it is extrapolated from the last two accelerations, a quarter
// step after the middle of their steps: h / 2 (a + 3/4 (a - a')). With the bare spin instead (semi-implicit
// Euler) a limp body that tumbles at 2 rad/s gains a sixth of its energy in 10 s at 240 Hz.
template <class F>
SC_INLINE void integrate(State<F>& state, const Acceleration<F>& a, Scalar<F> h) {
  state.velocity += a.linear * h;
  state.position += state.velocity * h;
  for (int b = 0; b < kBodies; b++) {
    state.spin[b] += a.angular[b] * h;
    state.lead[b] = a.angular[b] * (h * Scalar<F>(0.875)) - state.rate[b] * (h * Scalar<F>(0.375));
    state.rate[b] = a.angular[b];
    state.rotation[b] = integrate_rotation(state.rotation[b], state.spin[b] * h);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

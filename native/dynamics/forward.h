// Forward dynamics in O(bodies): the articulated-body algorithm (Featherstone 2008, ch. 7) in absolute
// angular velocities.
//
// Per body the articulated inertia is (A, B, C): moment = A al + B a, force = B^T al + C a, with al the
// angular acceleration and a the acceleration of the joint's origin less gravity. A joint adds `armature` e:
// its torque is tau - e (relative acceleration), which is also how a stable (implicit) PD law enters, with e
// = armature + h kd + h^2 kp. A ground contact adds to its body a force f0 - G a_point with diagonal G:
// contacts, PD and dynamics are solved together, without Jacobians or iterations.
#pragma once
#include "contact/ground.h"
#include "dynamics/body.h"

namespace selfcorrect {

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

template <class F>
struct ForwardWork {
  Articulated<F> sum[kBodies];  // contributions of the children
  Solution<F> solution[kBodies];
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

// torque: [kBodies] on each joint, world axes, acting on the child and its opposite on the parent (entry 0
// unused). armature: [kBodies] e of each joint, the same in every lane. root_force, root_moment: external, at
// the pelvis' joint. ground: contact law, or null without ground. Out: accelerations; `grip` keeps the
// contacts' tangential springs, `work` the last step's accelerations; both start as zeros.
template <class F>
SC_INLINE void forward_dynamics(const Shape<F>& shape, const State<F>& state, const Kinematics<F>& k,
                                const Vec3<F>* torque, const Scalar<F>* armature, Vec3<F> root_force,
                                Vec3<F> root_moment, const Ground<F>* ground, Grip<F>* grip,
                                ForwardWork<F>& work, Acceleration<F>& out) {
  for (int b = kBodies - 1; b >= 0; b--) {
    const F o = F{}, m = shape.mass[b];
    Articulated<F> s = {
        k.inertia[b], skew(k.moment[b]), {m, m, m, o, o, o}, k.bias_moment[b], k.bias_force[b]};
    if (ground) add_contacts(*ground, b, shape, state, k, work.acceleration[b], *grip, s);
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
    const Vec3<F> r = k.reach[b], wp = state.turning(p), tau = torque[b];
    Sym3<F> D = s.A;
    D.xx += e;
    D.yy += e;
    D.zz += e;
    const Sym3<F> V = inverse(D);
    const Sym3<F> eV = {V.xx * e, V.yy * e, V.zz * e, V.xy * e, V.xz * e, V.yz * e};
    const Mat3<F> W = V * s.B;
    const Vec3<F> y = V * (tau - s.moment);
    work.solution[b] = {eV, W, y};
    // Seen from the parent: A' = e - e^2 D^-1 (no cancellation), B' = e W, C' = C - B^T W.
    const Sym3<F> A = {e - eV.xx * e, e - eV.yy * e, e - eV.zz * e, -(eV.xy * e), -(eV.xz * e), -(eV.yz * e)};
    const Mat3<F> E = {W.x * e, W.y * e, W.z * e};
    const Sym3<F> C = reduce(s.C, s.B, W);
    const Vec3<F> coriolis = cross(wp, state.turning(b) - wp), centripetal = cross(wp, cross(wp, r));
    const Vec3<F> f = s.force + transposed_times(s.B, y) + transposed_times(E, coriolis) + C * centripetal;
    const Vec3<F> n = tau - y * e + A * coriolis + E * centripetal + cross(r, f);
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
    out.angular[b] = s.constant - s.slope * a + s.gain * (out.angular[p] + cross(wp, state.turning(b) - wp));
  }
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

}  // namespace selfcorrect

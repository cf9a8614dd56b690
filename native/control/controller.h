// The whole-body controller: joint torques and a residual wrench on the pelvis that make the humanoid follow
// a target.
//
// Desired accelerations are the target's, plus feedback on the pelvis. Inverse dynamics give what they need;
// planned contact forces carry what they can of the pelvis' share, the capped residual the rest, and to what
// is still missing the body as a whole gives way. Joints add stable (implicit) PD: Tan, Liu, Turk 2011.
#pragma once
#include "control/absorb.h"
#include "control/plan.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Gains {
  Scalar<F> stiffness[kBodies], damping[kBodies], limit[kBodies], inverse_limit[kBodies];
  Scalar<F> armature[kBodies];  // with the implicit PD's share
};

template <class F>
Gains<F> make_gains(double step) {
  Gains<F> gains{};
  for (int b = 1; b < kBodies; b++) {
    const BodyRow& row = kBodyTable[b];
    gains.stiffness[b] = row.kp;
    gains.damping[b] = row.kd;
    gains.limit[b] = row.torque;
    gains.inverse_limit[b] = 1 / gains.limit[b];
    gains.armature[b] = Scalar<F>(kArmature + step * row.kd + step * step * row.kp);
  }
  return gains;
}

template <class F>
struct Control {
  Vec3<F> torque[kBodies];
  F torque_ratio[kBodies];  // what weigh_torques() found, over the joint's limit; entry 0 unused
  Vec3<F> force, moment;    // residual on the pelvis
};

// A deviation from what the target asks for, for sampling.
template <class F>
struct Nudge {
  Vec3<F> linear, angular;  // on the wanted acceleration of the pelvis, m/s^2 and rad/s^2
  Vec3<F> joint[kBodies];   // on the joints' target rotations: rotation vectors in the parent's axes
};

template <class F>
struct ControlWork {
  Quat<F> error[kBodies];                 // from the actual to the target rotation
  Vec3<F> spin[kBodies], drive[kBodies];  // target velocity in the actual heading; PD torques
  Vec3<F> velocity[kBodies];              // of the joints, in the target
  Acceleration<F> wanted;
  Wrench<F> needed[kBodies];
  Vec3<F> acceleration[kBodies];
  PlanWork<F> plan;
};

// target: at the end of the step. force_cap in body weights, torque_cap in N m. nudge: or null. plan: what
// planning keeps from step to step.
template <class F>
SC_INLINE void control(const Tuning& t, const Gains<F>& gains, const Shape<F>& shape, const State<F>& state,
                       const Kinematics<F>& k, const Target<F>& target, Scalar<F> step, F force_cap,
                       F torque_cap, const Nudge<F>* nudge, ControlWork<F>& work, Plan<F>& plan,
                       Control<F>& out) {
  using S = Scalar<F>;
  work.error[0] = target.rotation[0] * conjugate(state.rotation[0]);
  // The target's motion turned by the pelvis' rotation error: limbs keep moving the right way in a body that
  // is off course.
  const Axes<F> turn = axes_of(conjugate(work.error[0]));
  const S w = S(t.root_linear), wa = S(t.root_angular);
  // The pelvis is compared with the target a step before its end, where the state is; else it runs ahead by
  // half a step.
  Vec3<F> push = clip_norm(
      target.acceleration +
          clip_norm(target.position - target.velocity * step - state.position, broadcast<F>(t.max_pull)) *
              (w * w) +
          (target.velocity - target.acceleration * step - state.velocity) * (2 * w),
      broadcast<F>(t.max_acceleration));
  Vec3<F> swing = (rotation_vector(work.error[0]) - target.spin[0] * step) * (wa * wa) +
                  (target.spin[0] - target.spin_rate[0] * step - state.spin[0]) * (2 * wa);
  if (nudge) {
    push += nudge->linear;
    swing += nudge->angular;
  }
  work.wanted.linear = push;
  for (int b = 0; b < kBodies; b++) {
    const int p = kParent[b];
    work.spin[b] = rotate(turn, target.spin[b]);
    work.wanted.angular[b] = rotate(turn, target.spin_rate[b]) + swing;
    if (p < 0) {
      work.velocity[b] = target.velocity;
      continue;
    }
    work.velocity[b] = work.velocity[p] + cross(work.spin[p], k.reach[b]);
    work.error[b] = target.rotation[b] * conjugate(state.rotation[b]);
    Vec3<F> e = rotation_vector(conjugate(work.error[p]) * work.error[b]);
    if (nudge) e += rotate(k.axes[p], nudge->joint[b]);
    const Vec3<F> v = state.spin[b] - state.spin[p];
    // Velocities belong to the middles of steps.
    const Vec3<F> middle = (work.wanted.angular[b] - work.wanted.angular[p]) * (step * S(0.5));
    work.drive[b] =
        (e - v * step) * gains.stiffness[b] + (work.spin[b] - work.spin[p] - middle - v) * gains.damping[b];
  }
  const Wrench<F> needed = needed_forces(shape, state, k, work.wanted, work.needed, work.acceleration);
  find_contacts(t, shape, state, k, work.velocity, work.spin, work.plan, plan);
  const Wrench<F> residual = plan_forces(t, shape.weight, needed, work.plan, plan);
  out.force = clip_norm(residual.force, force_cap * shape.weight);
  out.moment = clip_norm(residual.moment, torque_cap);
  for (int i = 0; i < work.plan.count; i++) {
    const int p = work.plan.touching[i];
    Wrench<F>& body = work.needed[kPointBody[p]];
    const Vec3<F> f = work.plan.force[p] * shape.weight;
    body.force -= f;
    body.moment -= cross(work.plan.arm[p], f);
  }
  absorb(shape, k, {residual.force - out.force, residual.moment - out.moment}, work.needed);
  joint_wrenches(k, work.needed);
  for (int b = 1; b < kBodies; b++) {
    // The implicit PD takes its share of the acceleration back: the limit is for what then is left.
    const Vec3<F> share =
        (work.wanted.angular[b] - work.wanted.angular[kParent[b]]) * (gains.armature[b] - S(kArmature));
    const Vec3<F> asked = work.drive[b] + work.needed[b].moment;
    out.torque[b] = clip_norm(asked - share, broadcast<F>(gains.limit[b])) + share;
  }
}

// The torques that the muscles gave in a step: what was asked for, less the implicit PD's share of the
// acceleration that came of it. The armature's inertia and the end stops are not muscle.
//
// Only what is asked for is clipped, at the share that the target's acceleration takes. On 44 real clips the
// torques given are more than 5 % over the limit in one joint and step of 2,000, nearly all single steps in
// which a foot lands. Scaling the implicit share with what was clipped leaves as many, and so does scaling it
// by the ratio of the step before; an exact limit would take a second solution.
template <class F>
SC_INLINE void weigh_torques(const Gains<F>& gains, const Acceleration<F>& a, Control<F>& out) {
  for (int b = 1; b < kBodies; b++) {
    const Vec3<F> torque = out.torque[b] - a.joint[b] * (gains.armature[b] - Scalar<F>(kArmature));
    out.torque_ratio[b] = norm(torque) * gains.inverse_limit[b];
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

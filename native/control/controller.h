// The whole-body controller: joint torques and a residual wrench on the pelvis that make the humanoid follow
// a target.
//
// Desired accelerations are the target's, plus feedback on the pelvis. Inverse dynamics give what they need;
// planned contact forces carry what they can of the pelvis' share, the capped residual the rest, and to what
// is still missing the body as a whole gives way. Joints add stable (implicit) PD: Tan, Liu, Turk 2011.
#pragma once
#include "control/absorb.h"
#include "control/plan.h"
#include "dynamics/tree.h"

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

// A deviation from what the target asks for, for sampling.
template <class F>
struct Nudge {
  Vec3<F> linear, angular;  // on the wanted acceleration of the pelvis, m/s^2 and rad/s^2
  Vec3<F> joint[kBodies];   // on the joints' target rotations: rotation vectors in the parent's axes
};

// What is wanted of a body, and of the ancestors of the body that a sweep is at.
template <class F>
struct Wish {
  Vec3<F> drive;     // PD torque
  Vec3<F> turn;      // angular acceleration relative to the parent's
  Wrench<F> needed;  // about the own joint
  Vec3<F> feed;      // torque on the joint that it takes, with all that hangs on the body
};
template <class F>
struct WishLevel {
  Quat<F> error;                  // from the actual to the target rotation
  Vec3<F> spin, velocity;         // of the target, in the actual heading; velocity of the joint
  Vec3<F> angular, acceleration;  // wanted; acceleration of the joint, less gravity
};

template <class F>
struct ControlWork {
  Wish<F> wish[kBodies];
  WishLevel<F> level[kLevels];
  Wrench<F> through[kLevels];  // the joints of the children of the body at that depth
  PlanWork<F> plan;
  Axes<F> turn;           // what turns the target's motion into the actual heading
  Vec3<F> swing;          // feedback on the pelvis' angular acceleration
  Wrench<F> sum;          // needed at the pelvis
  Vec3<F> force, moment;  // residual on the pelvis
  Vec3<F> torque[kBodies];
};

// One step's control, called by the sweeps of a physics step. `plan`: what planning keeps from step to step.
template <class F>
struct Controller {
  using S = Scalar<F>;
  const Tuned<S>& t;
  const Gains<F>& gains;
  const Shape<F>& shape;
  const State<F>& state;
  const Kinematics<F>& k;
  const Nudge<F>* nudge;  // or null
  S step;
  bool anew;  // whether the accelerations wanted, and what they need, are found anew; if not, the last hold
  ControlWork<F>& work;
  Plan<F>& plan;

  // Down from the pelvis: what body b, placed in `k`, is wanted to do. target: at the end of the step.
  SC_INLINE void wish_pelvis(const PelvisTarget<F>& pelvis, const BodyTarget<F>& target) {
    WishLevel<F>& own = work.level[0];
    own.error = target.rotation * conjugate(state.rotation[0]);
    // The target's motion turned by the pelvis' rotation error: limbs keep moving the right way in a body
    // that is off course.
    work.turn = axes_of(conjugate(own.error));
    own.spin = rotate(work.turn, target.spin);
    if (!anew) return;
    const S w = t.root_linear, wa = t.root_angular;
    // The pelvis is compared with the target a step before its end, where the state is; else it runs ahead by
    // half a step.
    Vec3<F> push = clip_norm(
        pelvis.acceleration +
            clip_norm(pelvis.position - pelvis.velocity * step - state.position, broadcast<F>(t.max_pull)) *
                (w * w) +
            (pelvis.velocity - pelvis.acceleration * step - state.velocity) * (2 * w),
        broadcast<F>(t.max_acceleration));
    work.swing = (rotation_vector(own.error) - target.spin * step) * (wa * wa) +
                 (target.spin - target.spin_rate * step - state.spin[0]) * (2 * wa);
    if (nudge) {
      push += nudge->linear;
      work.swing += nudge->angular;
    }
    own.angular = rotate(work.turn, target.spin_rate) + work.swing;
    own.velocity = pelvis.velocity;
    own.acceleration = less_gravity(push);
    work.wish[0].needed = needed_force(shape, k, 0, own.acceleration, own.angular);
    work.sum = work.wish[0].needed;
    work.plan.count = 0;
    find_contacts(t, 0, shape, state, k, own.velocity, own.spin, work.plan, plan);
  }

  SC_INLINE void wish_body(int b, const BodyTarget<F>& target) {
    const int p = kParent[b], depth = kTree.depth[b];
    const WishLevel<F>& parent = work.level[depth - 1];
    WishLevel<F>& own = work.level[depth];
    Wish<F>& wish = work.wish[b];
    own.error = target.rotation * conjugate(state.rotation[b]);
    own.spin = rotate(work.turn, target.spin);
    if (anew) {
      own.angular = rotate(work.turn, target.spin_rate) + work.swing;
      own.velocity = parent.velocity + cross(parent.spin, k.reach[b]);
      own.acceleration = carried_acceleration(k, b, parent.acceleration, parent.angular);
      wish.turn = own.angular - parent.angular;
      wish.needed = needed_force(shape, k, b, own.acceleration, own.angular);
      work.sum += at_pelvis(k, b, wish.needed);
      find_contacts(t, b, shape, state, k, own.velocity, own.spin, work.plan, plan);
    }
    Vec3<F> e = rotation_vector(conjugate(parent.error) * own.error);
    if (nudge) e += rotate(k.axes[p], nudge->joint[b]);
    const Vec3<F> v = state.spin[b] - state.spin[p];
    // Velocities belong to the middles of steps.
    const Vec3<F> middle = wish.turn * (step * S(0.5));
    wish.drive =
        (e - v * step) * gains.stiffness[b] + (own.spin - parent.spin - middle - v) * gains.damping[b];
  }

  // The forces of the ground and the residual that the wishes need. force_cap in body weights, torque_cap in
  // N m.
  SC_INLINE void plan_support(F force_cap, F torque_cap) {
    if (!anew) return;
    const Wrench<F> residual = plan_forces(t, shape.weight, work.sum, work.plan, plan);
    work.force = clip_norm(residual.force, force_cap * shape.weight);
    work.moment = clip_norm(residual.moment, torque_cap);
    SC_LOOP
    for (int i = 0; i < work.plan.count; i++) {
      const int p = work.plan.touching[i], b = kPointBody[p];
      const Vec3<F> f = work.plan.force[p] * shape.weight;
      work.wish[b].needed.force -= f;
      work.wish[b].needed.moment -= cross(work.plan.arm[p], f);
    }
    absorb(shape, k, {residual.force - work.force, residual.moment - work.moment}, work.wish);
  }

  // Up from the leaves: the torque on joint b.
  SC_INLINE Vec3<F> torque(int b) {
    Wish<F>& wish = work.wish[b];
    if (anew) {
      const int depth = kTree.depth[b];
      Wrench<F> through = wish.needed;
      if (!kTree.leaf[b]) through += work.through[depth];
      const Wrench<F> up = at_parent(k, b, through);
      if (kTree.first[b])
        work.through[depth - 1] = up;
      else
        work.through[depth - 1] += up;
      wish.feed = through.moment;
    }
    // The implicit PD takes its share of the acceleration back: the limit is for what then is left.
    const Vec3<F> share = wish.turn * (gains.armature[b] - S(kArmature));
    return work.torque[b] = clip_norm(wish.drive + wish.feed - share, broadcast<F>(gains.limit[b])) + share;
  }
};

// The torque that the muscles of a joint gave in a step, over its limit: what was asked for, less the
// implicit PD's share of the acceleration that came of it. The armature's inertia and the end stops are not
// muscle.
//
// Only what is asked for is clipped, at the share that the target's acceleration takes. On 44 real clips the
// torques given are more than 5 % over the limit in one joint and step of 2,000, nearly all single steps in
// which a foot lands. Scaling the implicit share with what was clipped leaves as many, and so does scaling it
// by the ratio of the step before; an exact limit would take a second solution.
template <class F>
SC_INLINE F torque_ratio(const Gains<F>& gains, int b, Vec3<F> asked, Vec3<F> joint) {
  return norm(asked - joint * (gains.armature[b] - Scalar<F>(kArmature))) * gains.inverse_limit[b];
}

}  // namespace SC_ISA
}  // namespace selfcorrect

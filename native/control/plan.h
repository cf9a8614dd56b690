// Planned contact forces: the friction-cone forces at the touching points that best give the pelvis the
// wrench it needs.
//
// Minimises |W (sum of contact wrenches - needed)|^2 + cost |f|^2 over forces in the cones by the alternating
// direction method of multipliers (Boyd et al. 2011, section 3; here as Douglas-Rachford splitting, section
// 3.1.1 in one variable q a point): projection of every force into its cone, then the least squares near the
// reflection, whose matrix is 6 x 6 for any number of points. The points' steps do not wait for one another
// and have no order, so a mirrored motion gets mirrored forces. q is kept from step to step, and over-relaxed
// by a half: so four iterations leave the residual that six leave otherwise (7 % above the converged one on
// 20 real walks; as many projected Gauss-Seidel sweeps over the points, which take longer, 29 %). Forces are
// in body weights, torques in body weights times `lever`.
#pragma once
#include "contact/ground.h"
#include "control/spline.h"
#include "control/tuning.h"
#include "dynamics/inverse.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Plan {
  Vec3<F> start[kMaxPoints];  // q, kept from step to step; zero where the point is not planned
};

template <class F>
struct PlanWork {
  Vec3<F> arm[kMaxPoints];    // from the body's joint
  Vec3<F> lever[kMaxPoints];  // from the pelvis, over `lever`; zero in lanes where the point is not planned
  Vec3<F> force[kMaxPoints];  // the result, body weights
  F use[kMaxPoints];          // 1 where the point is planned, else 0
  int touching[kMaxPoints], count;
};

// Which points of body b may carry: near the ground, and slow in the reference (a swing foot passing low must
// not be loaded). `velocity`, `spin`: of the joint and the body in the reference. Adds them to `work`, whose
// count is 0 before the first body.
template <class F>
SC_INLINE void find_contacts(const Tuned<Scalar<F>>& t, int b, const Shape<F>& shape, const State<F>& state,
                             const Kinematics<F>& k, Vec3<F> velocity, Vec3<F> spin, PlanWork<F>& work,
                             Plan<F>& plan) {
  const F ceiling = broadcast<F>(t.plan_height), fast = broadcast<F>(t.plan_square_speed);
  const Axes<F>& axes = k.axes[b];
  SC_LOOP
  for (int p = kPoints.begin[b]; p < kPoints.end[b]; p++) {
    const Vec3<F> at = shape.point[p];
    const F height = state.position.y + k.origin[b].y + axes.x.y * at.x + axes.y.y * at.y + axes.z.y * at.z;
    const Mask<F> low = height < ceiling;
    if (any(low)) {
      const Vec3<F> arm = rotate(axes, at);
      const Vec3<F> v = velocity + cross(spin, arm);
      const Mask<F> use = low & (v.x * v.x + v.z * v.z < fast) & (v.y * v.y < fast);
      if (any(use)) {
        const F used = select<F>(use, broadcast<F>(1), F{});
        work.use[p] = used;
        work.arm[p] = arm;
        work.lever[p] = (k.origin[b] + arm) * (used * t.plan_per_lever);
        plan.start[p] = plan.start[p] * used;
        work.touching[work.count++] = p;
        continue;
      }
    }
    plan.start[p] = Vec3<F>{};
  }
}

// The nearest force in the cone of slope mu about y.
template <class F>
SC_INLINE Vec3<F> project_to_cone(Vec3<F> f, Scalar<F> mu) {
  using S = Scalar<F>;
  const F side = square_root(f.x * f.x + f.z * f.z + S(1e-12));
  const F onto = (f.y + side * mu) * (S(1) / (1 + mu * mu));
  const F y = maximum<F>(select<F>(side <= f.y * mu, f.y, onto), F{});
  const F scale = minimum<F>(y * mu / side, broadcast<F>(1));
  return {f.x * scale, y, f.z * scale};
}

// (G G^T + s) x = b, with G the map from all forces to their wrench and s > 0.
template <class F>
struct WrenchSolver {
  Vec3<F> sum, mean;  // of the levers
  F share;            // 1 / (points + s)
  Sym3<F> turning;    // inverse of the Schur complement

  SC_INLINE WrenchSolver(const PlanWork<F>& work, Scalar<F> s) {
    const F o = F{};
    F count = broadcast<F>(s);
    Sym3<F> m = {count, count, count, o, o, o};
    sum = Vec3<F>{};
    SC_LOOP
    for (int i = 0; i < work.count; i++) {
      const int p = work.touching[i];
      count = count + work.use[p];
      sum += work.lever[p];
      m = m + square(work.lever[p], work.lever[p]);
    }
    share = Scalar<F>(1) / count;
    mean = sum * share;
    turning = inverse(m + square(sum, mean * Scalar<F>(-1)));
  }

  SC_INLINE Wrench<F> solve(const Wrench<F>& b) const {
    const Vec3<F> moment = turning * (b.moment - cross(mean, b.force));
    return {(b.force + cross(sum, moment)) * share, moment};
  }

 private:
  // a.b 1 - a b^T, for parallel a and b.
  static SC_INLINE Sym3<F> square(Vec3<F> a, Vec3<F> b) {
    const F x = a.x * b.x, y = a.y * b.y, z = a.z * b.z;
    return {y + z, x + z, x + y, -(a.x * b.y), -(a.x * b.z), -(a.y * b.z)};
  }
};

// needed: at the pelvis, N and N m. Returns the residual: what the planned forces leave over, N and N m.
template <class F>
SC_INLINE Wrench<F> plan_forces(const Tuned<Scalar<F>>& t, F weight, const Wrench<F>& needed,
                                PlanWork<F>& work, Plan<F>& plan) {
  using S = Scalar<F>;
  const S mu = t.plan_friction, keep = t.plan_keep;
  // One iteration moves q by `relax` times (fit - f), fit = keep (2 f - q) + pull.
  const S relax = t.plan_relax, of_start = S(1) - relax * keep, of_force = relax * (S(2) * keep - S(1));
  const F unit = S(1) / weight;
  const Vec3<F> force = needed.force * unit, moment = needed.moment * (unit * t.plan_per_lever);
  const WrenchSolver<F> solver(work, t.plan_weight);
  Wrench<F> pull{};
  SC_LOOP
  for (int left = t.plan_iterations;; left--) {
    Wrench<F> sum{};  // of the forces; of their reflections while iterations are left
    SC_LOOP
    for (int i = 0; i < work.count; i++) {
      const int p = work.touching[i];
      const Vec3<F> lever = work.lever[p];
      const F use = work.use[p];
      Vec3<F> q = plan.start[p];
      if (left < t.plan_iterations) {
        q = q * of_start + work.force[p] * of_force + pull.force * use + cross(pull.moment, lever);
        plan.start[p] = q;
      }
      Vec3<F> f = project_to_cone(q, mu);
      f.y = f.y * use;
      work.force[p] = f;
      if (left > 0) f = f + f - q;
      sum.force += f;
      sum.moment += cross(lever, f);
    }
    if (left == 0) return {(force - sum.force) * weight, (moment - sum.moment) * (weight * t.plan_lever)};
    pull = solver.solve({force - sum.force * keep, moment - sum.moment * keep});
    pull = {pull.force * relax, pull.moment * relax};
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

// Planned contact forces: the friction-cone forces at the touching points that best give the pelvis the
// wrench it needs.
//
// Minimises |W (sum of contact wrenches - needed)|^2 + cost |f|^2 by projected Gauss-Seidel over the points:
// normal first, then the tangents, then the projection into the cone. Forces are in body weights, torques in
// body weights times `lever`.
#pragma once
#include "contact/ground.h"
#include "control/spline.h"
#include "control/tuning.h"
#include "dynamics/inverse.h"

namespace selfcorrect {

template <class F>
struct Plan {
  Vec3<F> force[kMaxPoints];  // body weights, kept from step to step as the start of the iteration
};

template <class F>
struct PlanWork {
  Vec3<F> arm[kMaxPoints];    // from the body's joint
  Vec3<F> lever[kMaxPoints];  // from the pelvis, over `lever`
  Vec3<F>
      step[kMaxPoints];  // 1 / diagonal of the normal equations, zero in lanes where the point is not planned
  int touching[kMaxPoints], count;
};

// Which points may carry: near the ground, and slow in the reference (a swing foot passing low must not be
// loaded). `velocity`: of every joint in the reference. `spin`: angular velocities of the reference.
template <class F>
SC_INLINE void find_contacts(const Tuning& t, const Shape<F>& shape, const State<F>& state,
                             const Kinematics<F>& k, const Vec3<F>* velocity, const Vec3<F>* spin,
                             PlanWork<F>& work, Plan<F>& plan) {
  using S = Scalar<F>;
  const F zero = F{}, ceiling = broadcast<F>(t.plan_height), fast = broadcast<F>(t.plan_speed * t.plan_speed);
  work.count = 0;
  for (int p = 0; p < kMaxPoints; p++) {
    const int b = kPointBody[p];
    const Vec3<F> at = shape.point[p];
    const Axes<F>& axes = k.axes[b];
    const F height = state.position.y + k.origin[b].y + axes.x.y * at.x + axes.y.y * at.y + axes.z.y * at.z;
    const Mask<F> low = height < ceiling;
    if (any(low)) {
      const Vec3<F> arm = rotate(axes, at);
      const Vec3<F> v = velocity[b] + cross(spin[b], arm);
      const Mask<F> use = low & (v.x * v.x + v.z * v.z < fast) & (v.y * v.y < fast);
      if (any(use)) {
        const Vec3<F> d = (k.origin[b] + arm) * S(1 / t.plan_lever);
        const F xx = d.x * d.x, yy = d.y * d.y, zz = d.z * d.z, one = broadcast<F>(1 + t.plan_cost);
        work.arm[p] = arm;
        work.lever[p] = d;
        work.step[p] = {select<F>(use, S(1) / (one + yy + zz), zero),
                        select<F>(use, S(1) / (one + xx + zz), zero),
                        select<F>(use, S(1) / (one + xx + yy), zero)};
        const Vec3<F> f = plan.force[p];
        plan.force[p] = {select<F>(use, f.x, zero), select<F>(use, f.y, zero), select<F>(use, f.z, zero)};
        work.touching[work.count++] = p;
        continue;
      }
    }
    plan.force[p] = Vec3<F>{};
  }
}

// needed: at the pelvis, N and N m. Returns the residual: what the planned forces leave over, N and N m.
template <class F>
SC_INLINE Wrench<F> plan_forces(const Tuning& t, F weight, const Wrench<F>& needed, const PlanWork<F>& work,
                                Plan<F>& plan) {
  using S = Scalar<F>;
  const F zero = F{}, one = broadcast<F>(1), unit = S(1) / weight;
  const S cost = S(t.plan_cost), mu = S(t.plan_friction);
  Vec3<F> f = needed.force * unit * S(-1), n = needed.moment * unit * S(-1 / t.plan_lever);
  for (int i = 0; i < work.count; i++) {
    const int p = work.touching[i];
    f += plan.force[p];
    n += cross(work.lever[p], plan.force[p]);
  }
  for (int sweep = 0; sweep < t.plan_sweeps; sweep++)
    for (int i = 0; i < work.count; i++) {
      const int p = work.touching[i];
      const Vec3<F> d = work.lever[p], step = work.step[p], old = plan.force[p];
      Vec3<F> g = old;
      g.y = maximum<F>(old.y - (f.y + n.z * d.x - n.x * d.z + old.y * cost) * step.y, zero);
      F change = g.y - old.y;
      f.y = f.y + change;
      n.x = n.x - change * d.z;
      n.z = n.z + change * d.x;
      g.x = old.x - (f.x + n.y * d.z - n.z * d.y + old.x * cost) * step.x;
      g.z = old.z - (f.z + n.x * d.y - n.y * d.x + old.z * cost) * step.z;
      const F scale = minimum<F>(g.y * mu / square_root(g.x * g.x + g.z * g.z + S(1e-12)), one);
      g.x = g.x * scale;
      g.z = g.z * scale;
      const F dx = g.x - old.x, dz = g.z - old.z;
      f.x = f.x + dx;
      f.z = f.z + dz;
      n.x = n.x + dz * d.y;
      n.y = n.y + dx * d.z - dz * d.x;
      n.z = n.z - dx * d.y;
      plan.force[p] = g;
    }
  return {f * (weight * S(-1)), n * (weight * S(-t.plan_lever))};
}

}  // namespace selfcorrect

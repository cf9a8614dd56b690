// Planned contact forces: the friction-cone forces at the touching points that best give the pelvis the
// wrench it needs.
//
// Minimises |W (sum of contact wrenches - needed)|^2 + cost |f|^2 by projected Gauss-Seidel over the points:
// normal first, then both tangents at once (one after the other would make the result depend on where north
// is), then the projection into the cone. A few sweeps do not converge, so their order shows: half of them
// run in the order of the table, half from the same start in that of the mirrored body, and the mean of both
// is taken, which lies in the cones as they do. A mirrored motion then gets mirrored forces. Forces are in
// body weights, torques in body weights times `lever`.
#pragma once
#include "contact/ground.h"
#include "control/spline.h"
#include "control/tuning.h"
#include "dynamics/inverse.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Plan {
  Vec3<F> force[kMaxPoints];  // body weights, kept from step to step as the start of the iteration
};

template <class F>
struct PlanWork {
  Vec3<F> arm[kMaxPoints];    // from the body's joint
  Vec3<F> lever[kMaxPoints];  // from the pelvis, over `lever`
  // Inverse of the normal equations' blocks, zero in lanes where the point is not planned: of the normal
  // force, and of the two tangents.
  F step[kMaxPoints], step_xx[kMaxPoints], step_zz[kMaxPoints], step_xz[kMaxPoints];
  int touching[kMaxPoints], mirrored[kMaxPoints], count;  // in both orders
};

// The point that a point becomes in the mirror.
constexpr int kMirrorPoint[kMaxPoints] = {5,  4,  7,  6,  1,  0,  3,  2,  13, 12, 15, 14, 9,  8,
                                          11, 10, 17, 16, 19, 18, 20, 22, 21, 24, 23, 25, 26, 27};

// Which points may carry: near the ground, and slow in the reference (a swing foot passing low must not be
// loaded). `velocity`: of every joint in the reference. `spin`: angular velocities of the reference.
template <class F>
SC_INLINE void find_contacts(const Tuning& t, const Shape<F>& shape, const State<F>& state,
                             const Kinematics<F>& k, const Vec3<F>* velocity, const Vec3<F>* spin,
                             PlanWork<F>& work, Plan<F>& plan) {
  using S = Scalar<F>;
  const F zero = F{}, ceiling = broadcast<F>(t.plan_height), fast = broadcast<F>(t.plan_speed * t.plan_speed);
  work.count = 0;
  bool touches[kMaxPoints] = {};
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
        const F a = one + yy + zz, b = one + xx + yy, c = d.x * d.z;
        const F inverse = select<F>(use, S(1) / (a * b - c * c), zero);
        work.arm[p] = arm;
        work.lever[p] = d;
        work.step[p] = select<F>(use, S(1) / (one + xx + zz), zero);
        work.step_xx[p] = b * inverse;
        work.step_zz[p] = a * inverse;
        work.step_xz[p] = c * inverse;
        const Vec3<F> f = plan.force[p];
        plan.force[p] = {select<F>(use, f.x, zero), select<F>(use, f.y, zero), select<F>(use, f.z, zero)};
        work.touching[work.count++] = p;
        touches[p] = true;
        continue;
      }
    }
    plan.force[p] = Vec3<F>{};
  }
  int count = 0;
  for (int p : kMirrorPoint)
    if (touches[p]) work.mirrored[count++] = p;
}

// One sweep over the points in an order; `f` and `n` are what the forces leave over, in the units above.
template <class F>
SC_INLINE void sweep_forces(const Tuning& t, const PlanWork<F>& work, const int* order, Vec3<F>* force,
                            Vec3<F>& f, Vec3<F>& n) {
  using S = Scalar<F>;
  const F zero = F{}, one = broadcast<F>(1);
  const S cost = S(t.plan_cost), mu = S(t.plan_friction);
  for (int i = 0; i < work.count; i++) {
    const int p = order[i];
    const Vec3<F> d = work.lever[p], old = force[p];
    Vec3<F> g = old;
    g.y = maximum<F>(old.y - (f.y + n.z * d.x - n.x * d.z + old.y * cost) * work.step[p], zero);
    const F change = g.y - old.y;
    f.y = f.y + change;
    n.x = n.x - change * d.z;
    n.z = n.z + change * d.x;
    const F slope_x = f.x + n.y * d.z - n.z * d.y + old.x * cost;
    const F slope_z = f.z + n.x * d.y - n.y * d.x + old.z * cost;
    g.x = old.x - (slope_x * work.step_xx[p] + slope_z * work.step_xz[p]);
    g.z = old.z - (slope_x * work.step_xz[p] + slope_z * work.step_zz[p]);
    const F scale = minimum<F>(g.y * mu / square_root(g.x * g.x + g.z * g.z + S(1e-12)), one);
    g.x = g.x * scale;
    g.z = g.z * scale;
    const F dx = g.x - old.x, dz = g.z - old.z;
    f.x = f.x + dx;
    f.z = f.z + dz;
    n.x = n.x + dz * d.y;
    n.y = n.y + dx * d.z - dz * d.x;
    n.z = n.z - dx * d.y;
    force[p] = g;
  }
}

// needed: at the pelvis, N and N m. Returns the residual: what the planned forces leave over, N and N m.
template <class F>
SC_INLINE Wrench<F> plan_forces(const Tuning& t, F weight, const Wrench<F>& needed, const PlanWork<F>& work,
                                Plan<F>& plan) {
  using S = Scalar<F>;
  const F unit = S(1) / weight;
  Vec3<F> f = needed.force * unit * S(-1), n = needed.moment * unit * S(-1 / t.plan_lever);
  Vec3<F> other[kMaxPoints];
  for (int i = 0; i < work.count; i++) {
    const int p = work.touching[i];
    f += plan.force[p];
    n += cross(work.lever[p], plan.force[p]);
    other[p] = plan.force[p];
  }
  Vec3<F> other_f = f, other_n = n;
  for (int sweep = 0; sweep < t.plan_sweeps; sweep += 2) {
    sweep_forces(t, work, work.touching, plan.force, f, n);
    sweep_forces(t, work, work.mirrored, other, other_f, other_n);
  }
  const S half = S(0.5);
  for (int i = 0; i < work.count; i++) {
    const int p = work.touching[i];
    plan.force[p] = (plan.force[p] + other[p]) * half;
  }
  return {(f + other_f) * (weight * S(-0.5)), (n + other_n) * (weight * S(-0.5 * t.plan_lever))};
}

}  // namespace SC_ISA
}  // namespace selfcorrect

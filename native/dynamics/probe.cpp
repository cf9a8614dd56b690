#include "dynamics/probe.h"

#include <memory>

#include "dynamics/forward.h"
#include "dynamics/inverse.h"
#include "dynamics/kinematics.h"
#include "dynamics/probe_lanes.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Lanes;

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
    for (int l = 0; l < kLanes; l++) load_shape(shape, l, body);
    for (int b = 1; b < kBodies; b++) armature[b] = Scalar<F>(kArmature);
  }
};

// `load(bench, lane, i)`, the kernels in `run(bench)`, `store(bench, lane, i)` for every state; the last one
// fills the lanes that are left over.
template <class Load, class Run, class Store>
void each(const double* states, int count, Load load, Run run, Store store) {
  const auto memory = std::make_unique<Bench>();
  Bench& bench = *memory;
  constexpr int n = kLanes;
  for (int first = 0; first < count; first += n) {
    for (int l = 0; l < n; l++) {
      const int i = first + l < count ? first + l : count - 1;
      put_state(bench.state, l, states + static_cast<long>(i) * kProbeState);
      load(bench, l, i);
    }
    forward_kinematics(bench.shape, bench.state, bench.kinematics);
    run(bench);
    for (int l = 0; l < n && first + l < count; l++) store(bench, l, first + l);
  }
}

}  // namespace

void probe_forward(const double* states, const double* loads, int count, double* results) {
  each(
      states, count,
      [&](Bench& bench, int lane, int i) {
        const double* load = loads + static_cast<long>(i) * kProbeLoad;
        for (Vec3<F>& t : bench.torque) load = put(t, lane, load);
        load = put(bench.root_force, lane, load);
        put(bench.root_moment, lane, load);
      },
      [](Bench& bench) {
        forward_dynamics<F>(bench.shape, bench.state, bench.kinematics, bench.torque,
                            {bench.armature, bench.root_force, bench.root_moment}, bench.work,
                            bench.acceleration);
      },
      [&](const Bench& bench, int lane, int i) {
        double* out = get(bench.acceleration.linear, lane, results + static_cast<long>(i) * kProbeResult);
        for (const Vec3<F>& a : bench.acceleration.angular) out = get(a, lane, out);
      });
}

void probe_inverse(const double* states, const double* wanted, int count, double* loads) {
  each(
      states, count,
      [&](Bench& bench, int lane, int i) {
        const double* in = put(bench.acceleration.linear, lane, wanted + static_cast<long>(i) * kProbeResult);
        for (Vec3<F>& a : bench.acceleration.angular) in = put(a, lane, in);
      },
      [](Bench& bench) {
        needed_forces(bench.shape, bench.kinematics, bench.acceleration, bench.needed, bench.scratch);
        joint_wrenches(bench.kinematics, bench.needed);
        for (int b = 1; b < kBodies; b++) {
          // The armature's share: on the relative acceleration in the parent's rotating axes.
          const int p = kParent[b];
          const Vec3<F> wp = bench.state.spin[p];
          bench.torque[b] =
              bench.needed[b].moment + (bench.acceleration.angular[b] - bench.acceleration.angular[p] -
                                        cross(wp, bench.state.spin[b] - wp)) *
                                           bench.armature[b];
        }
      },
      [&](const Bench& bench, int lane, int i) {
        double* out = loads + static_cast<long>(i) * kProbeLoad;
        for (const Vec3<F>& t : bench.torque) out = get(t, lane, out);
        out = get(bench.needed[0].force, lane, out);
        get(bench.needed[0].moment, lane, out);
      });
}

void probe_kinematics(const double* states, int count, double* places) {
  each(
      states, count, [](Bench&, int, int) {}, [](Bench&) {},
      [&](const Bench& bench, int lane, int i) {
        double* out = places + static_cast<long>(i) * kBodies * kProbePlace;
        for (int b = 0; b < kBodies; b++) {
          const Kinematics<F>& k = bench.kinematics;
          out = get(bench.state.position + k.origin[b], lane, out);
          out = get(k.axes[b].x, lane, out);
          out = get(k.axes[b].y, lane, out);
          out = get(k.axes[b].z, lane, out);
          out = get(k.velocity[b], lane, out);
        }
      });
}

}  // namespace SC_ISA
}  // namespace selfcorrect

#include "dynamics/probe_simulate.h"

#include <memory>

#include "dynamics/forward.h"
#include "dynamics/kinematics.h"
#include "dynamics/probe_lanes.h"

namespace selfcorrect {
inline namespace SC_ISA {

namespace {

using F = Lanes;

struct Scene {
  Shape<F> shape{};
  State<F> state{};
  Kinematics<F> kinematics{};
  Ground<F> ground{};
  Grip<F> grip{};
  Vec3<F> torque[kBodies]{}, force{}, moment{};
  Scalar<F> armature[kBodies]{}, stiffness[kBodies]{}, damping[kBodies]{};
  ForwardWork<F> work{};
  Acceleration<F> acceleration{};
};

void load_scene(Scene& scene, const ProbeScene& given, const double* state) {
  using S = Scalar<F>;
  for (int l = 0; l < kLanes; l++) {
    const double* row = given.bodies;
    for (int b = 0; b < kBodies; b++) {
      row = put(scene.shape.offset[b], l, row);
      set_lane(scene.shape.mass[b], l, S(*row++));
      row = put(scene.shape.com[b], l, row);
      row = put(scene.shape.inertia[b], l, row);
    }
    const double* at = given.points;
    for (Vec3<F>& point : scene.shape.point) at = put(point, l, at);
    put(scene.moment, l, put(scene.force, l, given.load));
    put_state(scene.state, l, state);
  }
  const double h = given.step;
  for (int b = 1; b < kBodies; b++) {
    const double* joint = given.joints + b * kSceneJoint;
    scene.armature[b] = S(joint[0] + h * joint[2] + h * h * joint[1]);
    scene.stiffness[b] = S(joint[1]);
    scene.damping[b] = S(joint[2]);
  }
  if (given.ground) {
    const double* g = given.ground;
    scene.ground = {S(h), S(g[0]), S(g[1]), S(g[2]), S(g[3]), S(g[4])};
  }
}

void advance(Scene& scene, Scalar<F> step, bool grounded) {
  forward_kinematics(scene.shape, scene.state, scene.kinematics);
  for (int b = 1; b < kBodies; b++) {
    const int p = kParent[b];
    const Vec3<F> v = scene.state.spin[b] - scene.state.spin[p];
    const Vec3<F> away = rotation_vector(scene.state.rotation[b] * conjugate(scene.state.rotation[p]));
    scene.torque[b] = (away + v * step) * -scene.stiffness[b] - v * scene.damping[b];
  }
  forward_dynamics<F>(
      scene.shape, scene.state, scene.kinematics, scene.torque,
      {scene.armature, scene.force, scene.moment, grounded ? &scene.ground : nullptr, &scene.grip},
      scene.work, scene.acceleration);
  integrate(scene.state, scene.acceleration, step);
}

double* record(const Scene& scene, double* row) {
  row = get_state(scene.state, 0, row);
  for (int p = 0; p < kMaxPoints; p++) {
    *row++ = get_lane(scene.grip.x[p], 0);
    *row++ = get_lane(scene.grip.z[p], 0);
    *row++ = get_lane(scene.grip.normal[p], 0);
  }
  return row;
}

}  // namespace

void probe_simulate(const ProbeScene& given, const double* state, double* rows) {
  const auto memory = std::make_unique<Scene>();
  Scene& scene = *memory;
  load_scene(scene, given, state);
  rows = record(scene, rows);
  for (int i = 1; i <= given.steps; i++) {
    advance(scene, Scalar<F>(given.step), given.ground != nullptr);
    if (i % given.every == 0) rows = record(scene, rows);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect

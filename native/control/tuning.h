// Constants of the whole-body controller and of the ground, found by random search over 400 real, generated
// and damaged motions (success, then error, skate, residual and its share of the support, jerk).
#pragma once
#include "math/device.h"

namespace selfcorrect {

struct Tuning {
  // Feedback of the pelvis on the desired acceleration, rad/s. Slower lags; faster chatters where the
  // residual is capped.
  double root_linear = 10, root_angular = 16;
  // Metres: a pelvis further off its path than this is not pulled any harder, or it is pulled off its feet.
  double max_pull = 0.06;
  double max_acceleration = 40;  // m/s^2

  // Share of each neighbouring frame in the trunk's and thighs' accelerations that are fed forward: those of
  // the interpolating spline alone are mostly noise of the 20 fps positions. 0 needs a seventh more residual,
  // 0.2 takes 6 % of the jerk of valid motion away, 0.1 under 3 %.
  double smoothing = 0.1;

  // Planned contacts. Height: points that really touch (at 1 cm hovering heels are loaded). Speed of the
  // point in the reference. Friction: less than half the ground's, so that feet keep a margin before they
  // slip.
  double plan_height = 0.0025, plan_speed = 0.8, plan_friction = 0.4;
  double plan_lever = 0.35;  // m: a residual torque weighs as this times a force
  double plan_cost = 1e-3;   // on the forces themselves, relative
  double plan_pace = 0.3;    // of the method's iterations: the weight of staying near the last forces
  double plan_relax = 1.5;   // over-relaxation of an iteration, 1 is none, 2 diverges
  int plan_iterations = 6;   // warm-started every second step

  // Per point, N/m and N s/m. Sixteen points carry the standing body 0.2 mm deep.
  double ground_stiffness = 270000, ground_damping = 2700, ground_grip = 150000, ground_grip_damping = 2700;
  double ground_friction = 1.0;
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// The controller's share of it as the numbers that its kernels compute with.
template <class S>
struct Tuned {
  S root_linear, root_angular, max_pull, max_acceleration;
  S plan_height, plan_square_speed, plan_friction;
  S plan_lever, plan_per_lever;  // and 1 over it
  S plan_keep, plan_weight;      // pace / (pace + cost), pace + cost
  S plan_relax;
  int plan_iterations;

  explicit Tuned(const Tuning& t)
      : root_linear(S(t.root_linear)),
        root_angular(S(t.root_angular)),
        max_pull(S(t.max_pull)),
        max_acceleration(S(t.max_acceleration)),
        plan_height(S(t.plan_height)),
        plan_square_speed(S(t.plan_speed * t.plan_speed)),
        plan_friction(S(t.plan_friction)),
        plan_lever(S(t.plan_lever)),
        plan_per_lever(S(1 / t.plan_lever)),
        plan_keep(S(t.plan_pace / (t.plan_pace + t.plan_cost))),
        plan_weight(S(t.plan_pace + t.plan_cost)),
        plan_relax(S(t.plan_relax)),
        plan_iterations(t.plan_iterations) {}
};

}  // namespace SC_ISA
}  // namespace selfcorrect

// Constants of the whole-body controller and of the ground.
#pragma once

namespace selfcorrect {

struct Tuning {
  // Feedback of the pelvis on the desired acceleration, rad/s. Above 12 the capped residual chatters; at 6 to 8 it lags.
  double root_linear = 10, root_angular = 12;
  double max_acceleration = 60;  // m/s^2
  // Planned contacts: height, speed of the point in the reference, friction (below the ground's, as a margin).
  double plan_height = 0.01, plan_speed = 0.6, plan_friction = 0.8;
  double plan_lever = 0.25;  // m: a residual torque weighs as this times a force
  double plan_cost = 1e-3;   // on the forces themselves, relative
  int plan_sweeps = 8;       // projected Gauss-Seidel, warm-started every step
  double ground_stiffness = 200000, ground_damping = 2000, ground_grip = 40000, ground_grip_damping = 500;
  double ground_friction = 1.0;
};

}  // namespace selfcorrect

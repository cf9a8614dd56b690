// Times native MuJoCo on a scene of the bench. Usage: mujoco MODEL.xml TARGETS KP SETTLE
// TARGETS: float64 [steps][22][7], KP: float64 [22] (scene.ts). Prints the steps per second of processor
// time, the lowest height of the pelvis, m, the error of the joints, rad, and MuJoCo's version.
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr int kBodies = 22, kTarget = 7;

double processor_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

std::vector<double> read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const auto* values = reinterpret_cast<const double*>(bytes.data());
  return {values, values + bytes.size() / sizeof(double)};
}

}  // namespace

int main(int count, char** values) {
  if (count != 5) return std::fprintf(stderr, "usage: mujoco MODEL.xml TARGETS KP SETTLE\n"), 2;
  char problem[1000] = "";
  mjModel* model = mj_loadXML(values[1], nullptr, problem, sizeof problem);
  if (!model) return std::fprintf(stderr, "%s\n", problem), 1;
  const std::vector<double> targets = read(values[2]), kp = read(values[3]);
  const int settle = std::atoi(values[4]), steps = static_cast<int>(targets.size() / (kBodies * kTarget));
  mjData* data = mj_makeData(model);
  int position[kBodies], velocity[kBodies];
  for (int b = 0; b < kBodies; b++) {
    const int joint = model->body_jntadr[mj_name2id(model, mjOBJ_BODY, ("b" + std::to_string(b)).c_str())];
    position[b] = model->jnt_qposadr[joint];
    velocity[b] = model->jnt_dofadr[joint];
  }
  const double h = model->opt.timestep;
  double started = 0, height = HUGE_VAL, error = 0;
  for (int i = 0; i < steps; i++) {
    if (i == settle) {
      started = processor_seconds();
      error = 0;
    }
    const double* target = &targets[static_cast<size_t>(i) * kBodies * kTarget];
    for (int b = 1; b < kBodies; b++) {
      const double *wanted = target + b * kTarget, *v = data->qvel + velocity[b];
      mjtNum inverse[4], turn[4], e[3];
      mju_negQuat(inverse, data->qpos + position[b]);
      mju_mulQuat(turn, inverse, wanted);
      mju_quat2Vel(e, turn, 1);
      for (int k = 0; k < 3; k++) {
        error += e[k] * e[k];
        data->qfrc_applied[velocity[b] + k] =
            kp[b] * (e[k] - h * v[k]) + model->dof_damping[velocity[b]] * wanted[4 + k];
      }
    }
    mj_step(model, data);
    if (i >= settle) height = std::min(height, data->qpos[1]);
  }
  const double seconds = processor_seconds() - started;
  std::printf("%.9g %.9g %.9g %s\n", (steps - settle) / seconds, height,
              std::sqrt(error / (steps - settle) / (kBodies - 1)), mj_versionString());
  mj_deleteData(data);
  mj_deleteModel(model);
}

/** MuJoCo compiled to WebAssembly, the scene and the control of native MuJoCo (mujoco.cpp). */
import loadMujoco from '@mujoco/mujoco';
import { BODIES, dof, order } from '../../test/support/humanoid.js';
import { type Engine, kd, kp, mjcf, RATE, SETTLE, TARGET, TIMED, targets } from './scene.js';

const joints = Array.from({ length: BODIES - 1 }, (_, i) => ({
  body: i + 1,
  kp: kp(i + 1),
  kd: kd(i + 1),
  position: 3 + 4 * order.indexOf(i + 1),
  velocity: dof(i + 1),
}));

export async function wasmMujoco(): Promise<Engine> {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(mjcf());
  const data = new mujoco.MjData(model);
  const { qpos, qvel, qfrc_applied: force } = data as Record<'qpos' | 'qvel' | 'qfrc_applied', Float64Array>;

  /** Stable PD; returns the sum of squared errors. */
  function control(table: Float64Array, step: number): number {
    let sum = 0;
    for (const { body, kp, kd, position: q, velocity: v } of joints) {
      const at = (step * BODIES + body) * TARGET;
      // conj(q) * target
      const [w, x, y, z] = [qpos[q], -qpos[q + 1], -qpos[q + 2], -qpos[q + 3]];
      const [tw, tx, ty, tz] = [table[at], table[at + 1], table[at + 2], table[at + 3]];
      const ew = w * tw - x * tx - y * ty - z * tz;
      const ex = w * tx + x * tw + y * tz - z * ty;
      const ey = w * ty - x * tz + y * tw + z * tx;
      const ez = w * tz + x * ty - y * tx + z * tw;
      const sine = Math.sqrt(ex * ex + ey * ey + ez * ez);
      const angle = 2 * Math.atan2(ew < 0 ? -sine : sine, Math.abs(ew));
      const scale = sine > 0 ? angle / sine : 2;
      sum += angle * angle;
      force[v] = kp * (ex * scale - qvel[v] / RATE) + kd * table[at + 4];
      force[v + 1] = kp * (ey * scale - qvel[v + 1] / RATE) + kd * table[at + 5];
      force[v + 2] = kp * (ez * scale - qvel[v + 2] / RATE) + kd * table[at + 6];
    }
    return sum;
  }

  return {
    name: `MuJoCo ${mujoco.mj_versionString()} WASM`,
    run: (round) => {
      const table = targets(round, SETTLE + TIMED);
      mujoco.mj_resetData(model, data);
      const settle = SETTLE * RATE;
      for (let i = 0; i < settle; i++) {
        control(table, i);
        mujoco.mj_step(model, data);
      }
      const steps = Math.round(TIMED * RATE);
      let [error, height] = [0, Number.POSITIVE_INFINITY];
      const cpu = process.cpuUsage();
      for (let i = settle; i < settle + steps; i++) {
        error += control(table, i);
        mujoco.mj_step(model, data);
        height = Math.min(height, qpos[1]);
      }
      const { user, system } = process.cpuUsage(cpu);
      return {
        rate: (1e6 * steps) / (user + system),
        height,
        error: Math.sqrt(error / steps / joints.length),
      };
    },
  };
}

/** Rapier: the humanoid of device 'rapier' (rigid bodies, spherical impulse joints, implicit motors) with the same gains. */
import RAPIER from '@dimforge/rapier3d-compat';
import { Figure } from '../../src/correct/rapier/figure.js';
import { makeHumanoid, NOMINAL_SKELETON } from '../../src/correct/rapier/humanoid.js';
import { JOINT_COUNT, PARENTS } from '../../src/motion/skeleton.js';
import { type Engine, HEIGHT, kd, kp, RATE, SETTLE, TARGET, TIMED, targets } from './scene.js';

const humanoid = makeHumanoid(NOMINAL_SKELETON);
const gains = (body: number) => ({ kp: kp(body), kd: kd(body), torque: 1e30 });

/** The body at rest, upright. */
function build(substeps?: number): Figure {
  const figure = new Figure(humanoid, { rate: RATE, substeps, gains });
  const upright = new Float64Array(4 * JOINT_COUNT).map((_, q) => (q % 4 ? 0 : 1));
  figure.place(
    Float64Array.of(0, HEIGHT, 0),
    new Float64Array(3),
    upright,
    new Float64Array(3 * JOINT_COUNT),
  );
  return figure;
}

/** What the motors drive to in every step: rotations `[22, wxyz]` and rates `[22, xyz]`. */
function drives(round: number): { joint: Float64Array; rate: Float64Array }[] {
  const table = targets(round, SETTLE + TIMED);
  return Array.from({ length: table.length / TARGET / JOINT_COUNT }, (_, step) => {
    const joint = new Float64Array(4 * JOINT_COUNT);
    const rate = new Float64Array(3 * JOINT_COUNT);
    for (let b = 0; b < JOINT_COUNT; b++) {
      const at = (step * JOINT_COUNT + b) * TARGET;
      joint.set(table.subarray(at, at + 4), 4 * b);
      rate.set(table.subarray(at + 4, at + 7), 3 * b);
    }
    return { joint, rate };
  });
}

/** Joints to their targets, the sum of squared angles. `rotation`: of the bodies `[22, wxyz]`. */
function squaredError(rotation: Float64Array, joint: Float64Array): number {
  let sum = 0;
  for (let b = 1; b < JOINT_COUNT; b++) {
    const [pw, px, py, pz] = rotation.subarray(4 * PARENTS[b]);
    const [cw, cx, cy, cz] = rotation.subarray(4 * b);
    const [tw, tx, ty, tz] = joint.subarray(4 * b);
    // Real part of conj(child) * parent * target: the cosine of half the error.
    const w = pw * tw - px * tx - py * ty - pz * tz;
    const x = pw * tx + px * tw + py * tz - pz * ty;
    const y = pw * ty - px * tz + py * tw + pz * tx;
    const z = pw * tz + px * ty - py * tx + pz * tw;
    sum += (2 * Math.acos(Math.min(1, Math.abs(cw * w + cx * x + cy * y + cz * z)))) ** 2;
  }
  return sum;
}

/** @param substeps of the solver; default 4, Rapier's own. */
export async function rapier(substeps?: number): Promise<Engine> {
  await RAPIER.init();
  return {
    name: `Rapier ${RAPIER.version()} WASM${substeps ? ` ${substeps} sweeps` : ''}`,
    run: (round) => {
      const steps = drives(round);
      const figure = build(substeps);
      const rotation = new Float64Array(4 * JOINT_COUNT);
      const settle = SETTLE * RATE;
      const advance = (i: number) => {
        figure.drive(steps[i].joint, steps[i].rate);
        figure.world.step();
      };
      for (let i = 0; i < settle; i++) advance(i);
      let [error, height, spent] = [0, Number.POSITIVE_INFINITY, 0];
      for (let i = settle; i < steps.length; i++) {
        const cpu = process.cpuUsage();
        advance(i);
        const { user, system } = process.cpuUsage(cpu);
        spent += user + system;
        figure.readRotations(rotation);
        error += squaredError(rotation, steps[i].joint);
        height = Math.min(height, figure.bodies[0].translation().y);
      }
      figure.free();
      const timed = steps.length - settle;
      return {
        rate: (1e6 * timed) / spent,
        height,
        error: Math.sqrt(error / timed / (JOINT_COUNT - 1)),
      };
    },
  };
}

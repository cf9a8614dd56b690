import { JOINT_COUNT } from '../../motion/skeleton.js';
import { SOLE_POINTS, soleOf } from './sole.js';

/**
 * The humanoid of native/model/humanoid.cpp, which says where the numbers come from: 22 bodies on spherical joints, sized to
 * a skeleton. Arms and legs hang in its rest pose.
 */
interface Row {
  /** Joint from the parent's joint, m. */
  offset: readonly [number, number, number];
  /** kg */
  mass: number;
  /** Centre of mass from the own joint, m. */
  com: readonly [number, number, number];
  /** About the centre of mass, along the body's own axes, kg m^2. */
  inertia: readonly [number, number, number];
  /** N m / rad, N m s / rad, before the factors on the whole table. */
  kp: number;
  kd: number;
  /** Limit, N m. */
  torque: number;
}

const [STIFFNESS, DAMPING] = [2.6, 2.26];
/** Standard gravity as the addon has it, m/s^2. */
export const GRAVITY = 9.81;

type Triple = readonly [number, number, number];
const row = (
  offset: Triple,
  mass: number,
  com: Triple,
  inertia: Triple,
  kp: number,
  torque: number,
): Row => ({ offset, mass, com, inertia, kp, kd: kp / 10, torque });

/** One side of the body; x is mirrored on the right. */
function pair(...[offset, mass, [cx, cy, cz], inertia, kp, torque]: Parameters<typeof row>): [Row, Row] {
  const [x, y, z] = offset;
  return [
    row(offset, mass, [cx, cy, cz], inertia, kp, torque),
    row([-x, y, z], mass, [-cx, cy, cz], inertia, kp, torque),
  ];
}

const TABLE: readonly Row[] = (() => {
  const hips = pair([0.063, -0.085, -0.0145], 9.9, [0, -0.207, 0], [0.149, 0.022, 0.149], 500, 300);
  const knees = pair([0, -0.392, 0], 3.03, [0, -0.2145, 0], [0.05, 0.004, 0.05], 500, 300);
  const ankles = pair([0, -0.429, 0], 0.76, [0, -0.035, 0.042], [0.003, 0.003, 0.001], 80, 200);
  const feet = pair([0, -0.045, 0.139], 0.2, [0, -0.0075, 0.04], [0.0002, 0.0002, 0.0002], 100, 60);
  const collars = pair([0.075, 0.116, -0.024], 1.3, [0.06, 0.02, -0.006], [0.003, 0.003, 0.003], 400, 200);
  const shoulders = pair([0.12, 0.041, -0.012], 1.9, [0, -0.132, 0], [0.012, 0.002, 0.012], 240, 150);
  const elbows = pair([0, -0.26, 0], 1.13, [0, -0.137, 0], [0.008, 0.001, 0.008], 180, 100);
  const wrists = pair([0, -0.268, 0], 0.43, [0, -0.085, 0], [0.001, 0.001, 0.001], 30, 20);
  return [
    row([0, 0, 0], 7.8, [0, -0.03, 0], [0.066, 0.066, 0.032], 0, 0),
    ...hips,
    row([0, 0.131, -0.014], 5.6, [0, 0.072, 0], [0.018, 0.037, 0.037], 1000, 300),
    ...knees,
    row([0, 0.143, 0], 5.6, [0, 0.02, 0], [0.02, 0.04, 0.04], 1000, 300),
    ...ankles,
    row([0, 0.057, 0], 8.8, [0, 0.1, -0.01], [0.04, 0.079, 0.079], 1000, 300),
    ...feet,
    row([0, 0.218, -0.024], 0.9, [0, 0.037, 0.025], [0.002, 0.002, 0.002], 100, 60),
    ...collars,
    row([0, 0.086, 0.057], 4, [0, 0.08, 0.01], [0.018, 0.018, 0.018], 100, 60),
    ...shoulders,
    ...elbows,
    ...wrists,
  ];
})();

/** kp, kd and torque limit of a joint: N m / rad, N m s / rad, N m. */
export const gainsOf = (body: number): { kp: number; kd: number; torque: number } => {
  const { kp, kd, torque } = TABLE[body];
  return { kp: kp * STIFFNESS, kd: kd * DAMPING, torque };
};

/** Offsets of the table's own skeleton, `[22, xyz]`, m. */
export const NOMINAL_SKELETON: Float64Array = Float64Array.from(TABLE.flatMap(({ offset }) => [...offset]));

/** The child whose bone gives a body its length, and the share of that bone at which the centre of mass lies. */
const BONE: Readonly<Record<number, readonly [child: number, share: number]>> = {
  0: [3, -0.23],
  1: [4, 0.528],
  2: [5, 0.528],
  3: [6, 0.5],
  4: [7, 0.5],
  5: [8, 0.5],
  6: [9, 0.35],
  9: [12, 0.46],
  12: [15, 0.43],
  13: [16, 0.5],
  14: [17, 0.5],
  16: [18, 0.508],
  17: [19, 0.508],
  18: [20, 0.51],
  19: [21, 0.51],
};
/** Thigh, shank and spine: what the size of the whole is measured by. */
const SIZING = [4, 5, 7, 8, 6, 12];

/** A body that can touch the ground at a point fixed in its axes, m. */
export interface ContactPoint {
  body: number;
  at: [number, number, number];
}

/** The humanoid of one motion. Arrays are `[22, xyz]` (masses `[22]`); units as in the table. */
export interface Humanoid {
  offset: Float64Array;
  mass: Float64Array;
  com: Float64Array;
  inertia: Float64Array;
  /** N */
  weight: number;
  points: ContactPoint[];
}

const lengthOf = (offset: Float64Array, body: number): number =>
  Math.hypot(offset[3 * body], offset[3 * body + 1], offset[3 * body + 2]);
const clampScale = (scale: number): number => Math.min(3, Math.max(0.3, scale));

function contactPoints(skeleton: Float64Array, stature: number): ContactPoint[] {
  const points: ContactPoint[] = [];
  const add = (body: number, x: number, y: number, z: number, scale: number) =>
    points.push({ body, at: [x * scale, y * scale, z * scale] });
  for (const part of ['foot', 'toes'] as const)
    for (const toe of [10, 11])
      for (const at of soleOf(skeleton, toe)[part]) add(part === 'foot' ? toe - 3 : toe, ...at, 1);
  for (const body of [4, 5]) add(body, 0, -0.02, 0.05, stature); // kneecaps
  for (const side of [1, -1]) add(0, side * 0.07, -0.125, -0.02, stature); // seat
  add(0, 0, -0.03, -0.095, stature); // sacrum
  for (const body of [20, 21]) add(body, 0, -0.15, 0, stature); // hands
  for (const body of [18, 19]) add(body, 0, 0, -0.037, stature); // elbows
  for (const z of [0.09, -0.11]) add(9, 0, 0.1, z, stature); // breast, back
  add(15, 0, 0.12, -0.06, stature); // head
  return points;
}

/**
 * Sizes the humanoid to a skeleton: a body's length follows the bone to its main child; mass scales with the length, inertia
 * with its square around it.
 * @param skeleton offset of each joint from its parent in the humanoid's rest pose `[22, xyz]`, m.
 */
export function makeHumanoid(skeleton: Float64Array): Humanoid {
  const [mass, com, inertia] = [JOINT_COUNT, 3 * JOINT_COUNT, 3 * JOINT_COUNT].map(
    (size) => new Float64Array(size),
  );
  const total = (offset: Float64Array) => SIZING.reduce((sum, body) => sum + lengthOf(offset, body), 0);
  const stature = clampScale(total(skeleton) / total(NOMINAL_SKELETON));
  TABLE.forEach((own, b) => {
    const bone = BONE[b];
    let scale = stature;
    if (bone) {
      const [child, share] = bone;
      scale = clampScale(lengthOf(skeleton, child) / lengthOf(NOMINAL_SKELETON, child));
      for (let k = 0; k < 3; k++) com[3 * b + k] = share * skeleton[3 * child + k];
    } else if (b === 7 || b === 8) {
      // the box between sole and ankle, from heel to toe joint
      for (const at of soleOf(skeleton, b + 3).foot)
        for (let k = 0; k < 3; k++) com[3 * b + k] += at[k] / (k === 1 ? 2 : 1) / SOLE_POINTS;
      scale = 1;
    } else if (b === 10 || b === 11) {
      const { toes } = soleOf(skeleton, b);
      for (let k = 0; k < 3; k++) com[3 * b + k] = (toes[0][k] + toes[3][k]) * (k === 1 ? 0.15 : 0.5);
      scale = 1;
    } else for (let k = 0; k < 3; k++) com[3 * b + k] = own.com[k] * scale;
    mass[b] = own.mass * scale;
    // The thin axis of a long body scales with its mass alone.
    const thin = Math.min(...own.inertia);
    for (let k = 0; k < 3; k++)
      inertia[3 * b + k] = own.inertia[k] * scale * (own.inertia[k] > 1.5 * thin ? scale * scale : 1);
  });
  const weight = GRAVITY * mass.reduce((sum, one) => sum + one, 0);
  return { offset: skeleton, mass, com, inertia, weight, points: contactPoints(skeleton, stature) };
}

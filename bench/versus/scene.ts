/** What every engine simulates: the humanoid on its feet, a slow squat with swinging arms, and the gains that hold it. */
import {
  ARMATURE,
  BODIES,
  type Body,
  contactPoints,
  damping,
  GRAVITY,
  humanoid,
  order,
  stiffness,
} from '../../test/support/humanoid.js';
import {
  add,
  conjugate,
  multiply,
  type Quat,
  rotate,
  scale,
  sub,
  type Vec,
} from '../../test/support/rigid.js';
import { about } from '../../test/support/simulation.js';

export const RATE = 240;
export const FPS = 20;
/** Seconds before the clock starts, and timed. */
export const SETTLE = 1;
export const TIMED = 8.8;
/** Per joint: quaternion to the parent, wxyz, and angular velocity relative to the parent in the child's axes. */
export const TARGET = 7;

const HIPS = [1, 2];
const KNEES = [4, 5];
const ANKLES = [7, 8];
const SHOULDERS = [16, 17];
const ELBOWS = [18, 19];

/**
 * The humanoid's gains, but for the ankles, which get the hip's: with their own it cannot stand without the controller
 * (twice 208 N m / rad against the 600 by which a body of 70 kg topples).
 */
const source = (body: number): number => (ANKLES.includes(body) ? HIPS[0] : body);
export const kp = (body: number): number => stiffness(source(body));
export const kd = (body: number): number => damping(source(body));
/** Row-major [22][2]: kp, kd. */
export const gains = Float64Array.from(Array.from({ length: BODIES }, (_, b) => [kp(b), kd(b)]).flat());

/** Armature with what stable PD (Tan, Liu, Turk 2011) adds to it beside the implicit damping. */
export const armature = (body: number, step: number): number => ARMATURE + step * step * kp(body);

/** Where a motion is in its swings: 16 lanes, 16 phases. */
export const phase = (lane: number): number => (2 * Math.PI * (lane % 16)) / 16;

const X: Vec = [1, 0, 0];
const Y: Vec = [0, 1, 0];

/** Rotations of the joints to their parents at time t; the body starts at rest, upright. */
export function pose(t: number, lane: number): Quat[] {
  const ramp = t < 1 ? Math.sin((Math.PI / 2) * t) ** 2 : 1;
  const swing = (frequency: number) => ramp * Math.sin(2 * Math.PI * frequency * t + phase(lane));
  const bend = 0.08 * (ramp - swing(0.5));
  const turns = Array.from({ length: BODIES }, (): Quat => [1, 0, 0, 0]);
  for (const b of HIPS) turns[b] = about(X, -bend);
  for (const b of KNEES) turns[b] = about(X, 2 * bend);
  for (const b of ANKLES) turns[b] = about(X, -bend);
  SHOULDERS.forEach((b, side) => {
    turns[b] = about(X, (side ? 0.3 : -0.3) * swing(0.6));
  });
  for (const b of ELBOWS) turns[b] = about(X, -0.4 * ramp - 0.15 * swing(0.6));
  turns[3] = about(Y, 0.05 * swing(0.4));
  return turns;
}

const absolute = (turns: Quat[]): Quat[] => {
  const rotations: Quat[] = [];
  humanoid.forEach(({ parent }, b) => {
    rotations[b] = parent < 0 ? turns[b] : multiply(rotations[parent], turns[b]);
  });
  return rotations;
};

/** Joint positions with the pelvis at the origin. */
const places = (rotations: Quat[]): Vec[] => {
  const joints: Vec[] = [];
  humanoid.forEach(({ parent, offset }, b) => {
    joints[b] = parent < 0 ? [0, 0, 0] : add(joints[parent], rotate(rotations[parent], offset));
  });
  return joints;
};

const REST = places(absolute(pose(0, 0)));
const SOLE = Math.min(...contactPoints.map(({ body, at }) => REST[body][1] + at[1]));
/** Height of the pelvis at the start, m: the soles on the ground. */
export const HEIGHT = -SOLE;

/** The motion of a lane at the frame rate, as the addon takes references: the ankles stay where they are at the start. */
export function reference(lane: number, seconds: number) {
  const frames = Math.round(seconds * FPS) + 1;
  const root = new Float32Array(frames * 3);
  const rotation = new Float32Array(frames * BODIES * 4);
  const ankles = (joints: Vec[]) => scale(add(joints[ANKLES[0]], joints[ANKLES[1]]), 0.5);
  for (let f = 0; f < frames; f++) {
    const rotations = absolute(pose(f / FPS, lane));
    root.set(add([0, HEIGHT, 0], sub(ankles(REST), ankles(places(rotations)))), f * 3);
    rotation.set(rotations.flat(), f * BODIES * 4);
  }
  return { root, rotation, fps: FPS };
}

/** The same at the rate of the physics, [steps][22][TARGET]: at the end of every step. */
export function targets(lane: number, seconds: number): Float64Array {
  const steps = Math.round(seconds * RATE);
  const table = new Float64Array(steps * BODIES * TARGET);
  const EPSILON = 1e-4;
  for (let i = 0; i < steps; i++) {
    const t = (i + 1) / RATE;
    const now = pose(t, lane);
    const before = pose(t - EPSILON, lane);
    const after = pose(t + EPSILON, lane);
    now.forEach((turn, b) => {
      const [, x, y, z] = multiply(conjugate(before[b]), after[b]);
      const rate = scale([x, y, z], 1 / EPSILON);
      table.set([...turn, ...rate], (i * BODIES + b) * TARGET);
    });
  }
  return table;
}

/** The contact points as spheres of this radius, m, whose lowest points they are in the rest pose. */
export const RADIUS = 0.005;
export const spheres = (body: number): Vec[] =>
  contactPoints.filter((point) => point.body === body).map(({ at }) => add(at, [0, RADIUS, 0]));

/** For MuJoCo: ball joints with implicit damping, spheres over a plane, no contacts between bodies. */
export function mjcf(): string {
  const body = (b: number): string => {
    const { offset, mass, com, inertia }: Body = humanoid[b];
    const joint =
      b === 0
        ? '<freejoint/>'
        : `<joint type="ball" damping="${kd(b)}" armature="${armature(b, 1 / RATE)}"/>`;
    const geoms = spheres(b).map(
      (at) => `<geom type="sphere" size="${RADIUS}" mass="0" pos="${at.join(' ')}"/>`,
    );
    const children = order.filter((child) => humanoid[child].parent === b).map(body);
    return (
      `<body name="b${b}" pos="${b === 0 ? `0 ${HEIGHT} 0` : offset.join(' ')}">${joint}` +
      `<inertial mass="${mass}" pos="${com.join(' ')}" diaginertia="${inertia.join(' ')}"/>` +
      `${geoms.join('')}${children.join('')}</body>`
    );
  };
  return (
    `<mujoco><option timestep="${1 / RATE}" gravity="0 -${GRAVITY} 0" integrator="Euler" solver="Newton"/>` +
    '<compiler balanceinertia="false"/><default><geom contype="1" conaffinity="0" condim="3" friction="1 0 0"/></default>' +
    '<worldbody><geom type="plane" size="0 0 1" zaxis="0 1 0" contype="0" conaffinity="1"/>' +
    `${body(0)}</worldbody></mujoco>`
  );
}

/** One engine's answer to one round. */
export interface Round {
  /** Steps per second of processor time. */
  rate: number;
  /** Lowest height of the pelvis while timed, m. */
  height: number;
  /** Joints to their targets, root mean square, rad. */
  error: number;
}
export interface Engine {
  name: string;
  run(round: number): Round;
}

// The joint limits of the addon, and rotations, for the tests of them.
import { createRequire } from 'node:module';
import { multiply, type Quat } from '../support/rigid.js';

export interface Tracked {
  ok: boolean;
  frames: number;
  root: Float32Array;
  rotation: Float32Array;
}
interface Probe {
  probeModel(): Float64Array;
  probeLimits(): Float64Array;
  probeExcess(rotations: Float64Array): Float64Array;
  probeBody(skeleton: Float64Array): Float64Array;
  probeTorque(
    state: Float64Array,
    asked: Float64Array,
    rate: number,
  ): { accelerations: Float64Array; ratios: Float64Array };
  probeInverse(states: Float64Array, wanted: Float64Array): Float64Array;
  probeLimp(
    state: Float64Array,
    steps: number,
    rate: number,
    stops: boolean,
    lanes: boolean,
  ): { states: Float64Array; turning: Float64Array; energies: Float64Array };
  probeTrack(
    references: { root: Float32Array; rotation: Float32Array; skeleton?: Float32Array }[],
    options: { rate?: number; force?: number; torque?: number; exact?: boolean },
  ): Tracked[];
}
export const native = createRequire(import.meta.url)('../../../build/Release/selfcorrect.node') as Probe;

export const BODIES = 22;
export const STATE = 160;
export const DEGREE = Math.PI / 180;
export const PARENT = Array.from({ length: BODIES }, (_, b) => native.probeModel()[b * 14]);
export const [LEFT_KNEE, RIGHT_KNEE, LEFT_ELBOW, RIGHT_ELBOW] = [4, 5, 18, 19];

/** The rotation about axis 0, 1 or 2 by `degrees`. */
export function turn(axis: number, degrees: number): Quat {
  const half = (degrees * DEGREE) / 2;
  const result: Quat = [Math.cos(half), 0, 0, 0];
  result[1 + axis] = Math.sin(half);
  return result;
}
/** Absolute rotations [22][4] from the joints' own, the rest pose where there is none. */
export function pose(joints: Record<number, Quat>): Float64Array {
  const absolute: Quat[] = [];
  for (let b = 0; b < BODIES; b++) {
    const own = joints[b] ?? [1, 0, 0, 0];
    absolute[b] = b === 0 ? own : multiply(absolute[PARENT[b]], own);
  }
  return Float64Array.from(absolute.flat());
}
/** Rotation of a joint, from absolute rotations [frames][22][4]. */
export function joint(rotation: ArrayLike<number>, frame: number, body: number): Quat {
  const at = (b: number, sign: number): Quat => {
    const i = (frame * BODIES + b) * 4;
    return [rotation[i], sign * rotation[i + 1], sign * rotation[i + 2], sign * rotation[i + 3]];
  };
  return multiply(at(PARENT[body], -1), at(body, 1));
}
/** Turn about the joint's x axis in degrees, -180 to 180. */
export function bend(rotation: ArrayLike<number>, frame: number, body: number): number {
  const [w, x] = joint(rotation, frame, body);
  return (2 * Math.atan2(w < 0 ? -x : x, Math.abs(w))) / DEGREE;
}

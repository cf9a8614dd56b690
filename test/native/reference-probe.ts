// The reference builder and the measures of the addon, and distances between motions, for the tests of them.
import { createRequire } from 'node:module';

export type Preset = 'clip' | 'loop';
export interface Measure {
  penetrate: number;
  float: number;
  skate: number;
  jerk: number;
}
export interface Reference {
  reason: number;
  joints: Float32Array;
  root: Float32Array;
  rotation: Float32Array;
  contact: Uint8Array;
  offset: Float32Array;
  ground: number;
}
interface Probe {
  buildReference(joints: Float32Array, fps: number, preset: Preset, exact?: boolean): Reference;
  measure(joints: Float32Array, fps: number): Measure;
}
export const native = createRequire(import.meta.url)('../../../build/Release/selfcorrect.node') as Probe;
export const FPS = 20;
export const FRAME = 66;
export const PRESETS: Preset[] = ['clip', 'loop'];

export const build = (joints: Float32Array, preset: Preset = 'loop') =>
  native.buildReference(joints, FPS, preset);
/** One frame at a time. */
export const buildExactly = (joints: Float32Array, preset: Preset = 'loop') =>
  native.buildReference(joints, FPS, preset, true);
export const measure = (joints: Float32Array) => native.measure(joints, FPS);
export const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A clip with every joint replaced by `change(xyz, frame, joint)`. */
export function changed(
  joints: Float32Array,
  change: (p: number[], frame: number, joint: number) => number[],
): Float32Array {
  const result = new Float32Array(joints.length);
  for (let i = 0; i < joints.length; i += 3)
    result.set(change([...joints.subarray(i, i + 3)], Math.floor(i / FRAME), (i % FRAME) / 3), i);
  return result;
}
export const raised = (joints: Float32Array, height: number) =>
  changed(joints, ([x, y, z]) => [x, y + height, z]);

/** Mean distance of joints in mm, of those that `only` keeps, in the world or relative to the pelvis. */
export function distance(
  a: Float32Array,
  b: Float32Array,
  relative: boolean,
  only = (_joint: number) => true,
): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < a.length; i += 3) {
    if (!only((i % FRAME) / 3)) continue;
    const root = i - (i % FRAME);
    sum += Math.hypot(
      ...[0, 1, 2].map((k) => a[i + k] - b[i + k] - (relative ? a[root + k] - b[root + k] : 0)),
    );
    count++;
  }
  return (1000 * sum) / count;
}

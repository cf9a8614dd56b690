import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kineticFeatures } from '../../src/metrics/kinetic-features.js';
import { Random } from '../../src/random/random.js';

const frames = 20;
const fps = 20;
const close = (actual: number, expected: number, tolerance: number, what = ''): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual} is not ${expected} +- ${tolerance}`);

/** A stiff figure with its left side at +x that faces +z, moved by a function of time. */
function figure(place: (joint: number, t: number) => [number, number, number]): Float32Array {
  const joints = new Float32Array(frames * 66);
  for (let t = 0; t < frames; t++)
    for (let j = 0; j < 22; j++) {
      const side = [1, 16].includes(j) ? 0.1 : [2, 17].includes(j) ? -0.1 : 0;
      const [x, y, z] = place(j, t);
      joints.set([side + x, 0.05 * j + y, z], t * 66 + 3 * j);
    }
  return joints;
}

test('a figure that glides forward at 1.5 m/s: speeds, contacts, heights and pose by hand', () => {
  const { data } = kineticFeatures(
    figure((_, t) => [0, 0.3, (1.5 * t) / fps]),
    frames,
    fps,
  );
  close(data[0], 0.1, 1e-6, 'left hip, to the left');
  close(data[1], 0.35, 1e-6, 'left hip, height');
  close(data[2], 0, 1e-6, 'left hip, forward of the pelvis');
  for (let k = 63; k < 126; k++) close(data[k], 0, 1e-6, `pose deviation ${k}`);
  for (let k = 126; k < 148; k++) close(data[k], Math.log(1.55), 1e-5, 'speed');
  for (let k = 148; k < 170; k++) close(data[k], Math.log(0.5), 1e-3, 'acceleration');
  for (let k = 170; k < 192; k++) close(data[k], Math.log(0.05), 1e-3, 'speed deviation');
  const root = [1.5, 0, 0, 0, 0, 0.3, 0, 0];
  root.forEach((value, k) => close(data[192 + k], value, 1e-5, `root ${k}`));
  for (let k = 200; k < 204; k++) assert.is(data[k], 0, 'nothing is in contact');
  close(data[205], 0.05, 1e-6, 'foot to foot');
  close(data[212], 0, 1e-6, 'deviation of wrist to wrist');
});

test('sideways, turning and standing figures', () => {
  const left = kineticFeatures(
    figure((_, t) => [(0.4 * t) / fps, 0, 0]),
    frames,
    fps,
  ).data;
  close(left[193], 0.4, 1e-5, 'to the left is positive');
  const still = kineticFeatures(
    figure(() => [0, 0, 0]),
    frames,
    fps,
  ).data;
  for (let k = 200; k < 204; k++) close(still[k], 1, 1e-12, 'all in contact');
  const spun = figure(() => [0, 0, 0]);
  for (let t = 0; t < frames; t++) turn(spun.subarray(t * 66, (t + 1) * 66), (1.2 * t) / fps);
  const { data } = kineticFeatures(spun, frames, fps);
  close(data[195], 1.2, 1e-5, 'turn rate about y, from z to x');
  close(data[196], 1.2, 1e-5);
});

test('where a motion is and which way it faces does not matter', () => {
  const random = new Random('invariance');
  const joints = figure(() => [0, 0, 0]).map((value) => value + 0.02 * random.normal());
  const before = kineticFeatures(joints, frames, fps).data;
  const moved = joints.slice();
  turn(moved, 0.9);
  for (let k = 0; k < moved.length; k += 3) {
    moved[k] += 3;
    moved[k + 2] -= 2;
  }
  const after = kineticFeatures(moved, frames, fps).data;
  before.forEach((value, k) => close(after[k], value, 2e-4, `feature ${k}`));
});

test('numbers that are not finite do not spread, and a wrong length is refused', () => {
  const joints = figure(() => [0, 0, 0]);
  joints[5] = Number.NaN;
  joints[6] = Number.POSITIVE_INFINITY;
  assert.ok(kineticFeatures(joints, frames, fps).data.every(Number.isFinite));
  assert.throws(() => kineticFeatures(new Float32Array(67), frames, fps), /Expected motions of 20 frames/);
});

/** Turns points about the y axis, from z to x. */
function turn(points: Float32Array, angle: number): void {
  for (let k = 0; k < points.length; k += 3) {
    const x = points[k];
    const z = points[k + 2];
    points[k] = x * Math.cos(angle) + z * Math.sin(angle);
    points[k + 2] = z * Math.cos(angle) - x * Math.sin(angle);
  }
}

test.run();

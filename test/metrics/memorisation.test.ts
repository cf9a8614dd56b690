import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copyable, copyingDistance, poseSequences } from '../../src/metrics/memorisation.js';
import { distances } from '../../src/metrics/table.js';
import { mirror } from '../../src/motion/mirror.js';
import { Random } from '../../src/random/random.js';
import { figure } from '../tasks/figures.js';

const frames = 31;
const close = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
const made = (count: number, ...key: (number | string)[]): Float32Array => {
  const motions = Array.from(
    { length: count },
    (_, i) => figure(i % 2 ? 'swing' : 'bend', new Random(...key, i), frames).joints,
  );
  return Float32Array.from(motions.flatMap((joints) => [...joints]));
};

test('the distance of two pose sequences is the root mean square distance of their joints, in metres', () => {
  const joints = made(1, 'one');
  // All but the pelvis 0.1 m higher: 21 of 22 joints.
  const raised = joints.map((value, k) => (k % 3 === 1 && k % 66 > 2 ? value + 0.1 : value));
  const [distance] = distances(poseSequences(joints, frames), poseSequences(raised, frames)).values();
  close(distance, 0.1 * Math.sqrt(21 / 22), 1e-6);
  assert.is(poseSequences(joints, frames).columns, 11 * 66);
});

test('where a motion is and which way it faces does not matter, how high it is does', () => {
  const joints = made(1, 'placed');
  const [sine, cosine] = [Math.sin(1.1), Math.cos(1.1)];
  const moved = joints.map((value, k) => {
    if (k % 3 === 1) return value;
    const [x, z] = k % 3 === 0 ? [value, joints[k + 2]] : [joints[k - 2], value];
    return k % 3 === 0 ? cosine * x + sine * z + 4 : cosine * z - sine * x - 2;
  });
  const own = poseSequences(joints, frames);
  close(distances(own, poseSequences(moved, frames))[0], 0, 1e-6);
  const sunk = joints.map((value, k) => (k % 3 === 1 ? value - 0.05 : value));
  close(distances(own, poseSequences(sunk, frames))[0], 0.05, 1e-6);
});

test('copies and mirror images of training motions lie at 0, others do not', () => {
  const training = made(6, 'training');
  const table = copyable(training, frames);
  assert.is(table.rows, 12);
  assert.is(copyingDistance(poseSequences(training, frames), table), 0);
  assert.is(copyingDistance(poseSequences(mirror(training), frames), table), 0);
  assert.ok(copyingDistance(poseSequences(made(6, 'other'), frames), table) > 0.005);
});

test('the median, for even and odd counts', () => {
  const row = (...data: number[]) => ({ rows: data.length, columns: 1, data: Float64Array.from(data) });
  assert.is(copyingDistance(row(1, 12, 5), row(0, 10)), 2);
  assert.is(copyingDistance(row(1, 12, 5, 7), row(0, 10)), 2.5);
});

test('numbers that are not finite do not spread', () => {
  const joints = made(1, 'broken');
  joints[70] = Number.NaN;
  joints[3] = Number.POSITIVE_INFINITY;
  assert.ok(poseSequences(joints, frames).data.every(Number.isFinite));
});

test.run();

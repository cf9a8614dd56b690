import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DAMAGES, type DamageName, damage } from '../../src/metrics/damage.js';
import type { LabelledMotions } from '../../src/metrics/evaluator.js';
import { poseSequences } from '../../src/metrics/memorisation.js';
import { Random } from '../../src/random/random.js';
import { figure } from '../tasks/figures.js';

const frames = 30;
const size = frames * 66;
const set = (count: number, ...key: (number | string)[]): LabelledMotions => {
  const joints = new Float32Array(count * size);
  for (let i = 0; i < count; i++)
    joints.set(figure(i % 2 ? 'swing' : 'bend', new Random(...key, i), frames).joints, i * size);
  return { joints, labels: Int32Array.from({ length: count }, (_, i) => i % 2) };
};
const motions = set(20, 'damaged');
const training = set(4, 'training');
const spoil = (name: DamageName, strength: number): LabelledMotions =>
  damage(name, motions, strength, { frames, fps: 20, training });
const close = (actual: number, expected: number, tolerance: number, what = ''): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual} is not ${expected}`);
const at = ({ joints }: LabelledMotions, i: number): string =>
  String(joints.subarray(i * size, (i + 1) * size));

test('no damage is none, the input stays as it was, and equal damage is equal', () => {
  const before = motions.joints.slice();
  for (const name of Object.keys(DAMAGES) as DamageName[]) {
    const none = { jitter: 0, smooth: 1e-3, slow: 1 }[name as string] ?? 0;
    const { joints, labels } = spoil(name, none);
    joints.forEach((value, k) => close(value, motions.joints[k], 1e-6, name));
    assert.equal(labels, motions.labels);
    const { strengths } = DAMAGES[name];
    const worst = strengths[strengths.length - 1];
    assert.equal(spoil(name, worst), spoil(name, worst));
    assert.not.equal(spoil(name, worst), motions, name);
  }
  assert.equal(motions.joints, before);
});

test('jitter has its size, sinking its depth, sliding its speed', () => {
  const { joints } = spoil('jitter', 10);
  const squares = joints.reduce((sum, value, k) => sum + (value - motions.joints[k]) ** 2, 0);
  close(Math.sqrt(squares / joints.length), 0.01, 2e-4);
  const sunk = spoil('sink', 50).joints;
  const slid = spoil('slide', 0.4).joints;
  for (let k = 0; k < joints.length; k++) {
    close(sunk[k] - motions.joints[k], k % 3 === 1 ? -0.05 : 0, 1e-6);
    if (k % 3 === 1) assert.is(slid[k], motions.joints[k]);
  }
  for (const t of [1, 29]) {
    const k = 3 * size + t * 66 + 30;
    const path = Math.hypot(slid[k] - motions.joints[k], slid[k + 2] - motions.joints[k + 2]);
    close(path, (0.4 * t) / 20, 1e-5);
  }
});

test('smoothing keeps a straight path and takes away a wiggle; slowing halves the speed', () => {
  const straight = Float32Array.from({ length: size }, (_, k) => 0.01 * Math.floor(k / 66));
  const wiggle = straight.map((value, k) => value + 0.02 * (Math.floor(k / 66) % 2));
  const of = (joints: Float32Array): LabelledMotions => ({ joints, labels: Int32Array.of(0) });
  const context = { frames, fps: 20, training };
  const smooth = (joints: Float32Array): Float32Array => damage('smooth', of(joints), 2, context).joints;
  for (let t = 10; t < 20; t++) {
    close(smooth(straight)[t * 66], straight[t * 66], 1e-6);
    close(smooth(wiggle)[t * 66], straight[t * 66] + 0.01, 1e-4);
  }
  const slow = damage('slow', of(straight), 2, context).joints;
  for (let t = 0; t < frames; t++) close(slow[t * 66], 0.005 * t, 1e-6);
});

test('frozen limbs keep their pose in the body, the others move; the mean pose is one for all', () => {
  const { joints } = spoil('freeze', 1);
  for (let t = 0; t < frames; t++)
    for (const joint of [18, 20, 19, 21])
      for (let axis = 0; axis < 3; axis++) {
        const k = size + t * 66 + 3 * joint + axis; // the second motion swings its arms and stands still
        close(joints[k], joint % 2 ? motions.joints[k] : motions.joints[size + 3 * joint + axis], 1e-5);
      }
  // Seen from its own facing direction, every frame of every motion is the same pose.
  const { rows, columns, data } = poseSequences(spoil('meanPose', 1).joints, frames);
  assert.is(rows * columns, 20 * 10 * 66);
  for (let k = 0; k < data.length; k++) close(data[k], data[k % 66], 1e-6);
});

test('labels swapped, motions lost and copied in the shares asked for', () => {
  const share = (a: Int32Array, b: Int32Array): number =>
    a.filter((value, i) => value !== b[i]).length / a.length;
  for (const strength of DAMAGES.swapLabels.strengths) {
    const { joints, labels } = spoil('swapLabels', strength);
    assert.is(share(labels, motions.labels), strength);
    assert.equal(joints, motions.joints);
  }
  const one = { joints: motions.joints, labels: new Int32Array(20) };
  assert.throws(
    () => damage('swapLabels', one, 1, { frames, fps: 20, training }),
    /Expected two actions or more for labels to swap but received 1/,
  );
  const distinct = (of: LabelledMotions): number =>
    new Set(Array.from({ length: 20 }, (_, i) => at(of, i))).size;
  assert.is(distinct(spoil('collapse', 0.5)), 10);
  assert.is(distinct(spoil('collapse', 0.9)), 2);
  assert.equal(spoil('collapse', 0.9).labels, motions.labels);
  const known = new Set(Array.from({ length: 4 }, (_, i) => at(training, i)));
  const copied = spoil('copy', 0.6);
  assert.is(Array.from({ length: 20 }, (_, i) => at(copied, i)).filter((one) => known.has(one)).length, 12);
});

test.run();

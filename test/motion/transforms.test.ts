import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  facing,
  lowestPoint,
  normalise,
  place,
  standardPlacement,
  unplace,
} from '../../src/motion/heading.js';
import { mirror } from '../../src/motion/mirror.js';
import { resample, resampledCount } from '../../src/motion/resample.js';
import { cutWindow, windowStarts } from '../../src/motion/window.js';
import { largestDifference } from '../io/shared-data.js';
import { randomMotion } from './random-motion.js';

const clip = (seed: number, frames = 30) => Float32Array.from(randomMotion(seed, frames).joints);

test('the standard place: floor, origin, facing +z, with left at +x; and back', () => {
  const moved = place(clip(1), { floor: -0.7, x: 3, z: -2, yaw: 2.1 });
  const placement = standardPlacement(moved);
  const standard = place(moved, placement);
  assert.ok(Math.abs(lowestPoint(standard)) < 1e-6);
  assert.ok(Math.abs(standard[0]) + Math.abs(standard[2]) < 1e-6);
  assert.ok(Math.abs(facing(standard)) < 1e-6);
  assert.ok(standard[3] > standard[6]);
  assert.ok(largestDifference(unplace(standard, placement), moved) < 2e-6);
  assert.ok(largestDifference(normalise(clip(1)), standard) < 1e-5);
  assert.throws(() => normalise(new Float32Array(65)), /multiple of 66/);
  assert.throws(() => normalise(new Float32Array(0)), /multiple of 66/);
});

test('facing is the direction of the chest: +z is 0, +x is a quarter turn', () => {
  const figure = new Float32Array(66);
  figure.set([0.1, 0, 0], 3);
  figure.set([-0.1, 0, 0], 6);
  figure.set([0.2, 0, 0], 48);
  figure.set([-0.2, 0, 0], 51);
  assert.is(facing(figure), 0);
  const turned = place(figure, { floor: 0, x: 0, z: 0, yaw: Math.PI / 2 });
  assert.ok(Math.abs(facing(turned) - Math.PI / 2) < 1e-6);
});

test('mirroring twice gives the motion back; once exchanges the sides', () => {
  const motion = clip(2);
  const other = mirror(motion);
  assert.is(largestDifference(mirror(other), motion), 0);
  assert.is(other[3 * 21], -motion[3 * 20]);
  assert.is(other[3 * 21 + 1], motion[3 * 20 + 1]);
  assert.ok(Math.abs(facing(other) + facing(motion)) < 1e-6);
});

test('resampling by a whole factor picks frames, by others follows a parabola exactly', () => {
  const values = Float64Array.from({ length: 61 * 2 }, (_, i) => (i % 2 ? 1 : (Math.floor(i / 2) / 60) ** 2));
  const picked = resample(values, 2, 60, 20);
  assert.is(picked.length, 21 * 2);
  for (let t = 0; t < 21; t++) assert.is(picked[2 * t], values[6 * t]);
  // 0.016667 s is 59.9988 fps: still every third frame
  assert.is(largestDifference(resample(values, 2, 1 / 0.016667, 20), picked), 0);
  for (const to of [25, 47.3, 120]) {
    const other = resample(values, 2, 60, to);
    assert.is(other.length, 2 * resampledCount(61, 60, to));
    for (let t = 0; 2 * t < other.length; t++) {
      assert.ok(Math.abs(other[2 * t] - (t / to) ** 2) < 1e-12, `${to} fps, frame ${t}`);
      assert.is(other[2 * t + 1], 1);
    }
  }
  const up = resample(resample(values, 2, 60, 20), 2, 20, 60);
  assert.ok(largestDifference(up, values) < 1e-12);
});

test('resampling one or two frames, and none', () => {
  assert.equal([...resample(Float32Array.of(1, 2), 2, 60, 20)], [1, 2]);
  assert.equal([...resample(Float32Array.of(0, 1), 1, 10, 20)], [0, 0.5, 1]);
  assert.is(resample(new Float32Array(0), 3, 60, 20).length, 0);
  assert.throws(() => resample(new Float32Array(4), 3, 60, 20), /multiple of 3/);
  assert.throws(() => resample(new Float32Array(3), 3, 0, 20), /positive/);
});

test('windows lie within the clip and stand in their own standard place', () => {
  const motion = clip(3, 100);
  assert.equal(windowStarts(100, 61, 13), [0, 13, 26, 39]);
  const window = cutWindow(motion, 39, 61);
  assert.is(window.length, 61 * 66);
  assert.ok(Math.abs(facing(window)) < 1e-6 && Math.abs(lowestPoint(window)) < 1e-6);
  assert.throws(() => cutWindow(motion, 40, 61), /within 100 frames/);
  assert.throws(() => windowStarts(10, 0, 1), /positive integer/);
});

test.run();

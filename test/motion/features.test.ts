import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNumbers } from '../../src/io/npy.js';
import {
  decodeFeatures,
  decodeRotations,
  encodeAllFrames,
  encodeFeatures,
  FEATURE_SIZE,
} from '../../src/motion/features.js';
import { normalise } from '../../src/motion/heading.js';
import { BONE_LENGTHS } from '../../src/motion/rest-skeleton.js';
import { cutWindow, decodeWindow, encodeWindow, windowStarts } from '../../src/motion/window.js';
import { filesOf, largestDifference, shared } from '../io/shared-data.js';
import { randomMotion } from './random-motion.js';

const numbers = (path: string) => readNumbers(readFileSync(path)).data as Float32Array;

test('24 golden files: encoding and both decodings agree to 1e-5', () => {
  const features = shared('mocap/features');
  const joints = shared('mocap/joints');
  if (!features || !joints) return;
  const files = filesOf(features, '.npy');
  assert.is(files.length, 24);
  let encoded = 0;
  let decoded = 0;
  let rotated = 0;
  for (const [name, bytes] of files) {
    const golden = readNumbers(bytes).data as Float32Array;
    const clip = numbers(`${joints}/${name}`);
    encoded = Math.max(encoded, largestDifference(encodeFeatures(clip), golden));
    const withoutLast = clip.subarray(0, clip.length - 66);
    decoded = Math.max(decoded, largestDifference(decodeFeatures(golden), withoutLast));
    rotated = Math.max(rotated, largestDifference(decodeRotations(golden, BONE_LENGTHS), withoutLast));
  }
  console.log(`  largest differences: encode ${encoded}, decode ${decoded}, from rotations ${rotated} m`);
  assert.ok(encoded <= 1e-5);
  assert.ok(decoded <= 1e-5);
  assert.ok(rotated <= 1e-5);
});

test('the published heading differs only where a figure turns through -z', () => {
  const features = shared('mocap/features');
  const joints = shared('mocap/joints');
  if (!features || !joints) return;
  let turned = 0;
  for (const [name] of filesOf(features, '.npy')) {
    const clip = numbers(`${joints}/${name}`);
    const published = encodeFeatures(clip, { heading: 'published' });
    const continuous = encodeFeatures(clip);
    for (let i = 0; i < published.length; i++)
      if (i % FEATURE_SIZE !== 0) assert.is(Math.abs(published[i] - continuous[i]) < 1e-6, true);
    const lost = largestDifference(decodeFeatures(published), clip.subarray(0, clip.length - 66));
    if (lost > 0.01) turned++;
  }
  assert.is(turned, 3);
});

test('a full turn in either direction is recovered', () => {
  for (const seed of [1, 2, 3]) {
    const { joints } = randomMotion(seed, 120);
    const back = decodeFeatures(encodeFeatures(joints));
    assert.ok(largestDifference(back, joints.subarray(0, joints.length - 66)) < 1e-5);
  }
});

test('decoding inverts encoding for any motion, every frame of encodeAllFrames', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 40 }), (seed, frames) => {
      const { joints } = randomMotion(seed, frames, 1);
      assert.ok(largestDifference(decodeFeatures(encodeAllFrames(joints)), joints) < 1e-5);
    }),
    { numRuns: 60 },
  );
});

test('windows: 61 frames give true steps, 60 decoded frames survive a second encoding', () => {
  const { joints } = randomMotion(5, 150);
  const clip = normalise(joints);
  assert.equal(windowStarts(150, 61, 20), [0, 20, 40, 60, 80]);
  assert.equal(windowStarts(60, 61, 20), []);
  const window = cutWindow(clip, 40, 61);
  const rows = encodeWindow(window, 60);
  assert.ok(largestDifference(rows, encodeFeatures(window)) < 2e-6);
  const decoded = decodeWindow(rows);
  const again = encodeWindow(decoded, 60);
  assert.ok(largestDifference(decodeWindow(again), normalise(decoded)) < 2e-6);
  const last = again.subarray(59 * FEATURE_SIZE);
  const before = again.subarray(58 * FEATURE_SIZE, 59 * FEATURE_SIZE);
  assert.is(largestDifference(last.subarray(0, 3), before.subarray(0, 3)), 0);
  assert.is(largestDifference(last.subarray(193), before.subarray(193)), 0);
  assert.ok(largestDifference(last.subarray(4, 67), before.subarray(4, 67)) > 1e-3);
  assert.throws(() => encodeWindow(window, 59), /Expected 59 or 60 frames/);
});

test('degenerate frames give finite numbers', () => {
  const flat = new Float32Array(66 * 5);
  for (const value of encodeFeatures(flat)) assert.ok(Number.isFinite(value));
  assert.throws(() => encodeFeatures(new Float32Array(66)), /two frames or more/);
  assert.throws(() => decodeFeatures(new Float32Array(262)), /multiple of 263/);
});

test('64 windows of 60 frames encode and decode in milliseconds', () => {
  const windows = Array.from({ length: 64 }, (_, i) => normalise(randomMotion(i, 61).joints));
  for (const window of windows) decodeFeatures(encodeFeatures(window));
  const start = performance.now();
  const rows = windows.map((window) => encodeFeatures(window));
  const middle = performance.now();
  for (const row of rows) decodeFeatures(row);
  const end = performance.now();
  console.log(`  encode ${(middle - start).toFixed(1)} ms, decode ${(end - middle).toFixed(1)} ms`);
  assert.ok(middle - start < 500 && end - middle < 200);
});

test.run();

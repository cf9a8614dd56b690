import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CORRUPTIONS, corrupt } from '../../bench/quality/corruptions.js';
import { meanDistance, plantedSlip } from '../../bench/quality/measures.js';
import { waving } from '../support/motions.js';

const FPS = 20;
const FRAMES = 400;
/** A figure that walks off along +x at 1 m/s without moving its legs. */
const gliding = waving(FRAMES).map((value, i) => (i % 3 === 0 ? value + Math.floor(i / 66) / FPS : value));
const difference = (kind: (typeof CORRUPTIONS)[number], seed = 1): Float32Array => {
  const damaged = corrupt(gliding, kind, FPS, seed);
  return damaged.map((value, i) => value - gliding[i]);
};
const deviation = (values: Float32Array | number[]): number => {
  const list = [...values];
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length);
};
const close = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} +- ${tolerance}`);

test('the same clip and seed give the same bytes, another seed other noise; the input stays as it was', () => {
  const before = gliding.slice();
  for (const kind of CORRUPTIONS) {
    assert.equal(corrupt(gliding, kind, FPS, 3), corrupt(gliding, kind, FPS, 3));
    const other = meanDistance(corrupt(gliding, kind, FPS, 3), corrupt(gliding, kind, FPS, 4), false);
    assert.is(other > 0, ['drift', 'jitter', 'mix'].includes(kind), kind);
  }
  assert.equal(gliding, before);
});

test('float and sink move 5 cm along y alone', () => {
  for (const [kind, by] of [
    ['float', 0.05],
    ['sink', -0.05],
  ] as const)
    difference(kind).forEach((value, i) => close(value, i % 3 === 1 ? by : 0, 1e-6));
});

test('skate makes the way a fifth longer and keeps the pose', () => {
  const by = difference('skate');
  const last = (FRAMES - 1) * 66;
  close(by[last], (0.2 * (FRAMES - 1)) / FPS, 1e-4);
  close(by[last + 1], 0, 1e-6);
  close(meanDistance(corrupt(gliding, 'skate', FPS, 0), gliding, true), 0, 1e-3);
});

test('drift goes 8 and 5 cm/s sideways and 3 cm up and down', () => {
  const by = difference('drift');
  const last = (FRAMES - 1) * 66;
  close(by[last], (0.08 * (FRAMES - 1)) / FPS, 1e-4);
  close(by[last + 2], (0.05 * (FRAMES - 1)) / FPS, 1e-4);
  const heights = by.filter((_, i) => i % 66 === 1);
  close(Math.max(...heights), 0.03, 1e-3);
  close(Math.min(...heights), -0.03, 1e-3);
});

test('jitter is white: 15 mm on every coordinate, nothing shared by two frames', () => {
  const by = difference('jitter');
  close(deviation(by), 0.015, 2e-4);
  const steps = Array.from({ length: by.length - 66 }, (_, i) => by[i + 66] - by[i]);
  close(deviation(steps) / deviation(by), Math.SQRT2, 0.02);
});

test('mix is all of it: 7 mm of white and 7 mm of slow noise on a path that is longer, drifts and sways', () => {
  const by = difference('mix');
  const relative = (t: number, c: number) => by[t * 66 + 3 * 15 + c] - by[t * 66 + 3 * 20 + c]; // head to wrist: noise alone
  const noise = Array.from({ length: FRAMES }, (_, t) => relative(t, 0));
  close(deviation(noise), Math.sqrt(2) * Math.hypot(0.007, 0.007), 2e-3);
  const steps = noise.slice(1).map((value, t) => value - noise[t]);
  assert.ok(
    deviation(steps) < 1.2 * Math.SQRT2 * Math.SQRT2 * 0.007,
    'the slow half does not change from frame to frame',
  );
  const last = (FRAMES - 1) * 66;
  close(by[last], ((0.15 + 0.05) * (FRAMES - 1)) / FPS, 0.06);
  close(deviation(by.filter((_, i) => i % 66 === 1)), Math.hypot(0.03 / Math.SQRT2, 0.01), 3e-3);
});

test('the planted slip sees a sliding foot at any height, and no still one', () => {
  close(plantedSlip(waving(60)), 0, 1e-3);
  close(plantedSlip(gliding), 1000 / FPS, 0.1);
  close(plantedSlip(corrupt(gliding, 'float', FPS, 0)), 1000 / FPS, 0.1);
});

test('joints that do not fill frames are refused', () => {
  for (const joints of [new Float32Array(0), new Float32Array(67)])
    assert.throws(
      () => corrupt(joints, 'float', FPS, 0),
      /Expected a positive multiple of 66 numbers for joints/,
    );
});

test.run();

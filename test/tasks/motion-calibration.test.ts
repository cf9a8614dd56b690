/** Spectral calibration: variances of a set go to those of the real set, its mean and what is right already stay. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FEATURE_SIZE } from '../../src/motion/features.js';
import { mirrorFeatures } from '../../src/motion/mirror-features.js';
import { Random } from '../../src/random/random.js';
import { Calibration } from '../../src/tasks/motion/calibration.js';
import { calibratingCorrector, physicsCorrector } from '../../src/tasks/motion/correctors.js';
import { DEFAULT_MOTION_SETTINGS } from '../../src/tasks/motion/settings.js';
import { motionTask } from '../../src/tasks/motion/task.js';
import { chooseReal, cutWindows, encodeSamples } from '../../src/tasks/motion/windows.js';
import { figureDataset } from './figures.js';

const CHANNELS = 67;
const frames = 20;
const size = frames * FEATURE_SIZE;
const count = 12;
/** Motions of noise: every channel and frequency has its variance. */
const real = new Random('calibration').normals(new Float32Array(count * size));
const both = Float32Array.from([...real, ...mirrorFeatures(real)]);

/** Deviations of a set from its mean, times `factor`. */
function scaled(features: Float32Array, factor: number): Float32Array {
  const motions = features.length / size;
  return features.map((value, i) => {
    let mean = 0;
    for (let k = i % size; k < features.length; k += size) mean += features[k] / motions;
    return mean + factor * (value - mean);
  });
}
const near = (actual: Float32Array, expected: Float32Array, what: string): void =>
  actual.forEach((value, i) => {
    const wanted = i % FEATURE_SIZE < CHANNELS ? expected[i] : value;
    if (!(Math.abs(value - wanted) < 2e-5)) assert.unreachable(`${what}: ${i} is ${value}, not ${wanted}`);
  });

test('a set with the variances of the real one stays; one that lost some of them gets them back, within bounds', () => {
  const calibration = new Calibration(real, frames);
  near(calibration.apply(both), both, 'the real ones and their mirror images');
  near(calibration.apply(scaled(both, 0.6)), both, 'damped');
  near(calibration.apply(scaled(both, 1.5)), both, 'widened');
  near(calibration.apply(scaled(both, 0.1)), scaled(both, 0.4), 'a gain of 4 at most');
  near(calibration.apply(scaled(both, 4)), scaled(both, 2), 'a gain of 1/2 at least');
  const strong = new Calibration(real, frames, 2);
  near(strong.apply(scaled(both, 0.5)), scaled(both, 2), 'the gain 2, squared');
  near(new Calibration(real, frames, 0).apply(scaled(both, 0.5)), scaled(both, 0.5), 'no strength');
  const plain = scaled(both, 0.6);
  const changed = calibration.apply(plain);
  for (let i = 0; i < changed.length; i++)
    if (i % FEATURE_SIZE >= CHANNELS && changed[i] !== plain[i]) assert.unreachable(`${i} is not decoded`);
});

test('only the frequencies that are wrong are changed', () => {
  const calibration = new Calibration(real, frames);
  // The highest frequency of 20 frames, out of every motion alike: its band is 13 to 19.
  const top = Array.from({ length: frames }, (_, t) => Math.cos((Math.PI * (t + 0.5) * 19) / frames));
  const norm = top.reduce((sum, value) => sum + value * value, 0);
  const project = (features: Float32Array, motion: number, channel: number, wave: number[]): number =>
    wave.reduce((sum, value, t) => sum + value * features[motion * size + t * FEATURE_SIZE + channel], 0);
  const without = Float32Array.from(both);
  for (let motion = 0; motion < 2 * count; motion++)
    for (let channel = 0; channel < CHANNELS; channel++) {
      const amount = project(both, motion, channel, top) / norm;
      top.forEach((value, t) => {
        without[motion * size + t * FEATURE_SIZE + channel] -= amount * value;
      });
    }
  const after = calibration.apply(without);
  for (const [periods, kept] of [
    [0, true],
    [4, true],
    [12, true],
    [15, false],
  ] as const) {
    const wave = Array.from({ length: frames }, (_, t) => Math.cos((Math.PI * (t + 0.5) * periods) / frames));
    const before = project(without, 3, 10, wave);
    const ratio = project(after, 3, 10, wave) / before;
    assert.ok(kept ? Math.abs(ratio - 1) < 1e-3 : Math.abs(ratio - 1) > 0.01, `${periods}: x ${ratio}`);
  }
});

test('a motion that is not finite counts for nothing and stays; a set of one stays', () => {
  const calibration = new Calibration(real, frames);
  const damped = scaled(both, 0.6);
  const broken = Float32Array.from([...damped, ...new Float32Array(size).fill(Number.NaN)]);
  const after = calibration.apply(broken);
  assert.equal(after.subarray(0, damped.length), calibration.apply(damped));
  assert.ok(after.subarray(damped.length).every(Number.isNaN));
  assert.equal(calibration.apply(damped.subarray(0, size)), damped.subarray(0, size));
});

test('the corrector `restored` is physics on what calibration gives, `calibrated` that alone', async () => {
  const dataset = figureDataset();
  const windows = cutWindows(dataset, 'train', { frames, stride: 3, mirrored: false });
  const settings = { ...DEFAULT_MOTION_SETTINGS, frames, evaluationStride: 3 };
  const trial = await motionTask({ dataset, settings }).open(0, { n: 8, evaluationCount: 10 });
  const samples = encodeSamples(chooseReal(windows, 6, 9), frames);
  const context = { seed: 0, generation: 1, gamma: Number.POSITIVE_INFINITY };
  const around = { settings, threads: 1, fid: () => 0 };
  const calibration = new Calibration(trial.real.features, frames);
  const alone = await trial.corrector('calibrated')!.correct(samples, context);
  const expected = await calibratingCorrector(around, calibration).correct(samples, context);
  assert.equal(alone.samples.features, expected.samples.features);
  assert.ok((alone.report.distance as number) > 1);
  assert.is(alone.notes, undefined);
  const restored = await trial.corrector('restored')!.correct(samples, context);
  const physics = await physicsCorrector(around).correct(alone.samples, context);
  assert.equal(restored.samples.features, physics.samples.features);
  assert.is(restored.notes!.length, 6);
});

test.run();

/** Spectral calibration: variances of a set go to those of the real set, its mean and what is right already stay. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FEATURE_SIZE } from '../../src/motion/features.js';
import { mirrorFeatures } from '../../src/motion/mirror-features.js';
import { Random } from '../../src/random/random.js';
import { Calibration, type CalibrationOptions } from '../../src/tasks/motion/calibration.js';
import { calibratingCorrector, physicsCorrector } from '../../src/tasks/motion/correctors.js';
import type { MotionSamples } from '../../src/tasks/motion/samples.js';
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

const samples = (features: Float32Array, label: (i: number) => number = () => 0): MotionSamples => ({
  frames,
  features,
  labels: Int32Array.from({ length: features.length / size }, (_, i) => label(i)),
});
const calibrate = (features: Float32Array, options: Partial<CalibrationOptions> = {}): Float32Array =>
  new Calibration(samples(real), { strength: 1, within: false, means: 0, ...options }).apply(
    samples(features),
  );

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
  near(calibrate(both), both, 'the real ones and their mirror images');
  near(calibrate(scaled(both, 0.6)), both, 'damped');
  near(calibrate(scaled(both, 1.5)), both, 'widened');
  near(calibrate(scaled(both, 0.1)), scaled(both, 0.4), 'a gain of 4 at most');
  near(calibrate(scaled(both, 4)), scaled(both, 2), 'a gain of 1/2 at least');
  const half = scaled(both, 0.5);
  near(calibrate(half, { strength: 2 }), scaled(both, 2), 'the gain 2, squared');
  near(calibrate(half, { strength: 0 }), half, 'no strength');
  const plain = scaled(both, 0.6);
  const changed = calibrate(plain);
  for (let i = 0; i < changed.length; i++)
    if (i % FEATURE_SIZE >= CHANNELS && changed[i] !== plain[i]) assert.unreachable(`${i} is not decoded`);
});

test('within labels: each has its own mean, which goes as far to the real one as it is told; the variance is that about these', () => {
  const label = (i: number): number => i % 2;
  // Label 1 lies 3 higher than label 0 in the real set; in the samples 7 higher, and all deviations are halved.
  const apart = (features: Float32Array, by: number): Float32Array =>
    features.map((value, i) => value + by * label(Math.floor(i / size)));
  const centred = (features: Float32Array): Float32Array => {
    const out = Float32Array.from(features);
    for (const group of [0, 1]) {
      const own = [...Array(features.length / size).keys()].filter((i) => label(i) === group);
      for (let k = 0; k < size; k++) {
        const mean = own.reduce((sum, i) => sum + features[i * size + k], 0) / own.length;
        for (const i of own) out[i * size + k] -= mean;
      }
    }
    return out;
  };
  // Its own mirror image in the channels that are read below: heights.
  const heights = (features: Float32Array): Float32Array =>
    features.map((value, i) => (i % FEATURE_SIZE === 3 ? value : 0));
  const truth = apart(heights(centred(real)), 3);
  const model = apart(
    heights(centred(real)).map((value) => value / 2),
    7,
  );
  for (const means of [0, 0.5, 1]) {
    const calibration = new Calibration(samples(heights(truth), label), { strength: 1, within: true, means });
    const after = calibration.apply(samples(heights(model), label));
    const twice = 2 * count;
    // The mirror images double the count, so v* is a little smaller than that of the real set.
    const shrink = Math.sqrt((twice * (count - 2)) / (count * (twice - 2)));
    for (let i = 0; i < count; i++) {
      const at = i * size + 3;
      const middle = label(i) * (7 + means * (3 - 7));
      const wanted = middle + shrink * (truth[at] - 3 * label(i));
      assert.ok(Math.abs(after[at] - wanted) < 1e-4, `means ${means}: ${after[at]}, not ${wanted}`);
    }
  }
});

test('labels with fewer than 4 motions share a mean', () => {
  // Labels 1 and 2 have 3 real motions each, label 0 has 6.
  const label = (i: number): number => (i < 6 ? 0 : i < 9 ? 1 : 2);
  const joined = (i: number): number => Math.min(1, label(i));
  const options = { strength: 1, within: true, means: 0.5 };
  const drawn = scaled(real, 0.5);
  const own = new Calibration(samples(real, label), options).apply(samples(drawn, label));
  near(own, new Calibration(samples(real, joined), options).apply(samples(drawn, joined)), 'joined');
  const apart = { ...samples(drawn), labels: Int32Array.from({ length: count }, (_, i) => i) };
  near(
    new Calibration({ ...apart, features: real }, options).apply(apart),
    calibrate(drawn, { means: 0.5 }),
    'one motion a label: all together',
  );
});

test('only the frequencies that are wrong are changed', () => {
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
  const after = calibrate(without);
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
  const damped = scaled(both, 0.6);
  const broken = Float32Array.from([...damped, ...new Float32Array(size).fill(Number.NaN)]);
  const after = calibrate(broken);
  assert.equal(after.subarray(0, damped.length), calibrate(damped));
  assert.ok(after.subarray(damped.length).every(Number.isNaN));
  assert.equal(calibrate(damped.subarray(0, size)), damped.subarray(0, size));
});

test('the corrector `restored` is physics on what calibration gives, `calibrated` that alone', async () => {
  const dataset = figureDataset();
  const windows = cutWindows(dataset, 'train', { frames, stride: 3, mirrored: false });
  const settings = { ...DEFAULT_MOTION_SETTINGS, frames, evaluationStride: 3 };
  const trial = await motionTask({ dataset, settings }).open(0, { n: 8, evaluationCount: 10 });
  const drawn = encodeSamples(chooseReal(windows, 6, 9), frames);
  const context = { seed: 0, generation: 1, gamma: Number.POSITIVE_INFINITY };
  const around = { settings, threads: 1, fid: () => 0 };
  const { calibrationStrength: strength, calibrationWithin: within, calibrationMeans: means } = settings;
  const calibration = new Calibration(trial.real, { strength, within, means });
  const alone = await trial.corrector('calibrated')!.correct(drawn, context);
  const expected = await calibratingCorrector(around, calibration).correct(drawn, context);
  assert.equal(alone.samples.features, expected.samples.features);
  assert.ok((alone.report.distance as number) > 1);
  assert.is(alone.notes, undefined);
  const restored = await trial.corrector('restored')!.correct(drawn, context);
  const physics = await physicsCorrector(around).correct(alone.samples, context);
  assert.equal(restored.samples.features, physics.samples.features);
  assert.is(restored.notes!.length, 6);
});

test.run();

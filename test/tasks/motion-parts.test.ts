import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cudaState } from '../../src/correct/device.js';
import { Normalisation } from '../../src/generator/index.js';
import { readSafetensors } from '../../src/io/safetensors.js';
import { kineticFeatures } from '../../src/metrics/kinetic-features.js';
import { FEATURE_SIZE } from '../../src/motion/features.js';
import { FRAME_SIZE } from '../../src/motion/motion.js';
import { Random } from '../../src/random/random.js';
import { physicsCorrector, placeboCorrector, smoothNoise } from '../../src/tasks/motion/correctors.js';
import { joinSamples, jointsOf, motionAt, takeSamples } from '../../src/tasks/motion/samples.js';
import { SelectionSpace, transportSelector } from '../../src/tasks/motion/selection.js';
import { DEFAULT_MOTION_SETTINGS } from '../../src/tasks/motion/settings.js';
import { motionTask } from '../../src/tasks/motion/task.js';
import { chooseReal, cutWindows, encodeSamples, stackWindows } from '../../src/tasks/motion/windows.js';
import { MemoryFs } from '../loop/memory-fs.js';
import { figureDataset } from './figures.js';
import { SMALL_MODEL } from './small-model.js';

const frames = 20;
const dataset = figureDataset();
const windows = cutWindows(dataset, 'train', { frames, stride: 3, mirrored: false });
const close = (actual: number, expected: number, tolerance: number, what = ''): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual} is not ${expected} +- ${tolerance}`);

test('windows: as many as fit, in their standard place, mirrored ones beside, features that decode to their joints', () => {
  assert.is(windows.length, dataset.train.length * 4);
  const both = cutWindows(dataset, 'train', { frames, stride: 3, mirrored: true });
  assert.is(both.length, 2 * windows.length);
  for (const { joints } of both) {
    assert.is(joints.length, (frames + 1) * FRAME_SIZE);
    close(joints[0], 0, 1e-6);
    close(joints[2], 0, 1e-6);
  }
  const decoded = jointsOf(encodeSamples(windows, frames));
  const { joints } = stackWindows(windows, frames);
  decoded.forEach((value, i) => {
    if (Math.abs(value - joints[i]) > 1e-5) assert.unreachable(`joint number ${i}: ${value}, ${joints[i]}`);
  });
});

test('real samples of a seed: different clips while there are enough, none twice, another choice for another seed', () => {
  const clips = dataset.train.length;
  const chosen = chooseReal(windows, clips, 3);
  assert.is(new Set(chosen.map(({ clip }) => clip)).size, clips);
  const more = chooseReal(windows, clips + 20, 3);
  assert.is(new Set(more).size, clips + 20);
  assert.equal(more.slice(0, clips), chosen);
  assert.not.equal(
    chooseReal(windows, 8, 4).map(({ clip }) => clip),
    chooseReal(windows, 8, 3).map(({ clip }) => clip),
  );
  assert.throws(() => chooseReal(windows, windows.length + 1, 0), /windows or more in the training clips/);
});

test('normalisation: one deviation per block, the mean of its features; exact inverse', () => {
  const { features } = encodeSamples(windows, frames);
  const normalisation = Normalisation.fit(features);
  for (const [from, to] of [
    [4, 67],
    [67, 193],
    [193, 259],
  ]) {
    let sum = 0;
    for (let j = from; j < to; j++) {
      const column = Array.from(
        { length: features.length / FEATURE_SIZE },
        (_, i) => features[i * FEATURE_SIZE + j],
      );
      const mean = column.reduce((a, b) => a + b, 0) / column.length;
      sum += Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length);
      assert.is(normalisation.deviation[j], normalisation.deviation[from]);
    }
    close(normalisation.deviation[from], sum / (to - from), 1e-9, `block ${from}`);
  }
  assert.is(
    normalisation.deviation[1],
    1,
    'nothing here moves over the floor: a scale of its own, not a division by 0',
  );
  const normalised = normalisation.normalise(features);
  const back = normalisation.denormalise(normalised);
  back.forEach((value, i) => {
    if (Math.abs(value - features[i]) > 1e-5) assert.unreachable(`feature ${i}: ${value}, ${features[i]}`);
  });
});

test('normalisation: emphasised features have a smaller deviation, the heights over the floor for one', async () => {
  const normalisation = Normalisation.fit(encodeSamples(windows, frames).features);
  const emphasised = normalisation.emphasised([0, 5], 4);
  assert.equal(emphasised.mean, normalisation.mean);
  normalisation.deviation.forEach((value, j) => {
    assert.is(emphasised.deviation[j], j === 0 || j === 5 ? value / 4 : value, `feature ${j}`);
  });

  // What the task's model learns with.
  const deviations = async (groundWeight: number): Promise<Float32Array> => {
    const trial = await motionTask({ dataset, settings: { ...SMALL_MODEL, groundWeight } }).open(0, {
      n: 4,
      evaluationCount: 16,
    });
    const generator = await trial.createGenerator({ seed: 0, keepOptimizer: false });
    const fs = new MemoryFs();
    await fs.mkdir('model');
    await generator.save('model', fs);
    await generator.close();
    await trial.close?.();
    const { tensors } = readSafetensors((await fs.read('model/model.safetensors')) as Uint8Array);
    return tensors.get('normalisation.deviation')?.data as Float32Array;
  };
  const [plain, weighted] = [await deviations(1), await deviations(3)];
  // Pelvis; left ankle and foot, right ankle and foot.
  const heights = [3, 4 + 6 * 3 + 1, 4 + 9 * 3 + 1, 4 + 7 * 3 + 1, 4 + 10 * 3 + 1];
  plain.forEach((value, j) => {
    close(weighted[j], heights.includes(j) ? value / 3 : value, 1e-7, `feature ${j}`);
  });
});

test('sets of samples are taken and joined in order', () => {
  const samples = encodeSamples(windows.slice(0, 5), frames);
  const taken = takeSamples(joinSamples([samples, samples]), [7, 0, 0]);
  assert.is(taken.labels.length, 3);
  const size = frames * FEATURE_SIZE;
  assert.equal(taken.features.subarray(0, size), samples.features.subarray(2 * size, 3 * size));
  assert.equal(taken.features.subarray(size, 2 * size), taken.features.subarray(2 * size));
});

test('the corrector of the loop runs on the device asked for', async () => {
  const fid = () => 0;
  const physics = physicsCorrector({ settings: DEFAULT_MOTION_SETTINGS, threads: 1, device: 'cuda', fid });
  const samples = encodeSamples(windows.slice(0, 2), frames);
  const code = await physics.correct(samples, { seed: 1, generation: 1, gamma: 1 }).then(
    () => undefined,
    (error) => error.code,
  );
  assert.is(code, cudaState().available ? undefined : 'ERR_CUDA');
});

test('the placebo moves by exactly the size it is matched to, smoothly, and knows nothing but its key', async () => {
  const samples = encodeSamples(windows.slice(0, 12), frames);
  const placebo = placeboCorrector({ settings: DEFAULT_MOTION_SETTINGS, threads: 1, fid: () => 0 });
  const context = { seed: 1, generation: 2, gamma: 1 };
  const { report } = await placebo.correct(samples, { ...context, matched: { status: {}, distance: 17 } });
  close(report.distance as number, 17, 1e-3);
  const alone = await placebo.correct(samples, context);
  close(alone.report.distance as number, 45, 1e-3);
  const again = await placebo.correct(samples, context);
  assert.equal(again.samples.features, alone.samples.features);
  const other = await placebo.correct(samples, { ...context, generation: 3 });
  assert.not.equal(other.samples.features, alone.samples.features);

  // White noise through a Gaussian of 2 frames: correlation exp(-k^2 / 16) at a lag of k frames, unit variance.
  const noise = Array.from({ length: 40 }, (_, i) => smoothNoise(60, 0, 0, i));
  for (const lag of [0, 1, 2, 4, 8]) {
    let sum = 0;
    let count = 0;
    for (const field of noise)
      for (let i = 0; i + lag * FRAME_SIZE < field.length; i += 1) {
        sum += field[i] * field[i + lag * FRAME_SIZE];
        count++;
      }
    close(sum / count, Math.exp(-(lag ** 2) / 16), 0.02, `lag ${lag}`);
  }
});

test('selection finds the copies of the real motions in a pool, keeps to labels, and reports a lower cost than the first n', async () => {
  const real = encodeSamples(chooseReal(windows, 10, 0), frames);
  const space = new SelectionSpace(jointsOf(real), frames);
  const random = new Random('pool');
  // Candidate i was drawn for item i mod 10; the real motion itself hides in one of the four rounds.
  const rounds = Array.from({ length: 10 }, () => random.integer(4));
  const pool = joinSamples(
    Array.from({ length: 4 }, (_, round) => {
      const copy = takeSamples(real, [...real.labels.keys()]);
      for (let i = 0; i < 10; i++)
        if (rounds[i] !== round)
          for (let k = 0; k < frames * FEATURE_SIZE; k++)
            copy.features[i * frames * FEATURE_SIZE + k] += 0.05 * random.normal();
      return copy;
    }),
  );
  const selector = transportSelector(space, real.labels);
  const items = Int32Array.from({ length: 10 }, (_, i) => i);
  const { chosen, report } = await selector.select(pool, items, { seed: 0, generation: 1 });
  assert.equal(
    [...chosen],
    rounds.map((round, i) => 10 * round + i),
  );
  close(report.cost, 0, 1e-8);
  assert.ok(report.costFirst > 1);
  assert.ok(report.chosenDistance < 0.01 && report.poolDistance > report.chosenDistance);
  for (let i = 0; i < 10; i++) assert.is(pool.labels[chosen[i]], real.labels[i]);
  // Half the items: only those get a partner.
  const half = await selector.select(pool, Int32Array.of(3, 7), { seed: 0, generation: 1 });
  assert.equal([...half.chosen], [10 * rounds[3] + 3, 10 * rounds[7] + 7]);
});

test('the selection space is not the metrics space: it sees what the kinetic features cannot, the order of time', () => {
  const real = stackWindows(chooseReal(windows, 10, 0), frames).joints;
  const space = new SelectionSpace(real, frames);
  const motion = motionAt(real, frames, 0);
  const reversed = new Float32Array(motion.length);
  for (let t = 0; t < frames; t++)
    reversed.set(motion.subarray(t * FRAME_SIZE, (t + 1) * FRAME_SIZE), (frames - 1 - t) * FRAME_SIZE);
  const distance = (a: Float64Array, b: Float64Array): number =>
    Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
  const forward = kineticFeatures(motion, frames, 20).data;
  const backward = kineticFeatures(reversed, frames, 20).data;
  // Mean poses, speeds and distances are equal; only signed root velocities may differ.
  for (let k = 0; k < 192; k++) close(backward[k], forward[k], 1e-6, `feature ${k}`);
  assert.ok(distance(space.describe(motion).data, space.describe(reversed).data) > 0.1);
});

test.run();

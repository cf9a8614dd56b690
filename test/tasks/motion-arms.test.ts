/** What the arms of the experiment need of the motion task: correctors, weights, schedules, dispersion, and the loop with them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { correctBatch } from '../../src/correct/correct.js';
import type { CorrectOptions } from '../../src/correct/options.js';
import { Normalisation } from '../../src/generator/index.js';
import type { LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import type { GenerationRow } from '../../src/loop/layout.js';
import type { TrainOptions } from '../../src/loop/task.js';
import { FEATURE_SIZE } from '../../src/motion/features.js';
import { Random } from '../../src/random/random.js';
import { physicsCorrector } from '../../src/tasks/motion/correctors.js';
import { learningRates, MotionGenerator } from '../../src/tasks/motion/generator.js';
import {
  joinSamples,
  jointsOf,
  type MotionSamples,
  motionAt,
  takeSamples,
} from '../../src/tasks/motion/samples.js';
import { SelectionSpace } from '../../src/tasks/motion/selection.js';
import { DEFAULT_MOTION_SETTINGS, type MotionSettings } from '../../src/tasks/motion/settings.js';
import { motionTask } from '../../src/tasks/motion/task.js';
import { chooseReal, cutWindows, encodeSamples } from '../../src/tasks/motion/windows.js';
import { MemoryFs } from '../loop/memory-fs.js';
import { figureDataset } from './figures.js';
import { SMALL_MODEL } from './small-model.js';

const settings: MotionSettings = { ...DEFAULT_MOTION_SETTINGS, ...SMALL_MODEL };
const { frames } = settings;
const dataset = figureDataset();
const windows = cutWindows(dataset, 'train', { frames, stride: 3, mirrored: false });
const real = encodeSamples(chooseReal(windows, 8, 0), frames);
const all = (samples: { labels: Int32Array }): Int32Array => Int32Array.from(samples.labels.keys());

/** The real motions trembling. */
function damaged() {
  const samples = takeSamples(real, all(real));
  const random = new Random('damage');
  // Heights of the joints.
  for (let i = 0; i < samples.features.length; i += FEATURE_SIZE)
    for (let k = i + 5; k < i + 67; k += 3) samples.features[k] += 0.01 * random.normal();
  return samples;
}
/** Features of what the corrector gives. */
async function corrected(samples: MotionSamples, options: CorrectOptions): Promise<Float32Array> {
  const joints = jointsOf(samples);
  const { motions } = await correctBatch(
    Array.from(samples.labels, (_, i) => ({ joints: motionAt(joints, frames, i) })),
    options,
  );
  return encodeSamples(
    motions.map((motion, i) => ({ joints: motion.joints, label: samples.labels[i], clip: 0 })),
    frames,
  ).features;
}
const context = { seed: 0, generation: 1, gamma: Number.POSITIVE_INFINITY };

test('cleaned: nothing is simulated; it is not what the simulation gives', async () => {
  const around = { settings, threads: 1, fid: () => 0 };
  const samples = damaged();
  const cleaned = await physicsCorrector(around, 'cleaned').correct(samples, context);
  const fixed = await physicsCorrector(around).correct(samples, context);
  assert.equal(cleaned.report.status, { ok: 8 });
  assert.is(cleaned.report.residual, 0);
  assert.ok(cleaned.notes!.every(({ rung }) => rung === -1));
  assert.equal(
    cleaned.samples.features,
    await corrected(samples, { fps: 20, preset: 'loop', simulate: false }),
  );
  assert.not.equal(cleaned.samples.features, fixed.samples.features);
});

test('official: 1.5 times too fast, as much help as it likes, everything passes the gate; also as the setting of a run', async () => {
  const samples = damaged();
  const assist = { force: 100, torque: 100_000 };
  const trial = await motionTask({ dataset, settings: SMALL_MODEL }).open(0, { n: 8, evaluationCount: 10 });
  const { samples: made, notes } = await trial.corrector('official')!.correct(samples, context);
  assert.equal(made.features, await corrected(samples, { fps: 30, preset: 'loop', assist }));
  assert.ok(notes!.every(({ ok }) => ok));
  const fixed = await trial.corrector('corrected')!.correct(samples, context);
  assert.not.equal(fixed.samples.features, made.features);
  const other = await motionTask({ dataset, settings: { ...SMALL_MODEL, fidelity: 'official' } }).open(0, {
    n: 8,
    evaluationCount: 10,
  });
  const again = await other.corrector('corrected')!.correct(samples, context);
  assert.equal(again.samples.features, made.features);
});

test('what the corrector said of a motion goes with it when some are taken', async () => {
  const { samples } = await physicsCorrector({ settings, threads: 1, fid: () => 0 }).correct(
    damaged(),
    context,
  );
  const { corrections } = samples;
  assert.equal(takeSamples(samples, [5, 2]).corrections, [corrections![5], corrections![2]]);
});

async function generator(more: Partial<MotionSettings> = {}): Promise<MotionGenerator> {
  return MotionGenerator.create({ ...settings, ...more }, Normalisation.fit(real.features), real.labels, {
    classes: dataset.classes,
    seed: 3,
    threads: 1,
    keepOptimizer: false,
  });
}
const training: TrainOptions = {
  steps: 6,
  learningRate: 1e-3,
  seed: 5,
  initial: true,
  resetOptimizer: true,
};
async function trained(
  data: typeof real,
  options: Partial<TrainOptions> = {},
  more: Partial<MotionSettings> = {},
): Promise<Float32Array> {
  const model = await generator(more);
  try {
    await model.train(data, { ...training, ...options });
    return (await model.sample(Int32Array.of(0, 1), { seed: 1 })).features;
  } finally {
    await model.close();
  }
}

test('loss weights: what weighs nothing is not trained on, to the same bytes as without it', async () => {
  const both = joinSamples([real, damaged()]);
  const weights = Float64Array.from({ length: 16 }, (_, i) => (i < 8 ? 2 : 0));
  const alone = await trained(real);
  assert.equal(await trained(both, { weights }), alone);
  assert.not.equal(await trained(both), alone);
});

test('schedules: along a cosine to 0, counted from where the optimiser stands; generation 0 and later ones have their own', async () => {
  const cosine = learningRates('cosine', { from: 2, steps: 100, start: 300 });
  assert.equal([cosine(300), cosine(350), cosine(400)], [2, 1, 0]);
  assert.ok(Math.abs(cosine(325) - (1 + Math.SQRT1_2)) < 1e-12);
  assert.is(learningRates('constant', { from: 2, steps: 100, start: 300 })(399), 2);
  const constant: Partial<MotionSettings> = { scheduleGen0: 'constant', schedule: 'constant' };
  const first = await trained(real, {}, constant);
  assert.not.equal(await trained(real, {}, { ...constant, scheduleGen0: 'cosine' }), first);
  assert.equal(await trained(real, {}, { ...constant, schedule: 'cosine' }), first);
  const later = await trained(real, { initial: false }, constant);
  assert.equal(await trained(real, { initial: false }, { ...constant, scheduleGen0: 'cosine' }), later);
  assert.not.equal(await trained(real, { initial: false }, { ...constant, schedule: 'cosine' }), later);
  assert.not.equal(await trained(real, { initial: false }, { ...constant, warmupLater: 3 }), later);
});

test('settings out of range are refused by name before any work', () => {
  for (const [name, value, pattern] of [
    ['fidelity', 'exact', /^Expected one of fixed, official for fidelity but received exact$/],
    ['schedule', 'linear', /^Expected one of constant, cosine for schedule but received linear$/],
    ['noiseScale', -1, /^Expected a number from 0 to 1000 for noiseScale but received -1$/],
    ['warmup', 1.5, /^Expected an integer from 0 to \d+ for warmup but received 1.5$/],
    ['mirror', 'yes', /^Expected one of true, false for mirror but received yes$/],
  ] as const)
    assert.throws(
      () => motionTask({ dataset, settings: { [name]: value } }),
      (error: Error) => pattern.test(error.message),
    );
});

test('dispersion: further from one another than plain samples of the same noise', async () => {
  const model = await generator();
  try {
    await model.train(real, training);
    const items = Int32Array.from({ length: 24 }, () => 0);
    const spread = async (dispersion?: number): Promise<number> => {
      const { features } = await model.sample(items, { seed: 2, dispersion });
      const size = features.length / items.length;
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const values = Array.from(items, (_, i) => features[i * size + k]);
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        sum += values.reduce((a, b) => a + (b - mean) ** 2, 0);
      }
      return sum;
    };
    const plain = await spread();
    assert.is(await spread(0), plain);
    assert.ok((await spread(0.5)) > 1.2 * plain, `${await spread(0.5)} ${plain}`);
  } finally {
    await model.close();
  }
});

test('features of selection: the products of filters and windows, for an odd number of windows as well', () => {
  for (const length of [60, 22, 9, 13]) {
    const random = new Random('selection', length);
    const joints = random.normals(new Float32Array(4 * length * 66));
    const space = new SelectionSpace(joints, length) as unknown as {
      weights: Float64Array;
      bias: Float64Array;
      channels: { apply(table: object): { data: Float64Array } };
      convolve(input: Float64Array, out: Float64Array): void;
    };
    const input = Float64Array.from(random.normals(new Float32Array(length * 132)));
    const out = new Float64Array(384);
    space.convolve(input, out);
    const { data } = space.channels.apply({ rows: length, columns: 132, data: input });
    for (let filter = 0; filter < 192; filter++) {
      const responses: number[] = [];
      // Five frames, two apart, every four frames.
      for (let at = 0; at + 9 <= length; at += 4) {
        let sum = space.bias[filter];
        for (let k = 0; k < 660; k++)
          sum += space.weights[filter * 660 + k] * data[(at + 2 * Math.floor(k / 132)) * 132 + (k % 132)];
        responses.push(Math.max(0, sum));
      }
      const mean = responses.reduce((a, b) => a + b, 0) / responses.length;
      const deviation = Math.sqrt(responses.reduce((a, b) => a + (b - mean) ** 2, 0) / responses.length);
      assert.ok(Math.abs(out[filter] - mean) < 1e-9, `${length}: mean ${out[filter]}, not ${mean}`);
      assert.ok(
        Math.abs(out[192 + filter] - deviation) < 1e-6,
        `${length}: ${out[192 + filter]}, ${deviation}`,
      );
    }
  }
});

const ARMS = [
  'baseline',
  'cleaned',
  'corrected@corrector=official',
  'random',
  'chosen',
  'selected@selectAfter=correction@candidates=2',
  'dispersed',
  'calibrated',
  'restored@realWeight=golden',
  'selected@corrector=restored@selectAfter=correction@dispersion=0.2',
];
const config: Partial<LoopConfig> = {
  arms: ARMS,
  generations: 3,
  evaluateEvery: 2,
  n: 8,
  stepsGen0: 20,
  stepsPerGeneration: 3,
  evaluationCount: 10,
  noiseRepeats: 2,
};
const task = () => motionTask({ dataset: figureDataset(), settings: SMALL_MODEL });
const result = (fs: MemoryFs): [string, string][] =>
  [...fs.snapshot()].filter(([path]) => !path.endsWith('costs.jsonl'));

test('all of these arms in one run, which goes on to the same bytes after a stop', async () => {
  const fs = new MemoryFs();
  const rows = await runLoop(task(), config, { out: 'out', fs });
  const of = (arm: string): GenerationRow[] =>
    rows.filter((row): row is GenerationRow => row.kind === 'generation' && row.arm === arm);
  for (const arm of ARMS)
    assert.equal(
      of(arm).map(({ metrics }) => Object.keys(metrics).length > 0),
      [false, true, true],
      arm,
    );
  const [after] = of('selected@selectAfter=correction@candidates=2');
  assert.is(
    Object.values(after.correction!.status).reduce((sum, count) => sum + count, 0),
    16,
  );
  assert.is(after.selection!.candidates, 16);
  assert.ok(after.selection!.cost <= after.selection!.costFirst);

  const stopped = new MemoryFs();
  const controller = new AbortController();
  await runLoop(task(), config, {
    out: 'out',
    fs: stopped,
    jobs: 2,
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type === 'progress' && event.generation === 2 && event.stage === 'train') controller.abort();
    },
  }).then(
    () => assert.unreachable('expected the stop to reject'),
    (error) => assert.is(error, controller.signal.reason),
  );
  await runLoop(task(), config, { out: 'out', fs: stopped });
  assert.equal(result(stopped), result(fs));
});

test.run();

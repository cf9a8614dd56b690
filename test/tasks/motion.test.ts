import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNumbers } from '../../src/io/npy.js';
import type { LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import type { GenerationRow } from '../../src/loop/layout.js';
import { correctedPositions } from '../../src/loop/regime.js';
import {
  featureMoments,
  frechetDistance,
  kineticFeatures,
  METRICS,
  PrincipalComponents,
  Standardiser,
} from '../../src/metrics/index.js';
import { jointsOf, type MotionSamples } from '../../src/tasks/motion/samples.js';
import type { MotionSettings } from '../../src/tasks/motion/settings.js';
import { motionTask } from '../../src/tasks/motion/task.js';
import { cutWindows, encodeSamples } from '../../src/tasks/motion/windows.js';
import { MemoryFs } from '../loop/memory-fs.js';
import { figureDataset } from './figures.js';
import { mocapDataset } from './mocap.js';
import { SMALL_MODEL } from './small-model.js';

const settings: Partial<MotionSettings> = { ...SMALL_MODEL, evaluatorSteps: 6 };
const config: Partial<LoopConfig> = {
  generations: 2,
  n: 8,
  stepsGen0: 30,
  stepsPerGeneration: 4,
  evaluationCount: 10,
  noiseRepeats: 2,
};
const task = () => motionTask({ dataset: figureDataset(), settings });
const result = (fs: MemoryFs): [string, string][] =>
  [...fs.snapshot()].filter(([path]) => !path.endsWith('costs.jsonl'));

test('all five arms on a small model: every row, every metric, samples to look at; equal bytes for one job, for two, and after a stop', async () => {
  const fs = new MemoryFs();
  const rows = await runLoop(task(), config, { out: 'out', fs });
  const generations = rows.filter((row): row is GenerationRow => row.kind === 'generation');
  assert.is(generations.length, 1 + 2 * 5);
  for (const row of generations)
    assert.equal(Object.keys(row.metrics).sort(), Object.keys(METRICS).sort(), `${row.arm}`);
  for (const row of rows)
    if (row.kind === 'floor' || row.kind === 'noise')
      assert.equal(Object.keys(row.spread).sort(), Object.keys(METRICS).sort());

  const of = (arm: string) => generations.filter((row) => row.arm === arm);
  for (const row of of('baseline').concat(of('uncorrected')))
    assert.ok(row.correction === undefined && row.selection === undefined);
  for (const row of of('selected')) {
    assert.is(row.selection!.candidates, 32);
    assert.ok(row.selection!.cost <= row.selection!.costFirst);
  }
  for (const row of [...of('corrected'), ...of('selected'), ...of('placebo')]) {
    const { status, fidBefore, fidAfter, speedRatio, jerkRatio } = row.correction!;
    assert.is(
      Object.values(status).reduce((sum, count) => sum + count, 0),
      8,
    );
    for (const value of [fidBefore, fidAfter, speedRatio, jerkRatio]) assert.type(value, 'number');
  }
  of('placebo').forEach((row, i) => {
    const target = of('corrected')[i].correction!.distance as number;
    assert.ok(Math.abs((row.correction!.distance as number) - target) < 1e-3 * target);
  });

  const shown = JSON.parse(
    Buffer.from((await fs.read('out/seed-0/corrected/gen-0002/samples/samples.json'))!).toString(),
  );
  assert.equal(
    shown.motions.map(({ stage, role }: { stage: string; role: string }) => `${stage} ${role}`),
    [
      ...['evaluation', 'before', 'after'].flatMap((stage) =>
        ['best', 'median', 'worst'].map((role) => `${stage} ${role}`),
      ),
      ...new Array(4).fill('evaluation prompt'),
    ],
  );
  const promptsOf = async (unit: string): Promise<number[]> => {
    const text = Buffer.from((await fs.read(`out/seed-0/${unit}/samples/samples.json`))!).toString();
    const { motions } = JSON.parse(text) as { motions: { role: string; stage: string; item: number }[] };
    return motions
      .filter(({ role, stage }) => role === 'prompt' && stage === 'evaluation')
      .map(({ item }) => item);
  };
  for (const unit of ['gen-0000', 'baseline/gen-0001', 'selected/gen-0002'])
    assert.equal(await promptsOf(unit), await promptsOf('corrected/gen-0002'), 'the same prompts everywhere');
  assert.is(shown.motions[3].item, shown.motions[6].item, 'before and after are the same motion');
  const { shape, data } = readNumbers((await fs.read('out/seed-0/corrected/gen-0002/samples/samples.npy'))!);
  assert.equal(shape, [13, 20, 22, 3]);
  assert.ok((data as Float32Array).every(Number.isFinite));

  const record = JSON.parse(
    Buffer.from((await fs.read('out/seed-0/corrected/gen-0002/provenance.json'))!).toString(),
  );
  const { samples } = record.generations[0];
  assert.equal([samples.count, samples.corrector, samples.corrected], [8, 'corrected', 1]);
  const each = <T>(column: T | T[]): T[] =>
    Array.isArray(column) ? column : new Array<T>(samples.count).fill(column);
  assert.ok(
    each<string>(samples.status).every((status) => ['ok', 'assisted', 'failed', 'rejected'].includes(status)),
  );
  assert.ok(each<number>(samples.scores.residualForce).every((force) => force >= 0));
  const before = JSON.parse(
    Buffer.from((await fs.read('out/seed-0/corrected/gen-0001/provenance.json'))!).toString(),
  );
  assert.is(samples.drawnFrom, before.generations[0].model);

  const two = new MemoryFs();
  await runLoop(task(), config, { out: 'out', fs: two, jobs: 2 });
  assert.equal(result(two), result(fs));

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

test('real motion: the physics corrector is almost unbiased in feature space, and twice is close to once', async () => {
  const dataset = mocapDataset();
  if (!dataset) return;
  const trial = await motionTask({ dataset, settings: { evaluatorSteps: 1 } }).open(0, {
    n: 64,
    evaluationCount: 128,
  });
  const corrector = trial.corrector('corrected')!;
  const windows = cutWindows(dataset, 'test', { frames: 60, stride: 40, mirrored: false }).slice(0, 64);
  const original = encodeSamples(windows, 60);
  // Standardised by the originals, so that a distance is in units of real variety; floor of real against real: about 4.
  const raw = kineticFeatures(jointsOf(original), 60, 20);
  const standardiser = Standardiser.fit(raw);
  const components = PrincipalComponents.fit(standardiser.apply(raw), 24);
  const moments = (samples: MotionSamples) =>
    featureMoments(components.apply(standardiser.apply(kineticFeatures(jointsOf(samples), 60, 20))));
  const biases: number[] = [];
  let samples = original;
  for (let pass = 1; pass <= 3; pass++) {
    const result = await corrector.correct(samples, { seed: 0, generation: 1, gamma: 1 });
    samples = result.samples;
    biases.push(frechetDistance(moments(samples), moments(original)));
    const { status, speedRatio } = result.report;
    assert.ok((status.ok ?? 0) >= 60, `pass ${pass}: ${JSON.stringify(status)}`);
    assert.ok(Math.abs((speedRatio as number) - 1) < 0.03, `pass ${pass}: speed ratio ${speedRatio}`);
  }
  // A prototype of the same corrector, measured the same way: .20 after one pass, .36 after two, .83 after four.
  assert.ok(biases[0] < 0.3, `${biases}`);
  assert.ok(biases[2] < 0.6, `${biases}`);
});

test('warnings: a correction that raises FID beyond the noise, samples nearer to the training set than real motion', async () => {
  const trial = await task().open(0, { n: 8, evaluationCount: 10 });
  const row = (memorisation: number, fidAfter: number): GenerationRow => ({
    kind: 'generation',
    seed: 0,
    arm: 'corrected',
    generation: 1,
    loss: 0,
    metrics: { memorisation },
    correction: { status: { ok: 8 }, fidBefore: 10, fidAfter },
  });
  const of = (memorisation: number, fidAfter: number): string[] =>
    trial.warnings!(row(memorisation, fidAfter), { fid: 1 }, { memorisation: 1 });
  assert.equal(of(0.9, 11.5), []);
  assert.match(of(0.9, 13)[0], /FID 10\.0 before, 13\.0 after/);
  assert.match(of(0.4, 10)[0], /0\.40 times as far from the training motions.*copies of training data/);
});

test('another data set, or clips too short for a window, are refused by name', async () => {
  const fs = new MemoryFs();
  const tiny = { ...config, arms: ['baseline' as const], generations: 1 };
  await runLoop(task(), tiny, { out: 'out', fs });
  const rejects = async (work: Promise<unknown>, pattern: RegExp): Promise<void> => {
    const message = await work.then(
      () => 'no error',
      (error: Error) => error.message,
    );
    assert.match(message, pattern);
  };
  const changed = figureDataset();
  changed.motions[3].joints[5] += 0.01;
  await rejects(runLoop(motionTask({ dataset: changed, settings }), tiny, { out: 'out', fs }), /sha256/);
  await rejects(
    runLoop(motionTask({ dataset: figureDataset(18), settings }), tiny, { out: 'other', fs }),
    /train clips of 21 frames or more \(1\.05 s\)/,
  );
});

test('accumulate with half the samples, about half of them corrected: the sets are kept bit for bit and read back', async () => {
  const fs = new MemoryFs();
  const rows = await runLoop(
    task(),
    {
      ...config,
      arms: ['corrected'],
      regime: 'accumulate',
      generations: 3,
      lambda: 0.5,
      gamma: 1,
      seeds: [3],
    },
    { out: 'out', fs },
  );
  let corrected = 0;
  for (const row of rows) {
    if (row.kind !== 'generation' || row.arm !== 'corrected') continue;
    const count = Object.values(row.correction?.status ?? {}).reduce((sum, each) => sum + each, 0);
    assert.is(count, correctedPositions(4, 1, 3, row.generation).length, `generation ${row.generation}`);
    corrected += count;
  }
  assert.ok(corrected > 0 && corrected < 12, `${corrected} of 12 corrected`);
  const trial = await task().open(3, { n: 8, evaluationCount: 10 });
  const set = await trial.load('out/seed-3/corrected/gen-0002/synthetic', fs);
  assert.is(set.labels.length, 4);
  await fs.mkdir('copy');
  await trial.save(set, 'copy', fs);
  for (const name of ['features.npy', 'labels.npy'])
    assert.equal(
      await fs.read(`copy/${name}`),
      await fs.read(`out/seed-3/corrected/gen-0002/synthetic/${name}`),
    );
});

test('real motion: the floors are those measured for this data, the classifier knows held-out actions', async () => {
  const dataset = mocapDataset();
  if (!dataset) return;
  const trial = await motionTask({ dataset, settings: { evaluatorSteps: 40 } }).open(0, {
    n: 64,
    evaluationCount: 128,
  });
  const { metrics, spread } = await trial.floor!(128);
  // 128 random training windows against the held-out test windows: kinetic FID 3.6 to 4.2; recall of real by real above .8.
  assert.ok(metrics.fid > 3 && metrics.fid < 5.5, `fid ${metrics.fid}`);
  assert.ok(spread.fid < 1.5);
  assert.ok(metrics.recall > 0.8 && metrics.precision > 0.8, `${metrics.precision} ${metrics.recall}`);
  assert.ok(metrics.accuracy > 0.7, `accuracy ${metrics.accuracy}`);
  assert.is(metrics.penetrate, 0);
  assert.ok(metrics.jerk > 120 && metrics.jerk < 180, `jerk ${metrics.jerk}`);
  assert.ok(metrics.speed > 0.5 && metrics.speed < 0.8);
  const own = await trial.evaluate!(trial.real);
  assert.ok(own.nearest < 1e-6, 'the training motions are their own nearest');
  assert.is(own.memorisation, 0, 'they are copies');
  assert.ok(own.fid > metrics.fid, 'half as many motions: a larger bias');
});

test.run();

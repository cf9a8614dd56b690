import { type ArmSettings, isEvaluated } from './config.js';
import { LoopError } from './errors.js';
import type { CorrectionReport, GenerationRow, Metrics, Row } from './layout.js';
import { type Part, sampleWeights, trainingParts } from './regime.js';
import { drawSeed } from './seeds.js';
import { meanAndSpread } from './statistics.js';
import { type StageRunner, synthesise } from './synthesis.js';
import type { Generator, TrainOptions } from './task.js';
import type { Made, Surroundings } from './unit.js';

/** What every generation works with. */
interface Bench<S> {
  around: Pick<Surroundings<S>, 'task' | 'trial' | 'config' | 'signal'>;
  seed: number;
  generation: number;
  stage: StageRunner;
  /** Hash of the model before. */
  parent: string;
  generator: Generator<S>;
}

/** Trains from scratch on the real samples, then measures the floor and the noise of one evaluation. */
export async function initialGeneration<S>(bench: Bench<S>): Promise<Made<S>> {
  const { around, seed, stage, generator } = bench;
  const { trial, config, signal } = around;
  const { loss } = await stage('train', (onProgress) =>
    generator.train(trial.real, {
      steps: config.stepsGen0,
      learningRate: config.learningRateGen0,
      seed: drawSeed(seed, 'train', 0),
      initial: true,
      resetOptimizer: true,
      signal,
      onProgress,
    }),
  );
  const rows: Row[] = [];
  const count = config.evaluationCount;
  if (trial.floor) {
    const floor = trial.floor.bind(trial);
    rows.push({ kind: 'floor', seed, count, ...(await stage('evaluate', () => floor(count))) });
  }
  const { metrics, evaluation } = await evaluate(bench);
  if (trial.evaluate) {
    const repeats = [metrics];
    for (let repeat = 1; repeat < config.noiseRepeats; repeat++)
      repeats.push((await evaluate(bench, { repeat })).metrics);
    const { mean, spread } = meanAndSpread(repeats);
    rows.push({ kind: 'noise', seed, repeats: repeats.length, count, metrics: mean, spread });
  }
  rows.push({
    kind: 'generation',
    seed,
    arm: null,
    generation: 0,
    loss,
    metrics,
    trainedOn: { real: around.task.size(trial.real), synthetic: 0 },
  });
  return { rows, exhibit: evaluation && { generation: 0, evaluation } };
}

/** Samples, selects, corrects, mixes, trains and evaluates. */
export async function nextGeneration<S>(
  bench: Bench<S> & {
    settings: ArmSettings;
    /** Synthetic sets of the generations before, where the regime remembers them. */
    history: readonly S[];
    matched?: CorrectionReport;
    /** An untrained generator in place of the one at hand. */
    renew(): Promise<Generator<S>>;
  },
): Promise<Made<S>> {
  const { around, seed, generation, stage, settings, history, matched } = bench;
  const { task, trial, signal } = around;
  const synthesis = await synthesise({ task, trial, signal, ...bench }, matched);
  const set = await trainingSet(bench, synthesis && [...history, synthesis.samples]);
  const scratch = settings.training === 'scratch';
  const generator = scratch ? await bench.renew() : bench.generator;
  const options: TrainOptions = {
    steps: scratch ? settings.stepsGen0 : settings.stepsPerGeneration,
    learningRate: scratch ? settings.learningRateGen0 : settings.learningRate,
    seed: drawSeed(seed, 'train', generation),
    initial: scratch,
    resetOptimizer: settings.optimizer === 'reset',
    weights: set.weights,
    truncation: settings.arm.cure === 'truncate' && synthesis ? settings.truncation : undefined,
    signal,
  };
  const { loss } = await stage('train', (onProgress) =>
    generator.train(set.data, { ...options, onProgress }),
  );
  if (synthesis) await cure(bench, generator, synthesis.drawn, options);
  const evaluated = isEvaluated(settings, generation);
  const { metrics, evaluation } = await evaluate({ ...bench, generator }, { sampled: evaluated });
  const { real, synthetic } = set;
  const row: GenerationRow = {
    kind: 'generation',
    seed,
    arm: settings.name,
    generation,
    loss,
    metrics,
    ...(evaluated ? {} : { evaluated }),
    trainedOn: { real, synthetic },
  };
  if (synthesis?.correction) row.correction = synthesis.correction;
  if (synthesis?.selection) row.selection = synthesis.selection;
  return {
    rows: [row],
    samples: synthesis && { drawnFrom: bench.parent, ...synthesis.provenance },
    exhibit: evaluation && { generation, evaluation, corrected: synthesis?.corrected },
    synthetic: synthesis?.samples,
  };
}

/** The training set of a generation; `sets` are the synthetic samples of generation 1, 2, ... that the regime can use. */
async function trainingSet<S>(
  { around, seed, generation, settings }: Bench<S> & { settings: ArmSettings },
  sets: readonly S[] | undefined,
): Promise<{ data: S; real: number; synthetic: number; weights?: Float64Array }> {
  const { task, trial } = around;
  const { regime, keep, n, realWeight } = settings;
  const sizes = sets?.map((set) => task.size(set)) ?? [];
  const parts = trainingParts(regime, { n, keep, sizes, seed, generation });
  const fresh = parts.some(({ from }) => from === 'fresh')
    ? await freshSamples(around, n, generation)
    : undefined;
  const source = ({ from }: Part): S =>
    from === 'real' ? trial.real : from === 'fresh' ? (fresh as S) : (sets as readonly S[])[from - 1];
  const pieces: { samples: S; real: boolean; size: number }[] = [];
  for (const part of parts) {
    const whole = source(part);
    const samples = part.positions ? task.take(whole, part.positions) : whole;
    pieces.push({ samples, real: typeof part.from === 'string', size: task.size(samples) });
  }
  const count = (real: boolean): number =>
    pieces.filter((piece) => piece.real === real).reduce((sum, { size }) => sum + size, 0);
  const [real, synthetic] = [count(true), count(false)];
  if (real + synthetic === 0)
    throw new LoopError(
      'ERR_TASK',
      `Expected a sample to train ${settings.name} on in generation ${generation} but received none: ${sizes.length > 0 ? 'none passed its gate' : 'there are none'}`,
    );
  const weight = sampleWeights(realWeight, real, synthetic);
  return {
    data: task.concat(pieces.map(({ samples }) => samples)),
    real,
    synthetic,
    weights:
      weight &&
      Float64Array.from(
        pieces.flatMap((piece) =>
          new Array<number>(piece.size).fill(piece.real ? weight.real : weight.synthetic),
        ),
      ),
  };
}

async function freshSamples<S>(
  { task, trial }: Bench<S>['around'],
  n: number,
  generation: number,
): Promise<S> {
  if (!trial.fresh)
    throw new LoopError(
      'ERR_TASK',
      `Expected a task with new real samples for the regime fresh but received ${task.name}`,
    );
  return trial.fresh(n, generation);
}

/**
 * Cures that train a copy on the newest synthetic samples alone, for as many steps: on these as they were drawn, so that where the arm
 * corrects them its generator goes towards the corrections and away from what they corrected.
 */
async function cure<S>(
  { around, generation, stage, seed, settings }: Bench<S> & { settings: ArmSettings },
  generator: Generator<S>,
  drawn: S,
  options: TrainOptions,
): Promise<void> {
  const kind = settings.arm.cure;
  if (kind !== 'extrapolate' && kind !== 'guide') return;
  const method = generator[kind]?.bind(generator);
  if (!method)
    throw new LoopError(
      'ERR_TASK',
      `Expected a generator that can ${kind} for the arm ${settings.name} but received that of ${around.task.name}`,
    );
  const weight = kind === 'extrapolate' ? settings.extrapolation : settings.negativeGuidance;
  await stage('train', (onProgress) =>
    method(drawn, {
      ...options,
      steps: settings.stepsPerGeneration,
      learningRate: settings.learningRate,
      seed: drawSeed(seed, 'twin', generation),
      initial: false,
      resetOptimizer: true,
      weights: undefined,
      weight,
      onProgress,
    }),
  );
}

/** Metrics of samples, item i mod n with noise that is the same in all arms, and of the model itself, as far as the task has them. */
async function evaluate<S>(
  { around, seed, generation, stage, generator }: Bench<S>,
  { repeat = 0, sampled = true } = {},
): Promise<{ metrics: Metrics; evaluation?: S }> {
  const { config, signal, task, trial } = around;
  const metrics: Metrics = {};
  let evaluation: S | undefined;
  if (trial.evaluate && sampled) {
    const measure = trial.evaluate.bind(trial);
    const items = Int32Array.from({ length: config.evaluationCount }, (_, i) => i % config.n);
    const draw = drawSeed(seed, 'evaluate', generation, repeat);
    const samples = await stage('sample', (onProgress) =>
      generator.sample(items, { seed: draw, signal, onProgress }),
    );
    Object.assign(metrics, await stage('evaluate', () => measure(samples)));
    evaluation = samples;
  }
  if (generator.measure) {
    const measure = generator.measure.bind(generator);
    Object.assign(metrics, await stage('evaluate', () => measure()));
  }
  if (!trial.evaluate && !generator.measure)
    throw new LoopError(
      'ERR_TASK',
      `Expected a task that evaluates samples or measures its generator but received ${task.name}`,
    );
  return { metrics, evaluation };
}

import { Random } from '../random/random.js';
import { ARMS } from './arms.js';
import { writeCheckpoint } from './checkpoint.js';
import type { LoopConfig } from './config.js';
import { LoopError } from './errors.js';
import type { Stage } from './events.js';
import type { Fs } from './fs.js';
import {
  type CorrectionReport,
  type CostRow,
  type GenerationRow,
  generationDirectory,
  type Metrics,
  RECORD_FILE,
  type Row,
  type SelectionReport,
} from './layout.js';
import type { Unit } from './plan.js';
import { correctedPositions, syntheticItems, trainingSets } from './regime.js';
import { meanAndSpread } from './statistics.js';
import type { Generator, Progress, Task, Trial } from './task.js';

/** What a unit works with. */
export interface Surroundings<S> {
  task: Task<S>;
  trial: Trial<S>;
  config: LoopConfig;
  /** A generator of this trial; its state is restored or trained by the unit. */
  generator: Generator<S>;
  fs: Fs;
  out: string;
  signal: AbortSignal;
  onStage(stage: Stage, done: number, total: number, loss?: number): void;
  /** Called with the costs just before the checkpoint is renamed into place. */
  onCost(cost: CostRow): Promise<void>;
}

/** Seed of a generator's draw: a 32-bit number that depends on what the draw is for, not on the arm. */
export const drawSeed = (seed: number, purpose: string, generation: number, repeat = 0): number =>
  new Random(seed, purpose, generation, repeat).word();

/** Runs one unit from its predecessor's checkpoint to its own and returns its rows of metrics.jsonl. */
export async function runUnit<S>(unit: Unit, around: Surroundings<S>, prepare = 0): Promise<Row[]> {
  const cost: CostRow = { seed: unit.seed, arm: unit.arm, generation: unit.generation };
  if (prepare > 0) cost.prepare = prepare;
  const stage = async <R>(name: Stage, work: (onProgress: Progress) => Promise<R>): Promise<R> => {
    around.signal.throwIfAborted();
    around.onStage(name, 0, 1);
    const started = performance.now();
    const result = await work((done, total, loss) => around.onStage(name, done, total, loss));
    cost[name] = (cost[name] ?? 0) + (performance.now() - started) / 1000;
    around.signal.throwIfAborted();
    return result;
  };
  const work =
    unit.arm === null
      ? await initialGeneration(unit, around, stage)
      : await nextGeneration(unit, around, stage);
  checkFinite(work.rows, unit);
  await stage('checkpoint', () =>
    writeCheckpoint(around.fs, around.out, unit.id, async (directory) => {
      const started = performance.now();
      await around.fs.mkdir(`${directory}/generator`);
      await around.generator.save(`${directory}/generator`, around.fs);
      await work.fill(directory);
      await around.fs.write(
        `${directory}/${RECORD_FILE}`,
        Buffer.from(`${JSON.stringify({ rows: work.rows })}\n`),
      );
      // Hashing and renaming come after the costs are safe, so that no finished unit lacks them: they are not counted.
      await around.onCost({ ...cost, checkpoint: (performance.now() - started) / 1000 });
    }),
  );
  return work.rows;
}

type StageRunner = <R>(name: Stage, work: (onProgress: Progress) => Promise<R>) => Promise<R>;
interface Work {
  rows: Row[];
  /** Writes what belongs to the checkpoint besides the generator and the record. */
  fill(directory: string): Promise<void>;
}

/** Trains from scratch on the real samples, then measures the floor and the noise of one evaluation. */
async function initialGeneration<S>(unit: Unit, around: Surroundings<S>, stage: StageRunner): Promise<Work> {
  const { trial, config, generator, signal } = around;
  const { seed } = unit;
  const count = config.evaluationCount;
  const { loss } = await stage('train', (onProgress) =>
    generator.train(trial.real, {
      steps: config.stepsGen0,
      learningRate: config.learningRateGen0,
      seed: drawSeed(seed, 'train', 0),
      initial: true,
      signal,
      onProgress,
    }),
  );
  const floor = await stage('evaluate', () => trial.floor(count));
  const repeats: Metrics[] = [];
  let first: S | undefined;
  for (let repeat = 0; repeat < config.noiseRepeats; repeat++) {
    const samples = await drawEvaluation(unit, around, stage, repeat);
    repeats.push(await stage('evaluate', () => trial.evaluate(samples)));
    first ??= samples;
  }
  const noise = meanAndSpread(repeats);
  const rows: Row[] = [
    { kind: 'floor', seed, count, ...floor },
    { kind: 'noise', seed, repeats: repeats.length, count, metrics: noise.mean, spread: noise.spread },
    { kind: 'generation', seed, arm: null, generation: 0, loss, metrics: repeats[0] },
  ];
  const evaluation = first as S;
  return {
    rows,
    fill: (directory) => exhibit(around, directory, { generation: 0, evaluation }),
  };
}

/** Samples, selects, corrects, mixes, fine-tunes and evaluates. */
async function nextGeneration<S>(unit: Unit, around: Surroundings<S>, stage: StageRunner): Promise<Work> {
  const { task, trial, config, generator, fs, out, signal } = around;
  const { seed, generation } = unit;
  const armName = unit.arm as NonNullable<Unit['arm']>;
  const arm = ARMS[armName];
  await generator.restore(`${out}/${unit.previous}/generator`, fs);

  const items = arm.synthetic ? syntheticItems(config.n, config.lambda, seed, generation) : new Int32Array(0);
  let latest: S | undefined;
  let correction: CorrectionReport | undefined;
  let selection: SelectionReport | undefined;
  let corrected: { before: S; after: S; report: CorrectionReport } | undefined;
  if (items.length > 0) {
    const candidates = arm.select ? config.candidates : 1;
    const drawn = Int32Array.from({ length: items.length * candidates }, (_, i) => items[i % items.length]);
    let synthetic: S = await stage<S>('sample', (onProgress) =>
      generator.sample(drawn, { seed: drawSeed(seed, 'synthesise', generation), signal, onProgress }),
    );
    if (arm.select) {
      const { selector } = trial;
      if (!selector)
        throw new LoopError(
          'ERR_TASK',
          `Expected a task with a selector for the arm ${armName} but received ${task.name}`,
        );
      const pool = synthetic;
      const choice = await stage('select', (onProgress) =>
        selector.select(pool, items, { seed, generation, signal, onProgress }),
      );
      selection = choice.report;
      synthetic = task.take(pool, choice.chosen);
    }
    if (arm.corrector) {
      const corrector = trial.corrector(arm.corrector);
      if (!corrector)
        throw new LoopError(
          'ERR_TASK',
          `Expected a task with a corrector "${arm.corrector}" for the arm ${armName} but received ${task.name}`,
        );
      const positions = correctedPositions(items.length, config.gamma, seed, generation);
      if (positions.length > 0) {
        const before = task.take(synthetic, positions);
        const matched = unit.matched ? await correctionOf(fs, out, unit.matched) : undefined;
        const result: { samples: S; report: CorrectionReport } = await stage('correct', (onProgress) =>
          corrector.correct(before, { seed, generation, matched, signal, onProgress }),
        );
        if (task.size(result.samples) !== positions.length)
          throw new LoopError(
            'ERR_TASK',
            `Expected ${positions.length} samples from the corrector but received ${task.size(result.samples)}`,
          );
        correction = result.report;
        corrected = { before, after: result.samples, report: result.report };
        synthetic = replaceAt(task, synthetic, positions, result.samples);
      }
    }
    latest = synthetic;
  }

  const history = config.regime === 'accumulate' && latest !== undefined ? await earlier(unit, around) : [];
  const data = task.concat(trainingSets(config.regime, { real: trial.real, history, latest }));
  const { loss } = await stage('train', (onProgress) =>
    generator.train(data, {
      steps: config.stepsPerGeneration,
      learningRate: config.learningRate,
      seed: drawSeed(seed, 'train', generation),
      initial: false,
      signal,
      onProgress,
    }),
  );
  const evaluation = await drawEvaluation(unit, around, stage, 0);
  const metrics = await stage('evaluate', () => trial.evaluate(evaluation));
  const row: GenerationRow = { kind: 'generation', seed, arm: armName, generation, loss, metrics };
  if (correction) row.correction = correction;
  if (selection) row.selection = selection;
  return {
    rows: [row],
    async fill(directory) {
      if (config.regime === 'accumulate' && latest !== undefined) {
        await fs.mkdir(`${directory}/synthetic`);
        await trial.save(latest, `${directory}/synthetic`, fs);
      }
      await exhibit(around, directory, { generation, evaluation, corrected });
    },
  };
}

/** Draws the samples of one evaluation: item i mod n, with noise that is the same in all arms. */
function drawEvaluation<S>(
  unit: Unit,
  around: Surroundings<S>,
  stage: StageRunner,
  repeat: number,
): Promise<S> {
  const { config, generator, signal } = around;
  const items = Int32Array.from({ length: config.evaluationCount }, (_, i) => i % config.n);
  const seed = drawSeed(unit.seed, 'evaluate', unit.generation, repeat);
  return stage<S>('sample', (onProgress) => generator.sample(items, { seed, signal, onProgress }));
}

async function exhibit<S>(
  around: Surroundings<S>,
  directory: string,
  what: Parameters<NonNullable<Trial<S>['exhibit']>>[0],
): Promise<void> {
  if (!around.trial.exhibit) return;
  await around.fs.mkdir(`${directory}/samples`);
  await around.trial.exhibit(what, `${directory}/samples`, around.fs);
}

/** `samples` with those at `positions` replaced by `others`. */
function replaceAt<S>(task: Task<S>, samples: S, positions: Int32Array, others: S): S {
  const count = task.size(samples);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  positions.forEach((position, k) => {
    order[position] = count + k;
  });
  return task.take(task.concat([samples, others]), order);
}

/** The synthetic sets of this arm's earlier generations, oldest first. */
async function earlier<S>(unit: Unit, around: Surroundings<S>): Promise<S[]> {
  const sets: S[] = [];
  for (let generation = 1; generation < unit.generation; generation++)
    sets.push(
      await around.trial.load(
        `${around.out}/${generationDirectory(unit.seed, unit.arm, generation)}/synthetic`,
        around.fs,
      ),
    );
  return sets;
}

async function correctionOf(fs: Fs, out: string, id: string): Promise<CorrectionReport | undefined> {
  const rows = await readRecord(fs, out, id);
  return rows.find((row): row is GenerationRow => row.kind === 'generation')?.correction;
}

/** The rows stored in a unit's checkpoint. */
export async function readRecord(fs: Fs, out: string, id: string): Promise<Row[]> {
  const data = await fs.read(`${out}/${id}/${RECORD_FILE}`);
  if (!data)
    throw new LoopError('ERR_CHECKPOINT', `Expected the file ${out}/${id}/${RECORD_FILE} but there is none`);
  return (JSON.parse(Buffer.from(data).toString()) as { rows: Row[] }).rows;
}

/** JSON has no NaN: a metric that is not finite stops the run here, by name, and not in some reader later. */
function checkFinite(rows: readonly Row[], unit: Unit): void {
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new LoopError(
        'ERR_TASK',
        `Expected a finite number for ${path} of ${unit.id} but received ${value}`,
      );
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) visit(inner, path ? `${path}.${key}` : key);
  };
  for (const row of rows) visit(row, '');
}

import { writeCheckpoint } from './checkpoint.js';
import { type ArmSettings, armSettings, type LoopConfig } from './config.js';
import { LoopError } from './errors.js';
import type { Stage } from './events.js';
import type { Fs } from './fs.js';
import { initialGeneration, nextGeneration } from './generation.js';
import {
  type CorrectionReport,
  type CostRow,
  type GenerationRow,
  generationDirectory,
  PROVENANCE_FILE,
  RECORD_FILE,
  type Row,
} from './layout.js';
import type { Unit } from './plan.js';
import { type GenerationProvenance, modelHash } from './provenance.js';
import { remembers } from './regime.js';
import { drawSeed } from './seeds.js';
import type { StageRunner } from './synthesis.js';
import type { Exhibit, Generator, Task, Trial } from './task.js';

/** What a unit works with. */
export interface Surroundings<S> {
  task: Task<S>;
  trial: Trial<S>;
  config: LoopConfig;
  /** A generator of this trial; its state will be restored. */
  generator(): Promise<Generator<S>>;
  /** An untrained generator of this trial with weights by this seed, in place of the one before. */
  newGenerator(seed: number): Promise<Generator<S>>;
  fs: Fs;
  out: string;
  signal: AbortSignal;
  onStage(generation: number, stage: Stage, done: number, total: number, loss?: number): void;
  /** Called with the costs just before the checkpoint is renamed into place. */
  onCost(cost: CostRow): Promise<void>;
}

/** What one generation leaves. */
export interface Made<S> {
  rows: Row[];
  samples?: GenerationProvenance['samples'];
  exhibit?: Exhibit<S>;
  /** What was added to the training set. */
  synthetic?: S;
}

/** Runs one unit from its predecessor's checkpoint to its own and returns its rows of metrics.jsonl. */
export async function runUnit<S>(unit: Unit, around: Surroundings<S>, prepare = 0): Promise<Row[]> {
  const { config, fs, out, signal, task, trial } = around;
  const { seed, arm } = unit;
  const cost: CostRow = { seed, arm, generation: unit.generation };
  if (prepare > 0) cost.prepare = prepare;
  const rows: Row[] = [];
  const generations: GenerationProvenance[] = [];
  const settings = arm === null ? undefined : armSettings(config, arm);
  const remember = settings !== undefined && remembers(settings.regime);
  const history = settings && remember ? await earlier(settings, unit, around) : [];
  const added: S[] = [];
  let generator: Generator<S>;
  let exhibit: Exhibit<S> | undefined;
  if (settings === undefined) generator = await around.newGenerator(drawSeed(seed, 'initial', 0));
  else {
    generator = await around.generator();
    await generator.restore(`${out}/${unit.previous}/generator`, fs);
  }
  let parent = unit.previous === undefined ? '' : await lastModel(fs, out, unit.previous);

  for (let generation = unit.first; generation <= unit.generation; generation++) {
    const stage: StageRunner = async (name, work) => {
      signal.throwIfAborted();
      around.onStage(generation, name, 0, 1);
      const started = performance.now();
      const result = await work((done, total, loss) => around.onStage(generation, name, done, total, loss));
      cost[name] = (cost[name] ?? 0) + (performance.now() - started) / 1000;
      signal.throwIfAborted();
      return result;
    };
    const shared = { around, seed, generation, stage, parent, generator };
    const made: Made<S> = settings
      ? await nextGeneration({
          ...shared,
          settings,
          history,
          matched: unit.matched ? await correctionOf(fs, out, unit.matched, generation) : undefined,
          renew: async () => {
            generator = await around.newGenerator(drawSeed(seed, 'initial', generation));
            return generator;
          },
        })
      : await initialGeneration(shared);
    checkFinite(made.rows, unit);
    rows.push(...made.rows);
    parent = await modelHash(generator);
    generations.push({ generation, model: parent, ...(made.samples ? { samples: made.samples } : {}) });
    exhibit = made.exhibit;
    if (remember && made.synthetic !== undefined) {
      history.push(made.synthetic);
      added.push(made.synthetic);
    }
  }

  signal.throwIfAborted();
  around.onStage(unit.generation, 'checkpoint', 0, 1);
  await writeCheckpoint(fs, out, unit.id, async (directory) => {
    const started = performance.now();
    await fs.mkdir(`${directory}/generator`);
    await generator.save(`${directory}/generator`, fs);
    if (added.length > 0) {
      await fs.mkdir(`${directory}/synthetic`);
      await trial.save(task.concat(added), `${directory}/synthetic`, fs);
    }
    if (exhibit && trial.exhibit) {
      await fs.mkdir(`${directory}/samples`);
      await trial.exhibit(exhibit, `${directory}/samples`, fs);
    }
    const write = (name: string, value: object): Promise<void> =>
      fs.write(`${directory}/${name}`, Buffer.from(`${JSON.stringify(value)}\n`));
    await write(PROVENANCE_FILE, { format: 1, generations });
    await write(RECORD_FILE, { rows, synthetic: added.map((set) => task.size(set)) });
    // Hashing and renaming come after the costs are safe, so that no finished unit lacks them: they are not counted.
    await around.onCost({ ...cost, checkpoint: (performance.now() - started) / 1000 });
  });
  return rows;
}

/** The synthetic sets of this arm's earlier units, oldest first. */
async function earlier<S>(settings: ArmSettings, unit: Unit, around: Surroundings<S>): Promise<S[]> {
  const { fs, out, task, trial } = around;
  const sets: S[] = [];
  for (let last = settings.checkpointEvery; last < unit.first; last += settings.checkpointEvery) {
    const id = generationDirectory(unit.seed, unit.arm, last);
    const { synthetic } = await readJson<Stored>(fs, `${out}/${id}/${RECORD_FILE}`);
    if (synthetic.length === 0) continue;
    const whole = await trial.load(`${out}/${id}/synthetic`, fs);
    let from = 0;
    for (const size of synthetic) {
      const begin = from;
      sets.push(
        task.take(
          whole,
          Int32Array.from({ length: size }, (_, i) => begin + i),
        ),
      );
      from += size;
    }
  }
  return sets;
}

/** record.json */
interface Stored {
  rows: Row[];
  /** Sizes of the sets that are in `synthetic/`, one after another. */
  synthetic: number[];
}

async function readJson<T>(fs: Fs, path: string): Promise<T> {
  const data = await fs.read(path);
  if (!data) throw new LoopError('ERR_CHECKPOINT', `Expected the file ${path} but there is none`);
  return JSON.parse(Buffer.from(data).toString()) as T;
}

/** The rows stored in a unit's checkpoint. */
export const readRecord = async (fs: Fs, out: string, id: string): Promise<Row[]> =>
  (await readJson<Stored>(fs, `${out}/${id}/${RECORD_FILE}`)).rows;

async function lastModel(fs: Fs, out: string, id: string): Promise<string> {
  const path = `${out}/${id}/${PROVENANCE_FILE}`;
  const { generations } = await readJson<{ generations: GenerationProvenance[] }>(fs, path);
  return generations[generations.length - 1].model;
}

async function correctionOf(
  fs: Fs,
  out: string,
  id: string,
  generation: number,
): Promise<CorrectionReport | undefined> {
  const rows = await readRecord(fs, out, id);
  return rows.find((row): row is GenerationRow => row.kind === 'generation' && row.generation === generation)
    ?.correction;
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

import { checkAbilities } from './abilities.js';
import { armSettings, type LoopConfig, resolveConfig } from './config.js';
import type { LoopEvent } from './events.js';
import { type Fs, nodeFs } from './fs.js';
import { Journal } from './journal.js';
import { type CostRow, generationDirectory, type Row } from './layout.js';
import { lockDirectory } from './lock.js';
import { needs, plan, type Unit } from './plan.js';
import { claim, finishedUnits } from './resume.js';
import { drawSeed } from './seeds.js';
import { summarise } from './summary.js';
import type { Generator, Task, Trial } from './task.js';
import { readRecord, runUnit } from './unit.js';

export interface RunOptions {
  /** Output directory; a former run of the same configuration there is resumed. */
  out: string;
  /** Stops the run as soon as the work in hand allows; the promise rejects with `signal.reason`. */
  signal?: AbortSignal;
  onEvent?: (event: LoopEvent) => void;
  /** Arms that run at the same time, >= 1. Results do not depend on it. */
  jobs?: number;
  /** File access; tests put a failing one here. */
  fs?: Fs;
}

/**
 * Runs the self-consuming loop: generation 0 once per seed, then every arm generation by generation, each from the checkpoint of
 * the one before. Every unit reads checkpoints and writes one, so a run that was killed at any time resumes, with the same call,
 * to the same bytes. Returns the rows of metrics.jsonl.
 * @throws LoopError ERR_RANGE, ERR_BUSY, ERR_CONFIG_CHANGED, ERR_TASK; whatever the task throws; `signal.reason`.
 */
export async function runLoop<S>(
  task: Task<S>,
  partial: Partial<LoopConfig>,
  options: RunOptions,
): Promise<Row[]> {
  const { out, signal, onEvent = () => {}, jobs = 1, fs = nodeFs } = options;
  if (!(Number.isInteger(jobs) && jobs >= 1))
    throw new RangeError(`Expected an integer >= 1 for jobs but received ${jobs}`);
  signal?.throwIfAborted();
  const config = resolveConfig({ ...task.defaults, ...definedOnly(partial) });
  checkAbilities(task, config);
  const release = await lockDirectory(fs, out);
  let rows: Row[];
  try {
    rows = await runLocked(task, config, { out, fs, signal, onEvent }, jobs);
  } catch (error) {
    // A disk that fails now must not hide why the run failed.
    await release().catch(() => {});
    throw error;
  }
  await release();
  onEvent({ type: 'end', rows });
  return rows;
}

const definedOnly = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;

async function runLocked<S>(
  task: Task<S>,
  config: LoopConfig,
  around: Pick<Shared, 'out' | 'fs' | 'signal' | 'onEvent'>,
  jobs: number,
): Promise<Row[]> {
  const { out, fs, onEvent } = around;
  await claim(fs, out, task, config);
  const units = plan(config);
  const done = await finishedUnits(fs, out, units);
  const journal = new Journal(fs, out);
  const records = new Map<string, Row[]>();
  for (const unit of units) if (done.has(unit.id)) records.set(unit.id, await readRecord(fs, out, unit.id));
  const collected = (): Row[] => units.flatMap((unit) => records.get(unit.id) ?? []);
  await journal.write(collected());
  await journal.tidyCosts(units.filter((unit) => done.has(unit.id)));
  onEvent({ type: 'start', units: units.length, done: done.size, out });

  await new Scheduler(task, config, { ...around, journal, units, done, records }).run(jobs);

  const rows = collected();
  rows.push(
    ...summarise(rows, {
      arms: config.arms,
      seeds: config.seeds,
      watch: task.watch,
      theory: (arm) => task.theory?.(armSettings(config, arm)) ?? [],
    }),
  );
  await journal.write(rows);
  await journal.tidyCosts(units);
  return rows;
}

interface Shared {
  out: string;
  fs: Fs;
  signal?: AbortSignal;
  onEvent: (event: LoopEvent) => void;
  journal: Journal;
  units: Unit[];
  done: Set<string>;
  records: Map<string, Row[]>;
}

/** Hands ready units, in plan order, to `jobs` workers that each hold one generator. */
class Scheduler<S> {
  /** Units nobody has taken yet, in plan order. */
  private readonly open: Unit[];
  /** Unfinished units of each seed. */
  private readonly left = new Map<number, number>();
  private readonly trials = new Map<number, Promise<{ trial: Trial<S>; seconds: number }>>();
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly task: Task<S>,
    private readonly config: LoopConfig,
    private readonly shared: Shared,
  ) {
    this.open = shared.units.filter(({ id }) => !shared.done.has(id));
    for (const { seed } of this.open) this.left.set(seed, (this.left.get(seed) ?? 0) + 1);
    this.signal = shared.signal ? AbortSignal.any([shared.signal, this.stop.signal]) : this.stop.signal;
  }

  async run(jobs: number): Promise<void> {
    const wake = (): void => this.wake();
    this.signal.addEventListener('abort', wake);
    const workers = Array.from({ length: jobs }, () =>
      this.work().catch((error: unknown) => {
        // The first failure stops the others; their own abort errors only follow from it.
        if (!this.stop.signal.aborted) this.stop.abort(error);
        throw error;
      }),
    );
    const results = await Promise.allSettled(workers);
    this.signal.removeEventListener('abort', wake);
    for (const seed of [...this.trials.keys()]) await this.closeTrial(seed);
    this.shared.signal?.throwIfAborted();
    if (results.some((result) => result.status === 'rejected')) throw this.stop.signal.reason;
  }

  private async work(): Promise<void> {
    const hand = new Hand<S>(this.config, this.signal);
    try {
      for (;;) {
        this.signal.throwIfAborted();
        if (this.open.length === 0) return;
        const index = this.open.findIndex((unit) => needs(unit).every((id) => this.shared.done.has(id)));
        if (index < 0) {
          await new Promise<void>((resolve) => this.waiting.push(resolve));
          continue;
        }
        const [unit] = this.open.splice(index, 1);
        const { trial, seconds } = await this.openTrial(unit.seed);
        await this.finish(unit, trial, hand, unit.generation === 0 ? seconds : 0);
      }
    } finally {
      await hand.close();
    }
  }

  private async finish(unit: Unit, trial: Trial<S>, hand: Hand<S>, prepare: number): Promise<void> {
    const { fs, out, onEvent, journal, units, done, records } = this.shared;
    const { seed, arm, generation } = unit;
    let cost: CostRow = { seed, arm, generation };
    const rows = await runUnit(
      unit,
      {
        task: this.task,
        trial,
        config: this.config,
        generator: () => hand.any(trial, seed),
        newGenerator: (key) => hand.untrained(trial, seed, key),
        fs,
        out,
        signal: this.signal,
        onStage: (at, stage, step, total, loss) =>
          onEvent({ type: 'progress', seed, arm, generation: at, stage, done: step, total, loss }),
        onCost: (value) => {
          cost = value;
          return journal.appendCost(value);
        },
      },
      prepare,
    );
    records.set(unit.id, rows);
    await journal.append(rows);
    done.add(unit.id);
    onEvent({ type: 'unit', seed, arm, generation, done: done.size, units: units.length, rows, cost });
    this.warn(trial, rows, seed);
    const left = this.left.get(seed)! - 1;
    this.left.set(seed, left);
    if (left === 0) await this.closeTrial(seed);
    this.wake();
  }

  private warn(trial: Trial<S>, rows: readonly Row[], seed: number): void {
    const initial = this.shared.records.get(generationDirectory(seed, null, 0)) ?? [];
    const noise = initial.find((row) => row.kind === 'noise')?.spread ?? {};
    const floor = initial.find((row) => row.kind === 'floor')?.metrics ?? {};
    for (const row of rows) {
      if (row.kind !== 'generation') continue;
      for (const message of trial.warnings?.(row, noise, floor) ?? [])
        this.shared.onEvent({ type: 'warning', seed, arm: row.arm, generation: row.generation, message });
    }
  }

  private openTrial(seed: number): Promise<{ trial: Trial<S>; seconds: number }> {
    let opened = this.trials.get(seed);
    if (!opened) {
      const { n, evaluationCount } = this.config;
      const started = performance.now();
      this.shared.onEvent({
        type: 'progress',
        seed,
        arm: null,
        generation: 0,
        stage: 'prepare',
        done: 0,
        total: 1,
      });
      opened = this.task
        .open(seed, { n, evaluationCount, signal: this.signal })
        .then((trial) => ({ trial, seconds: (performance.now() - started) / 1000 }));
      this.trials.set(seed, opened);
    }
    return opened;
  }

  private async closeTrial(seed: number): Promise<void> {
    const opened = this.trials.get(seed);
    this.trials.delete(seed);
    const result = await opened?.catch(() => undefined);
    await result?.trial.close?.();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** The one generator that a worker holds. */
class Hand<S> {
  private held: { seed: number; generator: Generator<S> } | undefined;
  private readonly keepOptimizer: boolean;

  constructor(
    config: LoopConfig,
    private readonly signal: AbortSignal,
  ) {
    this.keepOptimizer = config.arms.some((arm) => armSettings(config, arm).optimizer === 'keep');
  }

  /** One of this trial in any state. */
  async any(trial: Trial<S>, seed: number): Promise<Generator<S>> {
    if (this.held?.seed === seed) return this.held.generator;
    return this.untrained(trial, seed, drawSeed(seed, 'initial', 0));
  }

  /** One of this trial with untrained weights by `key`. */
  async untrained(trial: Trial<S>, seed: number, key: number): Promise<Generator<S>> {
    await this.close();
    const { keepOptimizer, signal } = this;
    const generator = await trial.createGenerator({ seed: key, keepOptimizer, signal });
    this.held = { seed, generator };
    return generator;
  }

  async close(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    await held?.generator.close();
  }
}

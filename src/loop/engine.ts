import { checkAbilities } from './abilities.js';
import { armSettings, type LoopConfig, resolveConfig } from './config.js';
import type { LoopEvent } from './events.js';
import { explained } from './explained-fs.js';
import { type Fs, nodeFs } from './fs.js';
import { Journal } from './journal.js';
import type { Row } from './layout.js';
import { lockDirectory } from './lock.js';
import { plan } from './plan.js';
import { claim, finishedUnits } from './resume.js';
import { LocalRunner, Trials } from './runner.js';
import { type Progressing, Scheduler } from './scheduler.js';
import { summarise } from './summary.js';
import type { Task } from './task.js';
import { type TaskRecipe, ThreadRunner } from './thread-runner.js';
import { readRecord } from './unit.js';

export interface RunOptions {
  /** Output directory; a former run of the same configuration there is resumed. */
  out: string;
  /** Stops the run as soon as the work in hand allows; the promise rejects with `signal.reason`. */
  signal?: AbortSignal;
  onEvent?: (event: LoopEvent) => void;
  /** Units that are worked on at the same time, >= 1. Results do not depend on it. */
  jobs?: number;
  /**
   * How another thread makes the same task. With it, `jobs` above 1 are threads, for tasks that compute in JavaScript; without it they
   * share this thread, for tasks whose generators have threads of their own.
   */
  recipe?: TaskRecipe;
  /** File access; tests put a failing one here. */
  fs?: Fs;
}

/**
 * Runs the self-consuming loop: generation 0 once per seed, then every arm generation by generation, each from the checkpoint of
 * the one before. Every unit reads checkpoints and writes one, so a run that was killed at any time resumes, with the same call,
 * to the same bytes. Returns the rows of metrics.jsonl.
 * @throws LoopError ERR_RANGE, ERR_BUSY, ERR_CONFIG_CHANGED, ERR_DISK, ERR_TASK; whatever the task throws; `signal.reason`.
 */
export async function runLoop<S>(
  task: Task<S>,
  partial: Partial<LoopConfig>,
  options: RunOptions,
): Promise<Row[]> {
  const { out, signal, onEvent = () => {}, jobs = 1, recipe } = options;
  const fs = explained(options.fs ?? nodeFs);
  if (!(Number.isInteger(jobs) && jobs >= 1))
    throw new RangeError(`Expected an integer >= 1 for jobs but received ${jobs}`);
  signal?.throwIfAborted();
  const config = resolveConfig({ ...task.defaults, ...definedOnly(partial) });
  checkAbilities(task, config);
  const release = await lockDirectory(fs, out);
  let rows: Row[];
  try {
    const threads = jobs > 1 && options.fs === undefined ? recipe : undefined;
    rows = await runLocked(task, config, { out, fs, signal, onEvent, jobs, recipe: threads });
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

interface Around {
  out: string;
  fs: Fs;
  signal?: AbortSignal;
  onEvent: (event: LoopEvent) => void;
  jobs: number;
  /** With it, jobs are threads. */
  recipe?: TaskRecipe;
}

async function runLocked<S>(task: Task<S>, config: LoopConfig, around: Around): Promise<Row[]> {
  const { out, fs, onEvent } = around;
  await claim(fs, out, task, config);
  const units = plan(config);
  const done = await finishedUnits(fs, out, units, config);
  const journal = new Journal(fs, out, config.arms);
  const records = new Map<string, Row[]>();
  for (const unit of units) if (done.has(unit.id)) records.set(unit.id, await readRecord(fs, out, unit.id));
  const collected = (): Row[] => units.flatMap((unit) => records.get(unit.id) ?? []);
  await journal.write(collected());
  await journal.tidyCosts(units.filter((unit) => done.has(unit.id)));
  onEvent({ type: 'start', units: units.length, done: done.size, out });

  if (done.size < units.length) await work(task, config, around, { onEvent, journal, units, done, records });

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

/** Does all that is left, in this thread or in several. */
async function work<S>(
  task: Task<S>,
  config: LoopConfig,
  { out, fs, signal, jobs, recipe }: Around,
  progress: Progressing,
): Promise<void> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const trials = new Trials(task, config, either, { fs, directory: out });
  const runners = Array.from({ length: Math.min(jobs, progress.units.length) }, () =>
    recipe ? new ThreadRunner(recipe, config, out, either) : new LocalRunner(trials, { fs, out }),
  );
  try {
    await new Scheduler(progress, stop, either, (seed) => trials.close(seed)).run(runners);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await trials.closeAll();
  }
}

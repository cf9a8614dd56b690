import { armSettings, type LoopConfig } from './config.js';
import type { LoopEvent } from './events.js';
import type { Fs } from './fs.js';
import type { CostRow, Row } from './layout.js';
import type { Unit } from './plan.js';
import { drawSeed } from './seeds.js';
import type { Generator, Place, Task, Trial } from './task.js';
import { runUnit } from './unit.js';

export interface UnitResult {
  rows: Row[];
  cost: CostRow;
  warnings: { generation: number; message: string }[];
}

/** Does units one after another. */
export interface Runner {
  /** Seed of the last unit, whose data are at hand. */
  readonly seed: number | undefined;
  /**
   * @param initial the rows of the seed's generation 0, if it is finished
   * @param onCost is told the costs just before the checkpoint is renamed into place, which waits for it
   */
  run(
    unit: Unit,
    initial: readonly Row[],
    hooks: { onEvent(event: LoopEvent): void; onCost(cost: CostRow): Promise<void> },
  ): Promise<UnitResult>;
  close(): Promise<void>;
}

/** The trials that runners of one thread share. */
export class Trials<S> {
  private readonly opened = new Map<number, Promise<{ trial: Trial<S>; seconds: number }>>();

  constructor(
    readonly task: Task<S>,
    readonly config: LoopConfig,
    readonly signal: AbortSignal,
    private readonly place?: Place,
  ) {}

  open(seed: number): Promise<{ trial: Trial<S>; seconds: number }> {
    let opened = this.opened.get(seed);
    if (!opened) {
      const { n, evaluationCount } = this.config;
      const started = performance.now();
      opened = this.task
        .open(seed, { n, evaluationCount, place: this.place, signal: this.signal })
        .then((trial) => ({ trial, seconds: (performance.now() - started) / 1000 }));
      this.opened.set(seed, opened);
    }
    return opened;
  }

  has(seed: number): boolean {
    return this.opened.has(seed);
  }

  async close(seed: number): Promise<void> {
    const opened = this.opened.get(seed);
    this.opened.delete(seed);
    const result = await opened?.catch(() => undefined);
    await result?.trial.close?.();
  }

  async closeAll(): Promise<void> {
    for (const seed of [...this.opened.keys()]) await this.close(seed);
  }
}

/** Does units in this thread with one generator. */
export class LocalRunner<S> implements Runner {
  seed: number | undefined;
  private readonly hand: Hand<S>;

  constructor(
    private readonly trials: Trials<S>,
    private readonly place: { fs: Fs; out: string },
  ) {
    this.hand = new Hand(trials.config, trials.signal);
  }

  async run(unit: Unit, initial: readonly Row[], hooks: Parameters<Runner['run']>[2]): Promise<UnitResult> {
    const { task, config, signal } = this.trials;
    const { seed, arm, generation } = unit;
    const { onEvent, onCost } = hooks;
    this.seed = seed;
    if (!this.trials.has(seed))
      onEvent({ type: 'progress', seed, arm, generation: unit.first, stage: 'prepare', done: 0, total: 1 });
    const { trial, seconds } = await this.trials.open(seed);
    let cost: CostRow = { seed, arm, generation };
    const rows = await runUnit(
      unit,
      {
        task,
        trial,
        config,
        generator: () => this.hand.any(trial, seed),
        newGenerator: (key) => this.hand.untrained(trial, seed, key),
        ...this.place,
        signal,
        onStage: (at, stage, done, total, loss) =>
          onEvent({ type: 'progress', seed, arm, generation: at, stage, done, total, loss }),
        onCost: (value) => {
          cost = value;
          return onCost(value);
        },
      },
      generation === 0 ? seconds : 0,
    );
    return { rows, cost, warnings: warningsOf(trial, rows, initial.length > 0 ? initial : rows) };
  }

  close(): Promise<void> {
    return this.hand.close();
  }
}

function warningsOf<S>(
  trial: Trial<S>,
  rows: readonly Row[],
  initial: readonly Row[],
): UnitResult['warnings'] {
  if (!trial.warnings) return [];
  const noise = initial.find((row) => row.kind === 'noise')?.spread ?? {};
  const floor = initial.find((row) => row.kind === 'floor')?.metrics ?? {};
  const warnings = trial.warnings.bind(trial);
  return rows.flatMap((row) =>
    row.kind === 'generation'
      ? warnings(row, noise, floor).map((message) => ({ generation: row.generation, message }))
      : [],
  );
}

/** The one generator that a runner holds. */
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

import type { LoopEvent } from './events.js';
import type { Journal } from './journal.js';
import { generationDirectory, type Row } from './layout.js';
import { needs, type Unit } from './plan.js';
import type { Runner } from './runner.js';

/** What is known of a run that is under way. */
export interface Progressing {
  onEvent: (event: LoopEvent) => void;
  journal: Journal;
  units: Unit[];
  done: Set<string>;
  records: Map<string, Row[]>;
}

/** Hands ready units, in plan order, to runners. */
export class Scheduler {
  /** Units nobody has taken yet, in plan order. */
  private readonly open: Unit[];
  /** Unfinished units of each seed. */
  private readonly left = new Map<number, number>();
  private waiting: (() => void)[] = [];

  /**
   * @param stop aborted with the first failure of a runner
   * @param signal aborted when `stop` or the caller's signal is
   * @param onSeedDone told when nothing of a seed is left to do
   */
  constructor(
    private readonly shared: Progressing,
    private readonly stop: AbortController,
    private readonly signal: AbortSignal,
    private readonly onSeedDone: (seed: number) => Promise<void>,
  ) {
    this.open = shared.units.filter(({ id }) => !shared.done.has(id));
    for (const { seed } of this.open) this.left.set(seed, (this.left.get(seed) ?? 0) + 1);
  }

  /** Throws what the first runner to fail threw. */
  async run(runners: readonly Runner[]): Promise<void> {
    const wake = (): void => this.wake();
    this.signal.addEventListener('abort', wake);
    const results = await Promise.allSettled(
      runners.map((runner) =>
        this.work(runner).catch((error: unknown) => {
          // The first failure stops the others; their own abort errors only follow from it.
          if (!this.stop.signal.aborted) this.stop.abort(error);
          throw error;
        }),
      ),
    );
    this.signal.removeEventListener('abort', wake);
    if (results.some(({ status }) => status === 'rejected')) throw this.stop.signal.reason;
  }

  private async work(runner: Runner): Promise<void> {
    try {
      for (;;) {
        this.signal.throwIfAborted();
        if (this.open.length === 0) return;
        const unit = this.next(runner.seed);
        if (unit) await this.finish(unit, runner);
        else await new Promise<void>((resolve) => this.waiting.push(resolve));
      }
    } finally {
      await runner.close();
    }
  }

  /** The first unit that is ready; one of the seed that the runner has at hand before others. */
  private next(seed: number | undefined): Unit | undefined {
    const ready = (unit: Unit): boolean => needs(unit).every((id) => this.shared.done.has(id));
    let index = this.open.findIndex((unit) => unit.seed === seed && ready(unit));
    if (index < 0) index = this.open.findIndex(ready);
    return index < 0 ? undefined : this.open.splice(index, 1)[0];
  }

  private async finish(unit: Unit, runner: Runner): Promise<void> {
    const { onEvent, journal, units, done, records } = this.shared;
    const { seed, arm, generation } = unit;
    const initial = records.get(generationDirectory(seed, null, 0)) ?? [];
    const { rows, cost, warnings } = await runner.run(unit, initial, {
      onEvent,
      onCost: (value) => journal.appendCost(value),
    });
    records.set(unit.id, rows);
    await journal.append(rows);
    done.add(unit.id);
    onEvent({ type: 'unit', seed, arm, generation, done: done.size, units: units.length, rows, cost });
    for (const warning of warnings) onEvent({ type: 'warning', seed, arm, ...warning });
    const left = this.left.get(seed)! - 1;
    this.left.set(seed, left);
    if (left === 0) await this.onSeedDone(seed);
    this.wake();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

import { type Fs, replaceFile } from './fs.js';
import { COSTS_FILE, type CostRow, METRICS_FILE, type Row } from './layout.js';
import type { Unit } from './plan.js';
import { EventFiles } from './tensorboard.js';

const lines = (rows: readonly object[]): Uint8Array =>
  Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

/**
 * metrics.jsonl, costs.jsonl and the event files of TensorBoard. The rows of metrics live in the checkpoints; the file is what a reader follows: a unit's
 * rows are appended once its checkpoint is safe, and the whole file is put into the order of the plan when a run starts and ends,
 * so that it is the same bytes whatever finished first and however often the run was killed.
 */
export class Journal {
  private queue: Promise<unknown> = Promise.resolve();
  private readonly events: EventFiles;

  constructor(
    private readonly fs: Fs,
    private readonly out: string,
    arms: readonly string[],
  ) {
    this.events = new EventFiles(fs, out, arms);
  }

  /** Replaces metrics.jsonl and the event files. */
  write(rows: readonly Row[]): Promise<void> {
    return this.enqueue(async () => {
      await replaceFile(this.fs, `${this.out}/${METRICS_FILE}`, lines(rows));
      await this.events.write(rows);
    });
  }

  append(rows: readonly Row[]): Promise<void> {
    return this.enqueue(async () => {
      await this.appendDurably(METRICS_FILE, rows);
      await this.events.append(rows);
    });
  }

  appendCost(cost: CostRow): Promise<void> {
    return this.enqueue(() => this.appendDurably(COSTS_FILE, [cost]));
  }

  /** Keeps one cost row, the last, for each finished unit, in the order of the plan, and drops a torn line. */
  async tidyCosts(finished: readonly Unit[]): Promise<void> {
    await this.enqueue(async () => {
      const data = await this.fs.read(`${this.out}/${COSTS_FILE}`);
      const byUnit = new Map<string, CostRow>();
      const key = (row: { seed: number; arm: string | null; generation: number }): string =>
        `${row.seed}/${row.arm}/${row.generation}`;
      for (const line of data ? Buffer.from(data).toString().split('\n') : []) {
        try {
          const row = JSON.parse(line) as CostRow;
          byUnit.set(key(row), row);
        } catch {
          // The line that was being written when the run was killed.
        }
      }
      const kept = finished.map((unit) => byUnit.get(key(unit))).filter((row) => row !== undefined);
      await replaceFile(this.fs, `${this.out}/${COSTS_FILE}`, lines(kept));
    });
  }

  private async appendDurably(name: string, rows: readonly object[]): Promise<void> {
    await this.fs.append(`${this.out}/${name}`, lines(rows));
    await this.fs.sync(`${this.out}/${name}`);
  }

  private enqueue<R>(work: () => Promise<R>): Promise<R> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { appendJsonl, readJsonl } from '../io/jsonl.js';

interface StartRecord {
  event: 'start';
  /** Training steps before this start. */
  step: number;
  settings: Record<string, unknown>;
}

interface LossRecord {
  step: number;
  loss: number;
}

/**
 * The record of a training beside its checkpoint: one JSON object a line. A line with `event: 'start'` for every start, with
 * the settings; a line with the loss for every step.
 */
export class LossCurve {
  constructor(readonly path: string) {}

  /** The settings of the last start, if there was one. */
  settings(): Record<string, unknown> | undefined {
    if (!existsSync(this.path)) return undefined;
    const starts = (readJsonl(this.path) as (StartRecord | LossRecord)[]).filter((row) => 'event' in row);
    return starts.at(-1)?.settings;
  }

  /** Notes a start. Steps after `step`, which a crash kept out of the checkpoint, are forgotten: they come again. */
  start(step: number, settings: Record<string, unknown>): void {
    if (step > 0 && existsSync(this.path)) {
      const rows = (readJsonl(this.path) as (StartRecord | LossRecord)[]).filter((row) => row.step <= step);
      const partial = `${this.path}.partial`;
      writeFileSync(partial, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      renameSync(partial, this.path);
    } else writeFileSync(this.path, '');
    appendJsonl(this.path, { event: 'start', step, settings } satisfies StartRecord);
  }

  /** Appends the losses of the steps after `step`. */
  append(step: number, losses: ArrayLike<number>): void {
    const rows = Array.from(losses, (loss, i): LossRecord => ({ step: step + i + 1, loss }));
    appendJsonl(this.path, ...rows);
  }
}

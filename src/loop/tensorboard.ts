import { dirname } from 'node:path';
import { tfEvents } from '../io/tfevents.js';
import { type Fs, makeDurableDirectory, replaceFile } from './fs.js';
import type { GenerationRow, Row } from './layout.js';

/** One file a seed and arm, so that TensorBoard shows each as a run. */
const eventFile = (seed: number, arm: string): string =>
  `tensorboard/seed-${seed}/${arm}/events.out.tfevents.0.selfcorrect`;

/**
 * The metrics of metrics.jsonl as TensorBoard event files, derived from it: `tensorboard --logdir OUT/tensorboard`. The wall time of an event is
 * its generation in seconds, since real times would make two equal runs differ.
 */
export class EventFiles {
  /** Files that have their first record. */
  private readonly begun = new Set<string>();

  constructor(
    private readonly fs: Fs,
    private readonly out: string,
    private readonly arms: readonly string[],
  ) {}

  /** Replaces all files. */
  async write(rows: readonly Row[]): Promise<void> {
    this.begun.clear();
    for (const [file, own] of this.byFile(rows)) {
      await makeDurableDirectory(this.fs, this.out, dirname(file));
      await replaceFile(this.fs, `${this.out}/${file}`, encode(own, true));
      this.begun.add(file);
    }
  }

  async append(rows: readonly Row[]): Promise<void> {
    for (const [file, own] of this.byFile(rows)) {
      const begun = this.begun.has(file);
      if (!begun) await this.fs.mkdir(`${this.out}/${dirname(file)}`);
      const data = encode(own, !begun);
      // Not flushed: what is lost is written again when the run starts and ends.
      if (begun) await this.fs.append(`${this.out}/${file}`, data);
      else await this.fs.write(`${this.out}/${file}`, data);
      this.begun.add(file);
    }
  }

  /** Rows of generations by file; generation 0 belongs to every arm. */
  private byFile(rows: readonly Row[]): Map<string, GenerationRow[]> {
    const files = new Map<string, GenerationRow[]>();
    for (const row of rows) {
      if (row.kind !== 'generation') continue;
      for (const arm of row.arm === null ? this.arms : [row.arm]) {
        const file = eventFile(row.seed, arm);
        files.set(file, [...(files.get(file) ?? []), row]);
      }
    }
    return files;
  }
}

const encode = (rows: readonly GenerationRow[], header: boolean): Uint8Array =>
  tfEvents(
    rows.flatMap(({ generation, loss, metrics }) =>
      Object.entries({ ...metrics, loss }).map(([name, value]) => ({
        tag: name,
        value,
        step: generation,
        wallTime: generation,
      })),
    ),
    { header },
  );

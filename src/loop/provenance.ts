import { createHash } from 'node:crypto';
import type { Fs } from './fs.js';
import type { Generator, SampleNote } from './task.js';

/**
 * Where the synthetic samples of one generation come from, column by column: entry i of each column is sample i as it was after
 * selection. A column whose entries are all alike is that one entry.
 */
export interface SampleProvenance {
  /** SHA-256 of the model that drew them: `model` of the generation before. */
  drawnFrom: string;
  /** Seed of the draw: sample `draw[i]` of `Generator.sample` with this seed. */
  seed: number;
  /** Where it was drawn more widely than the model would: by how much. */
  dispersion?: number;
  count: number;
  /** Real item that each was conditioned on. */
  item: Column<number>;
  /** Place among all that were drawn; left out where nothing was selected. */
  draw?: Column<number>;
  /** Name of the corrector and which samples went through it. */
  corrector?: string;
  corrected?: Column<0 | 1>;
  /** What the corrector said of each; null where it did not see it. */
  status?: Column<string | null>;
  rung?: Column<number | null>;
  scores?: Record<string, Column<number | null>>;
  /** Name of the reward and its value for each. */
  reward?: string;
  rewards?: Column<number>;
  /** Which passed the gate. */
  kept?: Column<0 | 1>;
}
export type Column<T> = T | T[];

/** One generation of one unit in its provenance.json, `{"format":1,"generations":GenerationProvenance[]}`. */
export interface GenerationProvenance {
  generation: number;
  /** SHA-256 of what `save` writes of the model that was trained in this generation. */
  model: string;
  samples?: SampleProvenance;
}

/** A list as a column: one entry where all are alike. */
export const column = <T>(values: ArrayLike<T>): Column<T> => {
  const list = Array.from(values);
  return list.length > 0 && list.every((value) => value === list[0]) ? list[0] : list;
};

/** The notes of a corrector as columns; `positions` says which of `count` samples it saw. */
export function noteColumns(
  notes: readonly SampleNote[],
  positions: Int32Array,
  count: number,
): Pick<SampleProvenance, 'status' | 'rung' | 'scores'> {
  const place = <T>(read: (note: SampleNote) => T | undefined): Column<T | null> | undefined => {
    const values: (T | null)[] = new Array(count).fill(null);
    notes.forEach((note, i) => {
      values[positions[i]] = read(note) ?? null;
    });
    return values.every((value) => value === null) ? undefined : column(values);
  };
  const names = [...new Set(notes.flatMap(({ scores }) => Object.keys(scores ?? {})))];
  return {
    status: place(({ status }) => status),
    rung: place(({ rung }) => rung),
    scores: names.length
      ? Object.fromEntries(names.map((name) => [name, place((note) => note.scores?.[name]) ?? null]))
      : undefined,
  };
}

/** SHA-256 over the names and bytes of what a generator writes as its state. */
export async function modelHash<S>(generator: Generator<S>): Promise<string> {
  const files = new Map<string, Uint8Array>();
  const refuse = async (): Promise<never> => {
    throw new Error('Expected Generator.save to do nothing but mkdir, write and sync');
  };
  const capture: Fs = {
    mkdir: async () => {},
    sync: async () => {},
    write: async (path, data) => {
      files.set(path, data);
    },
    list: refuse,
    read: refuse,
    create: refuse,
    append: refuse,
    rename: refuse,
    remove: refuse,
  };
  await generator.save('.', capture);
  const hash = createHash('sha256');
  for (const [path, data] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path} ${data.length}\n`);
    hash.update(data);
  }
  return hash.digest('hex');
}

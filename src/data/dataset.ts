import type { Motion } from '../motion/motion.js';
import { Random } from '../random/random.js';

export type Split = 'train' | 'val' | 'test';
export const SPLITS: readonly Split[] = ['train', 'val', 'test'];

/** Name of the class of motions that have no action label of their own. */
export const OTHER = 'other';

/** Clips with a division into splits and classes: what models are trained on and judged against. */
export interface MotionDataset {
  motions: Motion[];
  /** Indices into `motions`, ascending; the three splits are disjoint and cover all. */
  train: number[];
  val: number[];
  test: number[];
  /** Action labels in alphabetical order, `other` last when it occurs; the position of a label is its class number. */
  classes: string[];
  /** Class number of each motion, length `motions.length`. */
  labels: Int32Array;
}

export interface DatasetOptions {
  /** The split of each motion. Without it one is drawn from the seed. */
  splits?: readonly Split[];
  /** Name of the recording each motion was cut from: motions of one recording stay in one split. Default: its own name. */
  sources?: readonly string[];
  /** Seed of the drawn split. Default 0. */
  seed?: number;
  /** Share of the recordings drawn for val and for test. Default 0.1 each. */
  shares?: { val: number; test: number };
  /** Labels with fewer training motions than this join the class `other`. Default 1: every label is a class. */
  minimumPerClass?: number;
}

/**
 * A seeded division of recordings: each gets a number from its name and the seed, and the ones with the lowest go to test,
 * the next to val, so that adding a recording moves few others. With three recordings or more no split with a share above
 * 0 stays empty.
 */
export function drawSplits(
  sources: readonly string[],
  seed = 0,
  shares: { val: number; test: number } = { val: 0.1, test: 0.1 },
): Split[] {
  for (const name of ['val', 'test'] as const)
    if (!(shares[name] >= 0 && shares.val + shares.test < 1))
      throw new RangeError(
        `Expected shares from 0 and below 1 in sum for shares.${name} but received ${shares[name]}`,
      );
  const names = [...new Set(sources)].map((name) => ({
    name,
    rank: new Random(seed, 'split', name).uniform(),
  }));
  names.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  const count = (share: number) =>
    share === 0 || names.length < 3 ? 0 : Math.max(1, Math.round(share * names.length));
  const testCount = Math.min(count(shares.test), Math.max(0, names.length - 2));
  const valCount = Math.min(count(shares.val), Math.max(0, names.length - 1 - testCount));
  const splitOf = new Map<string, Split>();
  names.forEach(({ name }, i) => {
    splitOf.set(name, i < testCount ? 'test' : i < testCount + valCount ? 'val' : 'train');
  });
  return sources.map((name) => splitOf.get(name)!);
}

/**
 * Groups motions into a data set.
 * @throws RangeError when `splits` or `sources` has another length than `motions`.
 */
export function asDataset(motions: Motion[], options: DatasetOptions = {}): MotionDataset {
  for (const key of ['splits', 'sources'] as const) {
    const given = options[key];
    if (given && given.length !== motions.length)
      throw new RangeError(
        `Expected ${motions.length} entries, one a motion, for ${key} but received ${given.length}`,
      );
  }
  const sources = options.sources ?? motions.map((motion, i) => motion.name ?? `motion ${i}`);
  const splits = options.splits ?? drawSplits(sources, options.seed, options.shares);
  const of = (split: Split) => motions.flatMap((_, i) => (splits[i] === split ? [i] : []));
  const train = of('train');

  const occurrences = new Map<string, number>();
  for (const { action } of motions) if (action && action !== OTHER) occurrences.set(action, 0);
  for (const i of train) {
    const action = motions[i].action;
    if (action && action !== OTHER) occurrences.set(action, occurrences.get(action)! + 1);
  }
  const minimum = options.minimumPerClass ?? 1;
  const classes = [...occurrences].flatMap(([label, count]) => (count >= minimum ? [label] : [])).sort();
  const numbers = new Map(classes.map((label, i) => [label, i]));
  const labels = Int32Array.from(motions, ({ action }) => numbers.get(action ?? OTHER) ?? classes.length);
  if (labels.includes(classes.length)) classes.push(OTHER);
  return { motions, train, val: of('val'), test: of('test'), classes, labels };
}

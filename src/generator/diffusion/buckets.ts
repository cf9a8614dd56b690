/** Motions of about one length are trained together, so that little work goes into padding. */

/** Motions that share a graph. */
export interface Bucket {
  /** Frames of its batches: those of its longest motion. */
  frames: number;
  /** True if one of its motions is shorter. */
  padded: boolean;
  /** Indices of its motions. */
  items: number[];
}

/** A quarter of the longest motion: with the graphs of four lengths at most a seventh of the frames is padding on average. */
const BUCKETS = 4;

/**
 * Sorts motions into buckets of lengths in ((k-1)/4, k/4] of the longest; empty ones are left out.
 * @param lengths frames of each motion as it is shown in training
 */
export function bucketsOf(lengths: ArrayLike<number>): Bucket[] {
  const longest = Array.from(lengths).reduce((most, length) => Math.max(most, length), 1);
  const buckets = Array.from({ length: BUCKETS }, (): Bucket => ({ frames: 0, padded: false, items: [] }));
  for (let i = 0; i < lengths.length; i++) {
    const bucket = buckets[Math.ceil((lengths[i] * BUCKETS) / longest) - 1];
    bucket.items.push(i);
    bucket.frames = Math.max(bucket.frames, lengths[i]);
  }
  for (const bucket of buckets) bucket.padded = bucket.items.some((i) => lengths[i] < bucket.frames);
  return buckets.filter(({ items }) => items.length > 0);
}

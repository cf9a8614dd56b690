import { FEATURE_SIZE } from '../../motion/features.js';
import { mirrorFeatures } from '../../motion/mirror-features.js';
import { CosineTransform } from './cosine-transform.js';
import type { MotionSamples } from './samples.js';

/** What decoding reads of a frame: turn and steps of the root, its height, 21 positions. */
const CHANNELS = 67;
/** First coefficients of the bands of the cosine transform: coefficient k has k / 2 periods in a motion. */
const BANDS = [0, 1, 2, 3, 5, 8, 13, 21, 34];
/** A gain further from 1 would be a repair of something else. */
const LEAST_GAIN = 0.5;
const LARGEST_GAIN = 4;

/** Motions of a label that its mean is of at least: labels with fewer, here or among the real motions, share one mean. */
const LEAST_COUNT = 4;
const SHARED = -1;

/** Sums over the motions of one label. */
interface Sums {
  count: number;
  /** Coefficients [frames, 67]. */
  sum: Float64Array;
  /** Their squares, over the coefficients of each band too [bands, 67]. */
  squares: Float64Array;
}

/** Mean coefficients of every group of labels and variances about them. */
interface Moments {
  /** [frames, 67] of each group. */
  means: Map<number, Float64Array>;
  /** [bands, 67], each the mean over the coefficients of the band. */
  variance: Float64Array;
}

export interface CalibrationOptions {
  /** Exponent of the gains: 1 to the real variances; more counters what training takes away again; 0 not at all. */
  strength: number;
  /** Means are those of each label with 4 motions or more, and variances those about them; else those of all motions together. */
  within: boolean;
  /** Share of the way that the means go to the real ones, 0 to 1. */
  means: number;
}

/**
 * Spectral calibration. A generator that trains on its own samples loses variance first where it is least sure: at high frequencies
 * and far from the mean. In the {@link CosineTransform} of the numbers that a motion is decoded
 * from, the deviations of a set of samples from its own mean m are scaled, for each channel and band of frequencies, to the variance that
 * the real motions and their mirror images have about theirs, m*: x' = m + means (m* - m) + (x - m) g^strength with
 * g = min(4, max(1/2, sqrt(v* / v))). It copies no motion; it looks at the first two moments of the real set, and its gain must not
 * be credited to physics.
 */
export class Calibration {
  private readonly transform: CosineTransform;
  /** Place in [bands, 67] of every coefficient [frames, 67]. */
  private readonly cell: Int32Array;
  private readonly bands: number;
  private readonly real: Map<number, Sums>;

  constructor(
    real: MotionSamples,
    private readonly options: CalibrationOptions,
  ) {
    const { frames, features, labels } = real;
    this.transform = new CosineTransform(frames, CHANNELS);
    const bandOf = Array.from({ length: frames }, (_, k) => BANDS.filter((first) => first <= k).length - 1);
    this.bands = bandOf[frames - 1] + 1;
    this.cell = Int32Array.from(
      { length: frames * CHANNELS },
      (_, at) => bandOf[Math.floor(at / CHANNELS)] * CHANNELS + (at % CHANNELS),
    );
    const both = new Float32Array(2 * features.length);
    both.set(features);
    both.set(mirrorFeatures(features), features.length);
    const twice = [...labels, ...labels];
    this.real = this.sums(this.coefficients(both), twice, [...twice.keys()]);
  }

  /**
   * Features [N, frames, 263] of a calibrated set: only what decoding reads is changed, so they have to be made anew from the joints. A motion
   * with such a number that is not finite counts for nothing and stays; so does a set that has no deviations, one motion for each mean.
   */
  apply({ features, labels }: MotionSamples): Float32Array {
    const out = Float32Array.from(features);
    const { cell } = this;
    const width = cell.length;
    const size = this.transform.frames * FEATURE_SIZE;
    const coefficients = this.coefficients(features);
    // The first coefficients are sums over all frames: what is not finite shows there.
    const finite = [...labels.keys()].filter((i) =>
      coefficients.subarray(i * width, i * width + CHANNELS).every(Number.isFinite),
    );
    const own = finite.map((i) => labels[i]);
    const sums = this.sums(coefficients, labels, finite);
    const groupOf = (label: number): number =>
      this.options.within &&
      (sums.get(label)?.count ?? 0) >= LEAST_COUNT &&
      // Every real motion counts twice, as itself and as its mirror image.
      (this.real.get(label)?.count ?? 0) >= 2 * LEAST_COUNT
        ? label
        : SHARED;
    if (finite.length <= new Set(own.map(groupOf)).size) return out;
    const { means, variance } = this.moments(sums, groupOf);
    const target = this.moments(this.real, groupOf);
    const gain = variance.map((value, j) => this.gain(target.variance[j], value));
    finite.forEach((i, k) => {
      const x = coefficients.subarray(i * width, (i + 1) * width);
      const mean = means.get(groupOf(own[k])) as Float64Array;
      const wanted = target.means.get(groupOf(own[k])) ?? mean;
      for (let at = 0; at < width; at++)
        x[at] = mean[at] + this.options.means * (wanted[at] - mean[at]) + gain[cell[at]] * (x[at] - mean[at]);
      this.transform.inverse(x, 0, out.subarray(i * size, (i + 1) * size), FEATURE_SIZE);
    });
    return out;
  }

  private gain(wanted: number, has: number): number {
    // Two constants differ by rounding alone.
    const tiny = 1e-9;
    const gain = Math.sqrt((wanted + tiny) / (has + tiny));
    return Math.min(LARGEST_GAIN, Math.max(LEAST_GAIN, gain)) ** this.options.strength;
  }

  /** Coefficients [N, frames, 67] of features [N, frames, 263]. */
  private coefficients(features: Float32Array): Float64Array {
    const width = this.cell.length;
    const size = this.transform.frames * FEATURE_SIZE;
    const count = features.length / size;
    const out = new Float64Array(count * width);
    for (let i = 0; i < count; i++)
      this.transform.forward(features.subarray(i * size, (i + 1) * size), FEATURE_SIZE, out, i * width);
    return out;
  }

  /** Of the motions at `positions`, by label. */
  private sums(
    coefficients: Float64Array,
    labels: ArrayLike<number>,
    positions: readonly number[],
  ): Map<number, Sums> {
    const { cell } = this;
    const width = cell.length;
    const all = new Map<number, Sums>();
    for (const i of positions) {
      const own = all.get(labels[i]) ?? {
        count: 0,
        sum: new Float64Array(width),
        squares: new Float64Array(this.bands * CHANNELS),
      };
      all.set(labels[i], own);
      own.count++;
      for (let at = 0; at < width; at++) {
        const x = coefficients[i * width + at];
        own.sum[at] += x;
        own.squares[cell[at]] += x * x;
      }
    }
    return all;
  }

  /** Of a set, with one mean for all labels of a group. */
  private moments(sums: ReadonlyMap<number, Sums>, groupOf: (label: number) => number): Moments {
    const { cell, bands } = this;
    const width = cell.length;
    /** Coefficients of each cell. */
    const sizes = new Float64Array(bands * CHANNELS);
    for (const j of cell) sizes[j]++;
    const means = new Map<number, Float64Array>();
    const counts = new Map<number, number>();
    const variance = new Float64Array(bands * CHANNELS);
    let count = 0;
    for (const [label, own] of sums) {
      const group = groupOf(label);
      const total = means.get(group) ?? new Float64Array(width);
      means.set(group, total);
      counts.set(group, (counts.get(group) ?? 0) + own.count);
      count += own.count;
      for (let at = 0; at < width; at++) total[at] += own.sum[at];
      for (let j = 0; j < variance.length; j++) variance[j] += own.squares[j];
    }
    for (const [group, mean] of means) {
      const size = counts.get(group) as number;
      for (let at = 0; at < width; at++) {
        mean[at] /= size;
        variance[cell[at]] -= size * mean[at] ** 2;
      }
    }
    for (let j = 0; j < variance.length; j++)
      variance[j] = Math.max(0, variance[j]) / ((count - means.size) * sizes[j]);
    return { means, variance };
  }
}

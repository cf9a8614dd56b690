import { FEATURE_SIZE } from '../../motion/features.js';
import { mirrorFeatures } from '../../motion/mirror-features.js';
import type { MotionSamples } from './samples.js';

/** What decoding reads of a frame: turn and steps of the root, its height, 21 positions. */
const CHANNELS = 67;
/** First coefficients of the bands of the cosine transform: coefficient k has k / 2 periods in a motion. */
const BANDS = [0, 1, 2, 3, 5, 8, 13, 21, 34];
/** A gain further from 1 would be a repair of something else. */
const LEAST_GAIN = 0.5;
const LARGEST_GAIN = 4;

/** Mean coefficients of every group and variances about them. */
interface Moments {
  /** [frames, 67] of each group. */
  means: Map<number, Float64Array>;
  /** [bands, 67], each the mean over the coefficients of the band. */
  variance: Float64Array;
}

export interface CalibrationOptions {
  /** Exponent of the gains: 1 to the real variances; more counters what training takes away again; 0 not at all. */
  strength: number;
  /** Variances and means are those within a label; else those of all motions together. */
  within: boolean;
  /** Share of the way that the means go to the real ones, 0 to 1. */
  means: number;
}

/**
 * Spectral calibration. A generator that trains on its own samples loses variance first where it is least sure: at high frequencies
 * and far from the mean. In the orthonormal cosine transform over time (DCT-II; Ahmed et al. 1974) of the numbers that a motion is decoded
 * from, the deviations of a set of samples from its own mean m are scaled, for each channel and band of frequencies, to the variance that
 * the real motions and their mirror images have about theirs, m*: x' = m + means (m* - m) + (x - m) g^strength with
 * g = min(4, max(1/2, sqrt(v* / v))). It copies no motion; it looks at the first two moments of the real set, and its gain must not
 * be credited to physics.
 */
export class Calibration {
  private readonly basis: Float64Array;
  private readonly bandOf: Int32Array;
  private readonly target: Moments;
  private readonly frames: number;

  constructor(
    real: MotionSamples,
    private readonly options: CalibrationOptions,
  ) {
    const { frames, features, labels } = real;
    this.frames = frames;
    this.basis = new Float64Array(frames * frames);
    for (let k = 0; k < frames; k++)
      for (let t = 0; t < frames; t++)
        this.basis[k * frames + t] =
          Math.sqrt((k === 0 ? 1 : 2) / frames) * Math.cos((Math.PI * (t + 0.5) * k) / frames);
    this.bandOf = Int32Array.from(
      { length: frames },
      (_, k) => BANDS.filter((first) => first <= k).length - 1,
    );
    const both = new Float32Array(2 * features.length);
    both.set(features);
    both.set(mirrorFeatures(features), features.length);
    this.target = this.moments(this.transform(both), this.groups([...labels, ...labels]));
  }

  /**
   * Features [N, frames, 263] of a calibrated set: only what decoding reads is changed, so they have to be made anew from the joints. A motion
   * with a number that is not finite counts for nothing and stays; so does a set that has no deviations, one motion for each mean.
   */
  apply({ features, labels }: MotionSamples): Float32Array {
    const out = Float32Array.from(features);
    const size = this.frames * FEATURE_SIZE;
    const finite = [...labels.keys()].filter((i) =>
      features.subarray(i * size, (i + 1) * size).every(Number.isFinite),
    );
    const groups = this.groups(finite.map((i) => labels[i]));
    if (finite.length <= new Set(groups).size) return out;
    const counted = new Float32Array(finite.length * size);
    finite.forEach((i, k) => {
      counted.set(features.subarray(i * size, (i + 1) * size), k * size);
    });
    const coefficients = this.transform(counted);
    const { means, variance } = this.moments(coefficients, groups);
    const gain = variance.map((value, j) => this.gain(this.target.variance[j], value));
    const width = this.frames * CHANNELS;
    finite.forEach((i, k) => {
      const own = coefficients.subarray(k * width, (k + 1) * width);
      const mean = means.get(groups[k]) as Float64Array;
      const wanted = this.target.means.get(groups[k]) ?? mean;
      for (let at = 0; at < width; at++) {
        const j = this.bandOf[Math.floor(at / CHANNELS)] * CHANNELS + (at % CHANNELS);
        own[at] = mean[at] + this.options.means * (wanted[at] - mean[at]) + gain[j] * (own[at] - mean[at]);
      }
      this.inverse(own, out.subarray(i * size, (i + 1) * size));
    });
    return out;
  }

  private groups(labels: readonly number[]): number[] {
    return this.options.within ? [...labels] : labels.map(() => 0);
  }

  private gain(wanted: number, has: number): number {
    // Two constants differ by rounding alone.
    const tiny = 1e-9;
    const gain = Math.sqrt((wanted + tiny) / (has + tiny));
    return Math.min(LARGEST_GAIN, Math.max(LEAST_GAIN, gain)) ** this.options.strength;
  }

  /** [N, frames, 263] to coefficients [N, frames, 67]. */
  private transform(features: Float32Array): Float64Array {
    const { frames, basis } = this;
    const count = features.length / (frames * FEATURE_SIZE);
    const out = new Float64Array(count * frames * CHANNELS);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < frames; k++) {
        const to = (i * frames + k) * CHANNELS;
        for (let t = 0; t < frames; t++) {
          const weight = basis[k * frames + t];
          const from = (i * frames + t) * FEATURE_SIZE;
          for (let c = 0; c < CHANNELS; c++) out[to + c] += weight * features[from + c];
        }
      }
    return out;
  }

  /** Coefficients [frames, 67] of one motion into its features [frames, 263]. */
  private inverse(coefficients: Float64Array, features: Float32Array): void {
    const { frames, basis } = this;
    const row = new Float64Array(CHANNELS);
    for (let t = 0; t < frames; t++) {
      row.fill(0);
      for (let k = 0; k < frames; k++) {
        const weight = basis[k * frames + t];
        for (let c = 0; c < CHANNELS; c++) row[c] += weight * coefficients[k * CHANNELS + c];
      }
      features.set(row, t * FEATURE_SIZE);
    }
  }

  private moments(coefficients: Float64Array, groups: readonly number[]): Moments {
    const { frames, bandOf } = this;
    const width = frames * CHANNELS;
    const means = new Map<number, Float64Array>();
    const sizes = new Map<number, number>();
    for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
    for (const [group, size] of sizes) {
      const mean = new Float64Array(width);
      groups.forEach((other, i) => {
        if (other === group)
          for (let at = 0; at < width; at++) mean[at] += coefficients[i * width + at] / size;
      });
      means.set(group, mean);
    }
    const variance = new Float64Array((bandOf[frames - 1] + 1) * CHANNELS);
    const widths = new Float64Array(variance.length / CHANNELS);
    for (const band of bandOf) widths[band]++;
    groups.forEach((group, i) => {
      const mean = means.get(group) as Float64Array;
      for (let at = 0; at < width; at++) {
        const band = bandOf[Math.floor(at / CHANNELS)];
        variance[band * CHANNELS + (at % CHANNELS)] +=
          (coefficients[i * width + at] - mean[at]) ** 2 / ((groups.length - sizes.size) * widths[band]);
      }
    });
    return { means, variance };
  }
}

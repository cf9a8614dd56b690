import { FEATURE_SIZE } from '../../motion/features.js';
import { mirrorFeatures } from '../../motion/mirror-features.js';

/** What decoding reads of a frame: turn and steps of the root, its height, 21 positions. */
const CHANNELS = 67;
/** First coefficients of the bands of the cosine transform: coefficient k has k / 2 periods in a motion. */
const BANDS = [0, 1, 2, 3, 5, 8, 13, 21, 34];
/** A gain further from 1 would be a repair of something else. */
const LEAST_GAIN = 0.5;
const LARGEST_GAIN = 4;

/** Mean coefficients and variances about them of a set. */
interface Moments {
  /** [frames, 67] */
  mean: Float64Array;
  /** [bands, 67], each the mean over the coefficients of the band. */
  variance: Float64Array;
}

/**
 * Spectral calibration. A generator that trains on its own samples loses variance first where it is least sure: at high frequencies
 * and far from the mean. In the orthonormal cosine transform over time (DCT-II; Ahmed et al. 1974) of the numbers that a motion is decoded from,
 * the deviations of a set of samples from its own mean are scaled, for each channel and band of frequencies, to the variance that the
 * real motions and their mirror images have there: x' = m + (x - m) min(4, max(1/2, sqrt(v_real / v)))^strength. It moves no mean and copies no
 * motion; it looks at the real set's second moments and must not be credited to physics.
 */
export class Calibration {
  private readonly basis: Float64Array;
  private readonly bandOf: Int32Array;
  private readonly target: Moments;

  constructor(
    real: Float32Array,
    private readonly frames: number,
    /** 1: to the real variances; more counters what training takes away again; 0: not at all. */
    private readonly strength = 1,
  ) {
    this.basis = new Float64Array(frames * frames);
    for (let k = 0; k < frames; k++)
      for (let t = 0; t < frames; t++)
        this.basis[k * frames + t] =
          Math.sqrt((k === 0 ? 1 : 2) / frames) * Math.cos((Math.PI * (t + 0.5) * k) / frames);
    this.bandOf = Int32Array.from(
      { length: frames },
      (_, k) => BANDS.filter((first) => first <= k).length - 1,
    );
    const both = new Float32Array(2 * real.length);
    both.set(real);
    both.set(mirrorFeatures(real), real.length);
    this.target = this.moments(this.transform(both));
  }

  /**
   * Features [N, frames, 263] of a calibrated set: only what decoding reads is changed, so they have to be made anew from the joints. A motion
   * with a number that is not finite counts for nothing and stays; so does a set of one.
   */
  apply(features: Float32Array): Float32Array {
    const out = Float32Array.from(features);
    const size = this.frames * FEATURE_SIZE;
    const finite = [...Array(features.length / size).keys()].filter((i) =>
      features.subarray(i * size, (i + 1) * size).every(Number.isFinite),
    );
    if (finite.length < 2) return out;
    const counted = new Float32Array(finite.length * size);
    finite.forEach((i, k) => {
      counted.set(features.subarray(i * size, (i + 1) * size), k * size);
    });
    const coefficients = this.transform(counted);
    const { mean, variance } = this.moments(coefficients);
    const gain = variance.map((value, j) => this.gain(this.target.variance[j], value));
    const width = this.frames * CHANNELS;
    for (let i = 0; i < coefficients.length; i++) {
      const at = i % width;
      const band = this.bandOf[Math.floor(at / CHANNELS)];
      coefficients[i] = mean[at] + (coefficients[i] - mean[at]) * gain[band * CHANNELS + (at % CHANNELS)];
    }
    finite.forEach((i, k) => {
      this.inverse(coefficients.subarray(k * width, (k + 1) * width), out.subarray(i * size, (i + 1) * size));
    });
    return out;
  }

  private gain(wanted: number, has: number): number {
    // Two constants differ by rounding alone.
    const tiny = 1e-9;
    const gain = Math.sqrt((wanted + tiny) / (has + tiny));
    return Math.min(LARGEST_GAIN, Math.max(LEAST_GAIN, gain)) ** this.strength;
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

  private moments(coefficients: Float64Array): Moments {
    const { frames, bandOf } = this;
    const width = frames * CHANNELS;
    const count = coefficients.length / width;
    const mean = new Float64Array(width);
    for (let i = 0; i < coefficients.length; i++) mean[i % width] += coefficients[i] / count;
    const variance = new Float64Array((bandOf[frames - 1] + 1) * CHANNELS);
    const sizes = new Float64Array(variance.length / CHANNELS);
    for (const band of bandOf) sizes[band]++;
    for (let i = 0; i < coefficients.length; i++) {
      const at = i % width;
      const band = bandOf[Math.floor(at / CHANNELS)];
      variance[band * CHANNELS + (at % CHANNELS)] +=
        (coefficients[i] - mean[at]) ** 2 / ((count - 1) * sizes[band]);
    }
    return { mean, variance };
  }
}

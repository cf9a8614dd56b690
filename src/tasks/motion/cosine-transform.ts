/**
 * Orthonormal cosine transform over time (DCT-II; Ahmed et al. 1974) of many channels at once. Even coefficients see only the sum of a
 * frame and its mirror image in time, odd ones only their difference: half the products of the plain sum.
 */
export class CosineTransform {
  /** [frames, ceil(frames / 2)]: weight of the first half of the frames in each coefficient. */
  private readonly forwards: Float64Array;
  /** [ceil(frames / 2), frames], the even coefficients and then the odd ones: their weights in each of these frames. */
  private readonly backwards: Float64Array;
  /** Frames, or coefficients, that are folded into one another. */
  private readonly even: number;
  private readonly folded: Float64Array;

  /**
   * @param frames 1 or more
   * @param channels numbers of a frame that are transformed, the first ones
   */
  constructor(
    readonly frames: number,
    readonly channels: number,
  ) {
    this.even = (frames + 1) >> 1;
    this.forwards = new Float64Array(frames * this.even);
    this.backwards = new Float64Array(this.even * frames);
    this.folded = new Float64Array(frames * channels);
    for (let k = 0; k < frames; k++)
      for (let t = 0; t < this.even; t++) {
        const weight = Math.sqrt((k === 0 ? 1 : 2) / frames) * Math.cos((Math.PI * (t + 0.5) * k) / frames);
        this.forwards[k * this.even + t] = weight;
        this.backwards[t * frames + (k % 2 === 0 ? 0 : this.even) + (k >> 1)] = weight;
      }
  }

  /** Coefficients [frames, channels] into `out` from `at` of a motion [frames, stride]. */
  forward(motion: Float32Array, stride: number, out: Float64Array, at: number): void {
    const { frames, channels, even, folded } = this;
    for (let t = 0; t < even; t++) {
      const first = t * stride;
      const last = (frames - 1 - t) * stride;
      const sum = t * channels;
      const difference = (even + t) * channels;
      if (first === last) for (let c = 0; c < channels; c++) folded[sum + c] = motion[first + c];
      else
        for (let c = 0; c < channels; c++) {
          folded[sum + c] = motion[first + c] + motion[last + c];
          folded[difference + c] = motion[first + c] - motion[last + c];
        }
    }
    for (let k = 0; k < frames; k++) {
      const rows = k % 2 === 0 ? even : frames - even;
      const from = k % 2 === 0 ? 0 : even * channels;
      combine(this.forwards, k * even, rows, folded, from, channels, out, at + k * channels);
    }
  }

  /** The motion of coefficients [frames, channels] from `at` on; what else is in `motion` [frames, stride] stays. */
  inverse(coefficients: Float64Array, at: number, motion: Float32Array, stride: number): void {
    const { frames, channels, even, folded } = this;
    for (let k = 0; k < frames; k++) {
      const to = ((k % 2 === 0 ? 0 : even) + (k >> 1)) * channels;
      folded.set(coefficients.subarray(at + k * channels, at + (k + 1) * channels), to);
    }
    const sums = new Float64Array(channels);
    const differences = new Float64Array(channels);
    for (let t = 0; t < even; t++) {
      const weights = t * frames;
      combine(this.backwards, weights, even, folded, 0, channels, sums, 0);
      combine(
        this.backwards,
        weights + even,
        frames - even,
        folded,
        even * channels,
        channels,
        differences,
        0,
      );
      const first = t * stride;
      const last = (frames - 1 - t) * stride;
      for (let c = 0; c < channels; c++) {
        // The middle frame of an odd number has no difference: the weights are 0 there.
        motion[first + c] = sums[c] + differences[c];
        motion[last + c] = sums[c] - differences[c];
      }
    }
  }
}

/** out[to + c] = sum over i < rows of weights[first + i] values[from + i width + c]; four rows a pass, since each pass writes `out`. */
function combine(
  weights: Float64Array,
  first: number,
  rows: number,
  values: Float64Array,
  from: number,
  width: number,
  out: Float64Array,
  to: number,
): void {
  out.fill(0, to, to + width);
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    const [w0, w1, w2, w3] = [
      weights[first + i],
      weights[first + i + 1],
      weights[first + i + 2],
      weights[first + i + 3],
    ];
    const a = from + i * width;
    const b = a + width;
    const c = b + width;
    const d = c + width;
    for (let j = 0; j < width; j++)
      out[to + j] += w0 * values[a + j] + w1 * values[b + j] + w2 * values[c + j] + w3 * values[d + j];
  }
  for (; i < rows; i++) {
    const weight = weights[first + i];
    const a = from + i * width;
    for (let j = 0; j < width; j++) out[to + j] += weight * values[a + j];
  }
}

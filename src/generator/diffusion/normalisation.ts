import { FEATURE_SIZE } from '../../motion/features.js';

/** Ends of the blocks of the features that share one deviation: turn, root step, root height, positions, rotations, steps, contacts. */
const BLOCKS = [0, 1, 3, 4, 67, 193, 259, 263];
/** Normalised features are clipped here before training: a diverged sample must not become the gradient. */
const CLIP = 30;

/**
 * Mean per feature and one deviation per block of features, the mean of its features' deviations, as HumanML3D's Std.npy has.
 * With a deviation per feature an offset of 3 mm in a hip, which hardly ever moves, would weigh as much as a raised arm.
 */
export class Normalisation {
  private constructor(
    readonly mean: Float64Array,
    readonly deviation: Float64Array,
  ) {}

  /** @param features [rows, 263] of real motion */
  static fit(features: Float32Array): Normalisation {
    const rows = features.length / FEATURE_SIZE;
    const mean = new Float64Array(FEATURE_SIZE);
    const deviation = new Float64Array(FEATURE_SIZE);
    for (let row = 0; row < features.length; row += FEATURE_SIZE)
      for (let j = 0; j < FEATURE_SIZE; j++) mean[j] += features[row + j] / rows;
    for (let row = 0; row < features.length; row += FEATURE_SIZE)
      for (let j = 0; j < FEATURE_SIZE; j++) deviation[j] += (features[row + j] - mean[j]) ** 2 / rows;
    for (let block = 0; block + 1 < BLOCKS.length; block++) {
      const [from, to] = [BLOCKS[block], BLOCKS[block + 1]];
      let sum = 0;
      for (let i = from; i < to; i++) sum += Math.sqrt(deviation[i]);
      // A block that never changes (no contact anywhere) keeps its scale.
      deviation.fill(sum > 0 ? sum / (to - from) : 1, from, to);
    }
    return new Normalisation(mean, deviation);
  }

  /** Features to what the model sees; numbers that are not finite become 0, others are clipped to +-30. */
  normalise(features: Float32Array): Float32Array {
    return features.map((value, i) => {
      const j = i % FEATURE_SIZE;
      const normal = (value - this.mean[j]) / this.deviation[j];
      return Number.isFinite(normal) ? Math.min(CLIP, Math.max(-CLIP, normal)) : 0;
    });
  }

  /** What the model gives to features. */
  denormalise(values: Float32Array): Float32Array {
    return values.map((value, i) => value * this.deviation[i % FEATURE_SIZE] + this.mean[i % FEATURE_SIZE]);
  }
}

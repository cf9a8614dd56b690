/** The scale on which a model sees features: about zero mean and unit variance over the training motions. */
import { FEATURE_SIZE } from '../../motion/features.js';
import { expectArgument } from '../errors.js';

/** Ends of the blocks of HumanML3D's features that share one deviation: turn, root step, root height, positions, rotations, steps, contacts. */
const BLOCKS = [0, 1, 3, 4, 67, 193, 259, 263];

/**
 * Mean per feature and one deviation per block of features, the mean of its features' deviations, as HumanML3D's Std.npy has.
 * With a deviation per feature an offset of 3 mm in a hip, which hardly ever moves, would weigh as much as a raised arm.
 * Features of another kind than HumanML3D's get a deviation each.
 */
export class Normalisation {
  /**
   * @param mean of each feature
   * @param deviation of each feature, above 0
   */
  constructor(
    readonly mean: Float32Array,
    readonly deviation: Float32Array,
  ) {
    expectArgument(deviation.length === mean.length, 'deviation', `${mean.length} numbers`, deviation.length);
    const finite =
      mean.every(Number.isFinite) && deviation.every((value) => value > 0 && value < Number.MAX_VALUE);
    expectArgument(finite, 'a normalisation', 'finite means and positive deviations', 'others');
  }

  /** The one that changes nothing. */
  static none(width: number): Normalisation {
    return new Normalisation(new Float32Array(width), new Float32Array(width).fill(1));
  }

  /** @param features [rows, width] of real motion; default width: HumanML3D's 263 */
  static fit(features: Float32Array, width = FEATURE_SIZE): Normalisation {
    const rows = features.length / width;
    expectArgument(
      Number.isInteger(rows) && rows > 0,
      'features',
      `rows of ${width} numbers`,
      features.length,
    );
    const mean = new Float64Array(width);
    const deviation = new Float64Array(width);
    for (let row = 0; row < features.length; row += width)
      for (let j = 0; j < width; j++) mean[j] += features[row + j] / rows;
    for (let row = 0; row < features.length; row += width)
      for (let j = 0; j < width; j++) deviation[j] += (features[row + j] - mean[j]) ** 2 / rows;
    const blocks = width === FEATURE_SIZE ? BLOCKS : Array.from({ length: width + 1 }, (_, j) => j);
    for (let block = 0; block + 1 < blocks.length; block++) {
      const [from, to] = [blocks[block], blocks[block + 1]];
      let sum = 0;
      for (let i = from; i < to; i++) sum += Math.sqrt(deviation[i]);
      // A block that never changes (no contact anywhere) keeps its scale.
      deviation.fill(sum > 0 ? sum / (to - from) : 1, from, to);
    }
    return new Normalisation(Float32Array.from(mean), Float32Array.from(deviation));
  }

  /**
   * The same with the deviations of some features divided by `weight`: errors in them count weight² as much, and they stand out of the
   * noise earlier (`feat_bias` of Guo et al., CVPR 2022).
   */
  emphasised(features: readonly number[], weight: number): Normalisation {
    const deviation = Float32Array.from(this.deviation);
    for (const j of features) deviation[j] /= weight;
    return new Normalisation(this.mean, deviation);
  }

  get width(): number {
    return this.mean.length;
  }

  /** Features [rows, width] to what the model sees. */
  normalise(features: Float32Array): Float32Array {
    return features.map((value, i) => (value - this.mean[i % this.width]) / this.deviation[i % this.width]);
  }

  /** What the model gives [rows, width] to features. */
  denormalise(values: Float32Array): Float32Array {
    return values.map((value, i) => value * this.deviation[i % this.width] + this.mean[i % this.width]);
  }
}

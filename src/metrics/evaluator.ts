import type { Plausibility } from '../motion/measure.js';
import { FRAME_SIZE } from '../motion/motion.js';
import { Random } from '../random/random.js';
import { ActionClassifier } from './classifier.js';
import { type FeatureMoments, featureMoments, frechetDistance } from './frechet.js';
import { kineticFeatures } from './kinetic-features.js';
import { coverage, diversity, nearestDistance, precisionRecall, withinDiversity } from './neighbours.js';
import { meanPlausibility, measureEach } from './physical.js';
import { PrincipalComponents, Standardiser } from './principal-components.js';
import { type Table, takeRows } from './table.js';

/** Principal components of the space that FID, diversity, precision, recall and nearest live in. */
const COMPONENTS = 24;
/** Redraws of real samples for the floor. */
const REDRAWS = 8;

/** Motions of one length with their classes. */
export interface LabelledMotions {
  /** [N, frames, 22, 3] m, y up. */
  joints: Float32Array;
  /** Class of each motion, length N. */
  labels: Int32Array;
}

/** A set of motions as the distributional metrics see it. */
export interface Described {
  /** Standardised hand-made features [N, 220]. */
  standardised: Table;
  /** Principal components [N, 24]. */
  components: Table;
}

export interface EvaluatorOptions {
  /** Real windows of the training split: they define the space, the classifier and the reference of precision and recall. */
  train: LabelledMotions;
  /** Real windows of clips that nothing is trained on: the reference of the Frechet distance. */
  test: LabelledMotions;
  classes: number;
  frames: number;
  fps: number;
  /** Samples per evaluation, and real windows that precision and recall compare with. */
  count: number;
}

/**
 * The metrics of generated motion against real motion; everything in it is fitted on real data once, without anything random but a keyed
 * choice of reference windows. Names, units and meaning: METRICS in `index.ts`.
 */
export class Evaluator {
  private constructor(
    private readonly options: EvaluatorOptions,
    private readonly standardiser: Standardiser,
    private readonly components: PrincipalComponents,
    private readonly classifier: ActionClassifier,
    /** The training windows, described. */
    readonly trainSet: Described,
    /** The held-out windows, described. */
    readonly testSet: Described,
    private readonly testMoments: FeatureMoments,
    /** Train windows that precision and recall compare with, then the others. */
    private readonly order: Int32Array,
  ) {}

  static fit(options: EvaluatorOptions): Evaluator {
    const { train, test, classes, frames, fps } = options;
    for (const [name, set] of Object.entries({ train, test }))
      if (set.labels.length < 2)
        throw new RangeError(
          `Expected two real windows or more for ${name} but received ${set.labels.length}`,
        );
    const trainRaw = kineticFeatures(train.joints, frames, fps);
    const standardiser = Standardiser.fit(trainRaw);
    const standardised = standardiser.apply(trainRaw);
    const components = PrincipalComponents.fit(standardised, COMPONENTS);
    const trainSet = { standardised, components: components.apply(standardised) };
    const testStandardised = standardiser.apply(kineticFeatures(test.joints, frames, fps));
    const testSet = { standardised: testStandardised, components: components.apply(testStandardised) };
    return new Evaluator(
      options,
      standardiser,
      components,
      ActionClassifier.fit(standardised, train.labels, classes),
      trainSet,
      testSet,
      featureMoments(testSet.components),
      new Random(0, 'precision and recall reference').permutation(train.labels.length),
    );
  }

  /** Share of the training windows' variance that the principal components hold. */
  get energy(): number {
    return this.components.energy;
  }

  describe(joints: Float32Array): Described {
    const standardised = this.standardiser.apply(
      kineticFeatures(joints, this.options.frames, this.options.fps),
    );
    return { standardised, components: this.components.apply(standardised) };
  }

  /** Frechet distance of motions to the held-out real windows. */
  fid(joints: Float32Array): number {
    return frechetDistance(featureMoments(this.describe(joints).components), this.testMoments);
  }

  /**
   * All metrics of a set of motions.
   * @param training the motions the model was trained on, described: for `nearest`
   */
  evaluate(motions: LabelledMotions, training: Described): Record<string, number> {
    const described = this.describe(motions.joints);
    return {
      ...this.distribution(described, motions.labels),
      ...this.recognition(described, motions.labels, training),
      ...this.physical(motions.joints),
    };
  }

  /**
   * What real motions score at the same count, one record a redraw: other training windows than the reference, as a perfect
   * model of the training split would give; accuracy and `nearest` of held-out windows, since the classifier and the model
   * have seen the training ones.
   */
  floors(count: number, training: Described, seed: number): Record<string, number>[] {
    const { train, test, frames } = this.options;
    const size = frames * FRAME_SIZE;
    return this.redraws(count, seed).map(({ seen, held }) => {
      const joints = new Float32Array(count * size);
      seen.forEach((from, to) => {
        joints.set(train.joints.subarray(from * size, (from + 1) * size), to * size);
      });
      return {
        ...this.distribution(
          takeDescribed(this.trainSet, seen),
          Int32Array.from(seen, (i) => train.labels[i]),
        ),
        ...this.recognition(
          takeDescribed(this.testSet, held),
          Int32Array.from(held, (i) => test.labels[i]),
          training,
        ),
        ...this.physical(joints),
      };
    });
  }

  /**
   * Positions of real windows that stand for `count` samples: training windows that are not the reference of precision and recall, and
   * held-out windows; one pair of sets a redraw, by keys that depend on the seed and its number.
   */
  redraws(count: number, seed: number): { seen: Int32Array; held: Int32Array }[] {
    const others = this.order.subarray(Math.min(this.referenceCount, this.order.length - 1));
    const everyTest = Int32Array.from(this.options.test.labels.keys());
    return Array.from({ length: REDRAWS }, (_, redraw) => ({
      seen: drawFrom(others, count, new Random(seed, 'floor train', redraw)),
      held: drawFrom(everyTest, count, new Random(seed, 'floor test', redraw)),
    }));
  }

  /** Training windows that precision and recall compare with. */
  get reference(): Int32Array {
    return this.order.subarray(0, this.referenceCount);
  }

  private get referenceCount(): number {
    return Math.min(this.options.count, this.order.length >> 1);
  }

  /** Metrics of a set as a distribution. */
  distribution({ components }: Described, labels: Int32Array): Record<string, number> {
    const reference = takeRows(this.trainSet.components, this.reference);
    const { precision, recall } = precisionRecall(reference, components);
    return {
      fid: frechetDistance(featureMoments(components), this.testMoments),
      diversity: diversity(components),
      withinDiversity: withinDiversity(components, labels),
      precision,
      recall,
      coverage: coverage(reference, components),
    };
  }

  /** Metrics that real motions pass only where nothing was fitted on them. */
  recognition(described: Described, labels: Int32Array, training: Described): Record<string, number> {
    return {
      accuracy: this.classifier.accuracy(described.standardised, labels),
      nearest: nearestDistance(described.components, training.components),
    };
  }

  private physical(joints: Float32Array): Record<string, number> {
    const { frames, fps } = this.options;
    return physicalMetrics(measureEach(joints, frames, fps));
  }
}

/** Means of what was measured of each motion, by the names of METRICS. */
export function physicalMetrics(each: readonly Plausibility[]): Record<string, number> {
  const { penetrate, float, skate, physErr, jerk, skateRatio, boneDeviation, rootSpeed } =
    meanPlausibility(each);
  return { penetrate, float, skate, physErr, jerk, skateRatio, boneDeviation, speed: rootSpeed };
}

/** The motions at these positions. */
export const takeDescribed = (
  { standardised, components }: Described,
  positions: ArrayLike<number>,
): Described => ({
  standardised: takeRows(standardised, positions),
  components: takeRows(components, positions),
});

/** `count` entries of a pool in random order; when the pool is smaller, all of it again and again. */
function drawFrom(pool: Int32Array, count: number, random: Random): Int32Array {
  const out = new Int32Array(count);
  for (let filled = 0; filled < count; filled += pool.length) {
    const order = random.permutation(pool.length).subarray(0, count - filled);
    order.forEach((position, i) => {
      out[filled + i] = pool[position];
    });
  }
  return out;
}

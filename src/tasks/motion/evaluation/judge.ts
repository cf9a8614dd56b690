import {
  type Described,
  Evaluator,
  type EvaluatorOptions,
  type LabelledMotions,
  physicalMetrics,
  takeDescribed,
} from '../../../metrics/evaluator.js';
import { featureMoments, frechetDistance } from '../../../metrics/frechet.js';
import { matchingDistance, rPrecision } from '../../../metrics/matching.js';
import { copyable, copyingDistance, poseSequences } from '../../../metrics/memorisation.js';
import { coverage, diversity, precisionRecall, withinDiversity } from '../../../metrics/neighbours.js';
import { measureEach } from '../../../metrics/physical.js';
import { type Table, takeRows } from '../../../metrics/table.js';
import type { Plausibility } from '../../../motion/measure.js';
import { type Embedded, LearnedEvaluator } from './learned-evaluator.js';

/** Where an evaluator is kept, so that a run that goes on is judged by the same bytes. */
export interface EvaluatorStore {
  read(): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<void>;
}

/** What the hand-made metrics are fitted on, and what the learned ones need beside it. */
export interface JudgeOptions extends EvaluatorOptions {
  /** Training steps of the learned evaluator. */
  steps: number;
  store?: EvaluatorStore;
  signal?: AbortSignal;
}

/** Motions in every space that a metric lives in. */
export interface Viewed {
  labels: Int32Array;
  kinetic: Described;
  embedded: Embedded;
  poses: Table;
  physical: readonly Plausibility[];
}

/** The real motions a model was trained on, as `nearest` and `memorisation` need them. */
export interface TrainingSet {
  kinetic: Described;
  /** With their mirror images. */
  poses: Table;
  /** Copying distance of all held-out windows. */
  held: number;
}

/**
 * All metrics of generated motion: the hand-made evaluator, the learned one, physics, and the check for copies. Pure functions of the
 * joints; see METRICS for what each means.
 */
export class Judge {
  private constructor(
    private readonly options: JudgeOptions,
    readonly evaluator: Evaluator,
    readonly learned: LearnedEvaluator,
    private readonly trainView: Viewed,
    private readonly testView: Viewed,
  ) {}

  /** Fits the hand-made evaluator, and reads or trains the learned one. */
  static async open(options: JudgeOptions): Promise<Judge> {
    const { train, test, classes, frames, store, steps, signal } = options;
    const evaluator = Evaluator.fit(options);
    const stored = await store?.read();
    const learned = stored
      ? LearnedEvaluator.read(stored, { frames, classes })
      : await LearnedEvaluator.train(train, { frames, classes, steps, signal });
    if (!stored) await store?.write(learned.bytes());
    const view = (motions: LabelledMotions, kinetic: Described) => viewOf(motions, kinetic, learned, options);
    return new Judge(
      options,
      evaluator,
      learned,
      await view(train, evaluator.trainSet),
      await view(test, evaluator.testSet),
    );
  }

  /** Names the learned evaluator's weights and the version of all metrics. */
  get hash(): string {
    return this.learned.hash;
  }

  view(motions: LabelledMotions): Promise<Viewed> {
    return viewOf(motions, this.evaluator.describe(motions.joints), this.learned, this.options);
  }

  /** @param joints [n, frames, 22, 3] of the real motions that a model is trained on */
  trainingSet(joints: Float32Array): TrainingSet {
    const poses = copyable(joints, this.options.frames);
    return {
      kinetic: this.evaluator.describe(joints),
      poses,
      held: copyingDistance(this.testView.poses, poses),
    };
  }

  /** Every metric of samples. */
  async evaluate(motions: LabelledMotions, training: TrainingSet): Promise<Record<string, number>> {
    const view = await this.view(motions);
    return this.metrics(view, view, training);
  }

  /** What real motions score at the same count, one record a redraw; see {@link Evaluator.floors}. */
  floors(count: number, training: TrainingSet, seed: number): Record<string, number>[] {
    return this.evaluator
      .redraws(count, seed)
      .map(({ seen, held }) =>
        this.metrics(takeViewed(this.trainView, seen), takeViewed(this.testView, held), training),
      );
  }

  /**
   * Every metric: distributions and physics of `seen`; of `held` the metrics that real motions pass only where nothing was fitted on
   * them (accuracy, matching, R-precision, distances to the training motions). Samples are both.
   */
  metrics(seen: Viewed, held: Viewed, training: TrainingSet): Record<string, number> {
    const { evaluator, learned, trainView, testView } = this;
    const { embedding } = seen.embedded;
    const reference = takeRows(trainView.embedded.embedding, evaluator.reference);
    const { precision, recall } = precisionRecall(reference, embedding);
    const [first, second, third] = rPrecision(held.embedded.shared, learned.conditions, held.labels);
    const copying = copyingDistance(held.poses, training.poses);
    return {
      ...evaluator.distribution(seen.kinetic, seen.labels),
      ...evaluator.recognition(held.kinetic, held.labels, training.kinetic),
      memorisation: training.held > 0 ? copying / training.held : 1,
      embeddingFid: frechetDistance(featureMoments(embedding), featureMoments(testView.embedded.embedding)),
      embeddingDiversity: diversity(embedding),
      multimodality: withinDiversity(embedding, seen.labels),
      embeddingPrecision: precision,
      embeddingRecall: recall,
      embeddingCoverage: coverage(reference, embedding),
      matching: matchingDistance(held.embedded.shared, learned.conditions, held.labels),
      rPrecision1: first,
      rPrecision2: second,
      rPrecision3: third,
      ...physicalMetrics(seen.physical),
    };
  }

  /** Ends the learned evaluator's thread; the next use starts another. */
  close(): Promise<void> {
    return this.learned.close();
  }
}

async function viewOf(
  { joints, labels }: LabelledMotions,
  kinetic: Described,
  learned: LearnedEvaluator,
  { frames, fps }: JudgeOptions,
): Promise<Viewed> {
  return {
    labels,
    kinetic,
    embedded: await learned.embed(joints),
    poses: poseSequences(joints, frames),
    physical: measureEach(joints, frames, fps),
  };
}

/** The motions at these positions. */
const takeViewed = (view: Viewed, positions: Int32Array): Viewed => ({
  labels: Int32Array.from(positions, (i) => view.labels[i]),
  kinetic: takeDescribed(view.kinetic, positions),
  embedded: {
    embedding: takeRows(view.embedded.embedding, positions),
    shared: takeRows(view.embedded.shared, positions),
  },
  poses: takeRows(view.poses, positions),
  physical: Array.from(positions, (i) => view.physical[i]),
});

/** Metrics of generated motion: train-free features, distances between sets, an action classifier, physical plausibility. */
export { ActionClassifier } from './classifier.js';
export { DAMAGES, type DamageContext, type DamageInfo, type DamageName, damage } from './damage.js';
export { type DistributionShift, distributionShift } from './distribution-shift.js';
export { type Described, Evaluator, type EvaluatorOptions, type LabelledMotions } from './evaluator.js';
export { featureMoments, frechetDistance } from './frechet.js';
export { KINETIC_FEATURE_COUNT, kineticFeatures } from './kinetic-features.js';
export { matchingDistance, type PoolOptions, rPrecision, unitRows } from './matching.js';
export { copyable, copyingDistance, poseSequences } from './memorisation.js';
export {
  coverage,
  diversity,
  nearestDistance,
  nearestDistances,
  precisionRecall,
  withinDiversity,
} from './neighbours.js';
export { meanPlausibility, measureEach } from './physical.js';
export { PrincipalComponents, Standardiser } from './principal-components.js';
export { symmetricEigen } from './symmetric-eigen.js';
export { columnMeans, covariance, distances, newTable, type Table, takeRows } from './table.js';

/**
 * Version of what the metrics are: raised whenever a number would come out differently for the same motion. A run goes on only under the
 * version it began with.
 */
export const METRICS_VERSION = 3;

export interface MetricInfo {
  label: string;
  /** Empty for a pure number. */
  unit: string;
  /** Which way is good; `real`: near the real data's value, neither more nor less. */
  better: 'lower' | 'higher' | 'real';
  meaning: string;
}

/** Every metric of the motion task by its name in metrics.jsonl. */
export const METRICS: Readonly<Record<string, MetricInfo>> = {
  fid: {
    label: 'kinetic FID',
    unit: '',
    better: 'lower',
    meaning:
      'Frechet distance to held-out real windows in 24 principal components of 220 hand-made kinetic and geometric features',
  },
  diversity: {
    label: 'diversity',
    unit: '',
    better: 'real',
    meaning: 'mean distance between two samples in the same space',
  },
  withinDiversity: {
    label: 'diversity within an action',
    unit: '',
    better: 'real',
    meaning: 'mean distance between two samples of one action, averaged over actions',
  },
  precision: {
    label: 'precision',
    unit: '',
    better: 'higher',
    meaning:
      'share of samples that lie among real motions (k = 3); it rises when a model collapses onto the middle',
  },
  recall: {
    label: 'recall',
    unit: '',
    better: 'higher',
    meaning: 'share of real motions that lie among the samples (k = 3): the variety that is left',
  },
  coverage: {
    label: 'coverage',
    unit: '',
    better: 'higher',
    meaning:
      'share of real motions with a sample nearer than their fifth real neighbour: the variety that is left, without the credit that recall gives to scattered samples',
  },
  accuracy: {
    label: 'condition accuracy',
    unit: '',
    better: 'higher',
    meaning:
      'share of samples that a classifier trained on real motion takes for the action they were asked to be; it may rise in a collapse',
  },
  nearest: {
    label: 'distance to training data',
    unit: '',
    better: 'real',
    meaning: 'mean distance to the nearest training motion: below the floor means copies of training data',
  },
  memorisation: {
    label: 'memorisation ratio',
    unit: '',
    better: 'real',
    meaning:
      'median distance of pose sequences to the nearest training motion or its mirror image, over that of held-out real motion; near 0: copies. Smooth, central poses lower it too',
  },
  embeddingFid: {
    label: 'embedding FID',
    unit: '',
    better: 'lower',
    meaning:
      'Frechet distance to held-out real windows in 32 numbers of a motion encoder trained on real motion by contrast with actions and by reconstruction',
  },
  embeddingDiversity: {
    label: 'embedding diversity',
    unit: '',
    better: 'real',
    meaning: 'mean distance between two samples in the learned space, over all pairs',
  },
  multimodality: {
    label: 'multimodality',
    unit: '',
    better: 'real',
    meaning:
      'mean distance between two samples of one action in the learned space, over all pairs, averaged over actions',
  },
  embeddingPrecision: {
    label: 'embedding precision',
    unit: '',
    better: 'higher',
    meaning: 'precision (k = 3) in the learned space',
  },
  embeddingRecall: {
    label: 'embedding recall',
    unit: '',
    better: 'higher',
    meaning: 'recall (k = 3) in the learned space',
  },
  embeddingCoverage: {
    label: 'embedding coverage',
    unit: '',
    better: 'higher',
    meaning: 'coverage (k = 5) in the learned space',
  },
  matching: {
    label: 'matching score',
    unit: '',
    better: 'lower',
    meaning:
      "mean distance, 0 to 2, of a sample's place to its action's in the space that motions and actions share; it may fall in a collapse",
  },
  rPrecision1: {
    label: 'R-precision, top 1',
    unit: '',
    better: 'higher',
    meaning:
      'share of samples whose action is the nearest of a pool of up to 32 different actions; chance is 1 over the number of actions. It may rise in a collapse',
  },
  rPrecision2: {
    label: 'R-precision, top 2',
    unit: '',
    better: 'higher',
    meaning: 'the same, among the two nearest',
  },
  rPrecision3: {
    label: 'R-precision, top 3',
    unit: '',
    better: 'higher',
    meaning: 'the same, among the three nearest',
  },
  penetrate: {
    label: 'penetration',
    unit: 'mm',
    better: 'lower',
    meaning: 'depth of the lowest joint below the floor, mean over frames',
  },
  float: {
    label: 'floating',
    unit: 'mm',
    better: 'real',
    meaning:
      'height of the lowest joint above the floor, mean over frames; real motion floats while it jumps or runs',
  },
  skate: {
    label: 'foot skate',
    unit: 'mm/frame',
    better: 'lower',
    meaning: 'horizontal step of feet that touch the floor; blind to motion that floats',
  },
  physErr: {
    label: 'physical error',
    unit: 'mm',
    better: 'lower',
    meaning: 'penetration + floating + foot skate',
  },
  jerk: {
    label: 'jerk',
    unit: 'm/s\u00b3',
    better: 'real',
    meaning: 'third derivative of the joint positions, mean; jitter raises it, over-smoothing lowers it',
  },
  skateRatio: {
    label: 'sliding steps',
    unit: '',
    better: 'lower',
    meaning: 'share of frames with a foot under 5 cm in which that foot moves more than 2.5 cm',
  },
  boneDeviation: {
    label: 'bone length deviation',
    unit: 'mm',
    better: 'lower',
    meaning: 'standard deviation of bone lengths over time, mean over bones',
  },
  speed: { label: 'speed', unit: 'm/s', better: 'real', meaning: 'mean speed of the pelvis' },
};

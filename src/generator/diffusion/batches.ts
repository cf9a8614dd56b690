/** What a training run draws: motions, windows of them, timesteps, dropped conditions. All of it is a function of (seed, step). */
import { FEATURE_SIZE } from '../../motion/features.js';
import { mirrorFeatures } from '../../motion/mirror-features.js';
import { Random } from '../../random/random.js';
import { expectArgument, expectInteger, expectRange } from '../errors.js';
import type { HostTensor } from '../runtime/protocol.js';
import type { BatchSource } from '../training/model.js';
import { type Bucket, bucketsOf } from './buckets.js';
import { type Conditions, conditionTensor, type EncodedConditions, encodeConditions } from './condition.js';
import type { MotionDiffusionConfig } from './config.js';
import type { Normalisation } from './normalisation.js';

export interface TrainingData {
  /** Features of all motions one after another [sum of lengths, features], not normalised. */
  features: Float32Array;
  /**
   * Frames of each motion, at least 1. A motion longer than the model's `frames` is shown through windows of that many, at
   * places drawn at random. Default: all motions have the model's.
   */
  lengths?: ArrayLike<number>;
  conditions?: Conditions;
  /** Conditions of the mirror images, where they cannot be told from `conditions`: needed to mirror with embeddings. */
  mirroredConditions?: Conditions;
  /** Relative probability of drawing each motion, at least 0; default: all equal. */
  weights?: ArrayLike<number>;
}

export interface DrawOptions {
  seed: number;
  /** Motions in a batch, drawn with replacement. */
  batch: number;
  /** Probability that a motion is shown without its condition. */
  conditionDrop: number;
  /** Show every second motion, drawn at random, as its mirror image; for HumanML3D features. */
  mirror: boolean;
}

/** Normalised features are clipped here: a diverged sample must not become the gradient. */
const CLIP = 30;
/** Steps in a row that draw from one bucket, so that they fit into one run of its graph. */
const BLOCK = 8;

/** The first index whose running total exceeds `target`. */
function find(totals: Float64Array, target: number): number {
  let low = 0;
  let high = totals.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (totals[middle] > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

function runningTotals(weights: ArrayLike<number>): Float64Array {
  let total = 0;
  return Float64Array.from(weights, (weight) => (total += weight));
}

const draw = (totals: Float64Array, random: Random): number =>
  find(totals, random.uniform(0, totals[totals.length - 1]));

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

async function checkFeatures(features: Float32Array): Promise<void> {
  const piece = 2 ** 20;
  for (let from = 0; from < features.length; from += piece) {
    const part = features.subarray(from, from + piece);
    const bad = part.findIndex((value) => !Number.isFinite(value));
    expectArgument(bad < 0, `features[${from + bad}]`, 'a finite number', part[bad]);
    await breathe();
  }
}

/** Lengths of the motions as given, checked against the features. */
function lengthsOf({ frames, features: width }: MotionDiffusionConfig, data: TrainingData): Int32Array {
  const { features, lengths } = data;
  const count = lengths?.length ?? features.length / (frames * width);
  const what = lengths ? 'one or more' : `a multiple of ${frames} x ${width} numbers`;
  expectArgument(
    Number.isInteger(count) && count > 0,
    lengths ? 'lengths' : 'features',
    what,
    lengths ? 'none' : features.length,
  );
  const result = Int32Array.from({ length: count }, (_, i) => lengths?.[i] ?? frames);
  result.forEach((length, i) => {
    expectInteger(`lengths[${i}]`, lengths?.[i] ?? length, 1);
  });
  const rows = result.reduce((sum, length) => sum + length, 0);
  expectArgument(
    features.length === rows * width,
    'features',
    `${rows} x ${width} = ${rows * width} numbers`,
    features.length,
  );
  return result;
}

/** An array of this length: a used one, if it fits. */
function float32Array(length: number, used: HostTensor | undefined): Float32Array {
  return used?.data instanceof Float32Array && used.data.length === length
    ? used.data
    : new Float32Array(length);
}

/** Inputs of the loss for `steps` steps, to be filled. */
function emptyBatch(
  { frames, padded }: Bucket,
  steps: number,
  batch: number,
  width: number,
  conditions: EncodedConditions | undefined,
  used: Readonly<Record<string, HostTensor>> | undefined,
) {
  const clean = float32Array(steps * batch * frames * width, used?.clean);
  const timesteps = new BigInt64Array(steps * batch);
  const lengths = new BigInt64Array(padded ? steps * batch : 0);
  const condition = conditions && conditionTensor(conditions, [steps, batch]);
  const inputs: Record<string, HostTensor> = {
    clean: { dtype: 'float32', shape: [steps, batch, frames, width], data: clean },
    timesteps: { dtype: 'int64', shape: [steps, batch], data: timesteps },
  };
  if (padded) inputs.lengths = { dtype: 'int64', shape: [steps, batch], data: lengths };
  if (condition) inputs.condition = condition.tensor;
  return { clean, timesteps, lengths, condition, inputs };
}

/**
 * Batches of motions for `MotionLoss`. Prepared step by step between other work of this thread, while the steps before are
 * trained in theirs.
 * @throws GeneratorError ERR_ARGUMENT
 */
export async function motionBatches(
  config: MotionDiffusionConfig,
  normalisation: Normalisation,
  data: TrainingData,
  { seed, batch, conditionDrop, mirror }: DrawOptions,
): Promise<BatchSource> {
  const { features: width, diffusionSteps } = config;
  const lengths = lengthsOf(config, data);
  const count = lengths.length;
  expectInteger('batch', batch, 1);
  expectRange('conditionDrop', conditionDrop, 0, 1);
  const { weights } = data;
  if (weights) {
    expectArgument(weights.length === count, 'weights', `${count} numbers`, weights.length);
    Array.from(weights).forEach((weight, i) => expectRange(`weights[${i}]`, weight, 0, Number.MAX_VALUE));
  }
  const conditions = encodeConditions(config.condition, data.conditions, count, 'keep');
  let mirrored = conditions;
  if (mirror) {
    expectArgument(
      width === FEATURE_SIZE,
      'mirror',
      `false for features that are not ${FEATURE_SIZE}`,
      mirror,
    );
    if (config.condition.kind === 'embedding')
      mirrored = encodeConditions(config.condition, data.mirroredConditions, count);
  }
  await checkFeatures(data.features);

  const starts = new Float64Array(count);
  for (let i = 1; i < count; i++) starts[i] = starts[i - 1] + lengths[i - 1];
  const shown = lengths.map((length) => Math.min(length, config.frames));
  const buckets = bucketsOf(shown).map((bucket) => ({
    ...bucket,
    totals: runningTotals(bucket.items.map((i) => weights?.[i] ?? 1)),
  }));
  const bucketTotals = runningTotals(buckets.map(({ totals }) => totals[totals.length - 1]));
  expectArgument(bucketTotals[bucketTotals.length - 1] > 0, 'weights', 'a positive sum', 0);
  const row = new Float32Array(width);

  const put = (
    out: Float32Array,
    at: number,
    frames: number,
    item: number,
    random: Random,
    flipped: boolean,
  ): void => {
    const first =
      starts[item] + (lengths[item] > shown[item] ? random.integer(lengths[item] - shown[item] + 1) : 0);
    out.fill(0, at + shown[item] * width, at + frames * width);
    for (let t = 0; t < shown[item]; t++, at += width) {
      const from = (first + t) * width;
      row.set(data.features.subarray(from, from + width));
      if (flipped) mirrorFeatures(row, row);
      for (let j = 0; j < width; j++) {
        const value = (row[j] - normalisation.mean[j]) / normalisation.deviation[j];
        out[at + j] = value > CLIP ? CLIP : value < -CLIP ? -CLIP : value;
      }
    }
  };

  return async (first, limit, used) => {
    const block = Math.floor(first / BLOCK);
    const bucket = buckets[buckets.length === 1 ? 0 : draw(bucketTotals, new Random(seed, 'bucket', block))];
    const steps = buckets.length === 1 ? limit : Math.min(limit, (block + 1) * BLOCK - first);
    const {
      clean,
      timesteps,
      lengths: sizes,
      condition,
      inputs,
    } = emptyBatch(bucket, steps, batch, width, conditions, used);
    for (let i = 0; i < steps * batch; i++) {
      if (i % batch === 0) await breathe();
      const random = new Random(seed, 'train', first + Math.floor(i / batch), i % batch);
      const item = bucket.items[draw(bucket.totals, random)];
      timesteps[i] = BigInt(random.integer(diffusionSteps));
      const flipped = mirror && random.uniform() < 0.5;
      const dropped = random.uniform() < conditionDrop;
      const pick = random.uniform();
      put(clean, i * bucket.frames * width, bucket.frames, item, random, flipped);
      if (bucket.padded) sizes[i] = BigInt(shown[item]);
      const source = flipped ? mirrored : conditions;
      if (condition && conditions)
        condition.put(i, dropped ? conditions.none : source!.of(item, pick, flipped));
    }
    return { steps, inputs };
  };
}

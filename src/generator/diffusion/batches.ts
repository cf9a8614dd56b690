/** What a training run draws: rows of the data, timesteps, dropped labels. All of it is a function of (seed, step). */
import { Random } from '../../random/random.js';
import { expectArgument, expectRange } from '../errors.js';

export interface TrainingData {
  /** Motions [N, frames, features], normalised to about zero mean and unit variance. */
  features: Float32Array;
  /** Class of each motion, 0 .. classes-1. */
  labels: Int32Array;
  /** Relative probability of drawing each motion, at least 0; default: all equal. */
  weights?: Float32Array;
}

/** Random choices of some training steps, one step after another. */
export interface Draws {
  rows: BigInt64Array;
  timesteps: BigInt64Array;
  labels: BigInt64Array;
}

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

function runningTotals(weights: Float32Array): Float64Array {
  let total = 0;
  const totals = Float64Array.from(weights, (weight, i) => {
    expectRange(`weights[${i}]`, weight, 0, Number.MAX_VALUE);
    total += weight;
    return total;
  });
  expectArgument(total > 0, 'weights', 'a positive sum', total);
  return totals;
}

export interface DrawOptions {
  seed: number;
  /** Motions in a batch, drawn with replacement. */
  batch: number;
  /** Probability that a motion is shown without its class. */
  labelDrop: number;
}

/** Returns a function that makes the draws of `count` steps from step `first` on. */
export function drawer(
  { labels, weights }: TrainingData,
  config: { classes: number; diffusionSteps: number },
  { seed, batch, labelDrop }: DrawOptions,
): (first: number, count: number) => Draws {
  const totals = weights && runningTotals(weights);
  return (first, count) => {
    const draws: Draws = {
      rows: new BigInt64Array(count * batch),
      timesteps: new BigInt64Array(count * batch),
      labels: new BigInt64Array(count * batch),
    };
    for (let i = 0; i < count * batch; i++) {
      const random = new Random(seed, 'train', first + Math.floor(i / batch), i % batch);
      const row = totals
        ? find(totals, random.uniform(0, totals[totals.length - 1]))
        : random.integer(labels.length);
      draws.rows[i] = BigInt(row);
      draws.timesteps[i] = BigInt(random.integer(config.diffusionSteps));
      draws.labels[i] = BigInt(random.uniform() < labelDrop ? config.classes : labels[row]);
    }
    return draws;
  };
}

import { assign } from '../loop/assignment.js';
import type { Metrics } from '../loop/layout.js';
import type { Corrector, Selector, Task, TheoryCurve } from '../loop/task.js';
import * as theory from '../loop/theory.js';
import { Random } from '../random/random.js';
import { fittedTask, type Key, moved } from './fitted.js';
import {
  drawNormal,
  fitNormal,
  logDeterminant,
  meanLength,
  meanVariance,
  type Normal,
  standardNormal,
  w2ToStandard,
} from './moments.js';
import { type Points, pointSets } from './sets.js';

export interface GaussianOptions {
  /** Dimensions d, 1 to 100; 2 unless given. */
  dimensions?: number;
}

/**
 * The smallest self-consuming loop, with known answers: real samples from N(0, I) in d dimensions, a generator that is the Gaussian
 * fitted to its training set by maximum likelihood, and the idealised corrector, which draws from the target itself, so that with
 * strength gamma the synthetic set is distributed as pi_gamma p = (p + gamma p*) / (1 + gamma) (Gillman et al. 2024, section 3.2).
 * The expected variance after generation t, which is fit t + 1, is known under `replace`, `accumulate` and `subsample` in any d: see
 * `replaceVariance`, `accumulateVariance`, `subsampleVariance` in src/loop/theory.ts.
 *
 * Metrics of the model: `modelVariance` (tr S / d; real: 1), `modelMean` (length of the mean), `modelW2` (2-Wasserstein distance to N(0, I)).
 * Metrics of its samples: `variance` (unbiased), `mean`, `w2`, the same of the samples' moments.
 */
export function gaussianTask(options: GaussianOptions = {}): Task<Points> {
  const { dimensions: d = 2 } = options;
  if (!(Number.isInteger(d) && d >= 1 && d <= 100))
    throw new RangeError(`Expected an integer from 1 to 100 for dimensions but received ${d}`);
  const target = standardNormal(d);
  const real = (count: number, key: Key): Points => drawNormal(count, target, new Random(...key));
  return fittedTask<Points, Normal>({
    name: 'gaussian',
    summary: 'a normal distribution of d dimensions, fitted by maximum likelihood',
    settings: { dimensions: d },
    defaults: { n: 100, generations: 50, arms: ['baseline', 'uncorrected', 'corrected'], gamma: 1 },
    sets: pointSets(d),
    real,
    fit(data, _previous, { weights }) {
      const model = fitNormal(data, d, weights);
      // Mean negative log likelihood of the points under their own fit; finite even for a collapsed one.
      return { model, loss: 0.5 * (d * Math.log(2 * Math.PI) + logDeterminant(model) + d) };
    },
    draw: (model, items, seed) => drawNormal(items.length, model, new Random(seed)),
    measure: (model) => ({
      modelVariance: meanVariance(model),
      modelMean: meanLength(model),
      modelW2: w2ToStandard(model),
    }),
    evaluate: (points) => evaluate(points, d),
    correctors: { exact: exactCorrector(d), placebo: placeboCorrector(d) },
    selector: (points) => transportSelector(points, d),
    rewards: { density: (points) => logDensity(points, d) },
    weights: true,
    extrapolate: (present, synthetic, weight) => extrapolate(present, synthetic, weight, d),
    disperse: ({ mean, covariance }, dispersion) => ({
      mean,
      covariance: covariance.map((value) => (1 + dispersion) ** 2 * value),
    }),
    theory: gaussianTheory,
  });
}

function evaluate(points: Points, d: number): Metrics {
  const count = points.length / d;
  const moments = fitNormal(points, d);
  return {
    variance: meanVariance(moments) * (count / (count - 1)),
    mean: meanLength(moments),
    w2: w2ToStandard(moments),
  };
}

/** Draws from the target in place of every sample: full correction; the loop's gamma makes it the exact pi_gamma. */
export const exactCorrector = (d: number): Corrector<Points> => ({
  async correct(points, { seed, generation }) {
    const count = points.length / d;
    const samples = drawNormal(count, standardNormal(d), new Random(seed, 'target', generation));
    return { samples, report: moved(count, meanDistance(points, samples, d)) };
  },
});

/** Moves every sample by a random vector, in the mean as far as the exact corrector moved its own. */
const placeboCorrector = (d: number): Corrector<Points> => ({
  async correct(points, { seed, generation, matched }) {
    const distance = typeof matched?.distance === 'number' ? matched.distance : 1;
    const count = points.length / d;
    const samples = drawNormal(count, standardNormal(d), new Random(seed, 'placebo', generation));
    const scale = distance / meanDistance(samples, new Float64Array(samples.length), d);
    for (let i = 0; i < samples.length; i++) samples[i] = points[i] + scale * samples[i];
    return { samples, report: moved(count, meanDistance(points, samples, d)) };
  },
});

/** One candidate for each real point by optimal transport of squared distances. */
const transportSelector = (real: Points, d: number): Selector<Points> => ({
  async select(candidates, items) {
    const columns = candidates.length / d;
    const cost = new Float64Array(items.length * columns);
    items.forEach((item, row) => {
      for (let j = 0; j < columns; j++) cost[row * columns + j] = squared(real, item, candidates, j, d);
    });
    const chosen = assign(cost, items.length, columns);
    const mean = chosen.reduce((sum, j, row) => sum + cost[row * columns + j], 0) / items.length;
    return { chosen, report: { candidates: columns, cost: mean } };
  },
});

/** Logarithm of the target's density: the reward of a verifier that knows it. */
function logDensity(points: Points, d: number): Float64Array {
  const count = points.length / d;
  const reward = new Float64Array(count).fill(-0.5 * d * Math.log(2 * Math.PI));
  for (let i = 0; i < points.length; i++) reward[Math.floor(i / d)] -= 0.5 * points[i] ** 2;
  return reward;
}

/** present - weight (synthetic - present); a negative variance this may give is taken as nought when it is drawn from. */
function extrapolate(present: Normal, synthetic: Normal, weight: number, d: number): Normal {
  const along = (a: number, b: number): number => a - weight * (b - a);
  const covariance = present.covariance.map((value, i) => along(value, synthetic.covariance[i]));
  for (let a = 0; a < d; a++) covariance[a * d + a] = Math.max(0, covariance[a * d + a]);
  return { mean: present.mean.map((value, i) => along(value, synthetic.mean[i])), covariance };
}

function squared(a: Points, i: number, b: Points, j: number, d: number): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (a[i * d + k] - b[j * d + k]) ** 2;
  return sum;
}

/** Mean distance of the points of two sets of the same order. */
export function meanDistance(a: Points, b: Points, d: number): number {
  const count = a.length / d;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.sqrt(squared(a, i, b, i, d));
  return count > 0 ? sum / count : 0;
}

/** Expected model variance of the arms whose law is known; lambda = 1 where synthetic samples count. */
const gaussianTheory: NonNullable<Task<Points>['theory']> = (settings) => {
  const { kind, regime, n, lambda, gamma, generations, realWeight, corrector, dispersion } = settings;
  if (realWeight !== 'count') return [];
  const curve = (name: string, source: string, at: (fits: number) => number): TheoryCurve[] => [
    {
      metric: 'modelVariance',
      name,
      source,
      of: 'mean',
      values: Array.from({ length: generations + 1 }, (_, t) => at(t + 1)),
    },
  ];
  if (kind === 'baseline' && regime !== 'fresh')
    return curve('1 - 1/N', 'maximum likelihood', () => theory.replaceVariance(n, 1));
  if (lambda !== 1) return [];
  if (kind === 'corrected' && regime === 'replace' && (corrector ?? 'exact') === 'exact')
    return curve('exact pi_gamma', 'Gillman et al. 2024, definition of pi_gamma', (fits) =>
      theory.correctedReplaceVariance(n, gamma, fits),
    );
  if (kind === 'dispersed' && regime === 'replace')
    return curve('((1 + d)^2 (1 - 1/N))^t', 'docs/loop.md', (fits) =>
      theory.dispersedReplaceVariance(n, dispersion, fits),
    );
  if (kind !== 'uncorrected') return [];
  if (regime === 'replace')
    return curve('(1 - 1/N)^t', 'Shumailov et al. 2023', (fits) => theory.replaceVariance(n, fits));
  if (regime === 'accumulate')
    return curve('prod (1 - 1/(N i^2))', 'Kazdan et al. 2024; docs/loop.md', (fits) =>
      theory.accumulateVariance(n, fits),
    );
  if (regime === 'subsample')
    return curve('simple random samples of the pool', 'docs/loop.md', (fits) =>
      theory.subsampleVariance(n, fits),
    );
  return [];
};

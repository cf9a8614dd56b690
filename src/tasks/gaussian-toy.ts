import { assign } from '../loop/assignment.js';
import { LoopError } from '../loop/errors.js';
import type { Corrector, Task } from '../loop/task.js';
import { Random } from '../random/random.js';
import { fittedTask, moved } from './fitted.js';
import { exactCorrector, meanDistance } from './gaussian.js';
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

const D = 2;
const TARGET = standardNormal(D);
/** Added to the variances of a fit, as scikit-learn's GaussianMixture does in the released script. */
const RIDGE = 1e-6;

/** Correction strengths of the paper's figure. */
export const TOY_GAMMAS: readonly number[] = [0, 0.01, 0.03, 0.1, 0.3, 1, 2, 5];

/**
 * The Gaussian toy of Gillman et al. (ICML 2024, arXiv 2402.07087) as released: N(0, I) in the plane, 50 real samples drawn once, 25
 * synthetic ones a generation (lambda = 1/2), 500 generations, older generations thinned linearly (regime `thin`), a maximum-likelihood
 * Gaussian. Metric `w2`: 2-Wasserstein distance between N(0, I) and the fitted Gaussian; beside it `variance` and `mean` of the fit.
 *
 * Correctors, with t = gamma / (1 + gamma):
 * - `released`: the sampler of the released code, {@link releasedCorrector}. At gamma = 0 it is not the identity.
 * - `transport`: of the code's earlier version: x becomes (1 - t) x + t y with fresh y of the target, matched by optimal transport.
 * - `exact`: pi_gamma itself, each sample replaced by one of the target with probability t.
 */
export const gaussianToyTask = (): Task<Points> =>
  fittedTask<Points, Normal>({
    name: 'gaussian-toy',
    summary:
      'the Gaussian toy of Gillman et al. 2024, with its corrector as released, the earlier one and the exact pi_gamma',
    settings: {},
    defaults: {
      n: 50,
      lambda: 0.5,
      generations: 500,
      regime: 'thin',
      gamma: 1,
      arms: ['baseline', 'uncorrected', 'corrected'],
    },
    sets: pointSets(D),
    real: (count, key) => drawNormal(count, TARGET, new Random(...key)),
    fit(data) {
      const model = fitNormal(data, D, undefined, RIDGE);
      return { model, loss: Math.log(2 * Math.PI) + 0.5 * logDeterminant(model) + 1 };
    },
    draw: (model, items, seed) => drawNormal(items.length, model, new Random(seed)),
    measure: (model) => ({
      w2: w2ToStandard(model),
      variance: meanVariance(model),
      mean: meanLength(model),
    }),
    correctors: { released: releasedCorrector, transport: transportCorrector, exact: exactCorrector(D) },
  });

const strength = (gamma: number): number => (gamma === Number.POSITIVE_INFINITY ? 1 : gamma / (1 + gamma));

const BINS = 10;
/** Proposals per sample after which the sampler gives up. */
const PATIENCE = 1_000_000;

/**
 * New samples in place of all, by rejection from N(0, I): the density wanted is (1 - t) h + t N(0, I), h the histogram of the samples
 * with 10 x 10 bins between their extremes. A proposal x is taken when a uniform number is below `((1 - t) h(x) / N(x) + t) / M`, with
 * `M = (1 - t) max h / N(0) + t`. As in the released code M is no bound where N(x) is small, so that the tails come out too thin, and
 * a proposal up to one bin below the smallest sample counts as in the first bin (an index truncated towards nought).
 */
const releasedCorrector: Corrector<Points> = {
  ownGamma: true,
  async correct(points, { seed, generation, gamma }) {
    const count = points.length / D;
    const t = strength(gamma);
    const random = new Random(seed, 'reject', generation);
    const { low, step, density, peak } = histogram(points);
    const [x0, y0] = low;
    const [dx, dy] = step;
    // Densities times 2 pi, so that N(x) is exp(-r^2 / 2).
    const share = (1 - t) * 2 * Math.PI;
    const bound = share * peak + t;
    const samples = new Float64Array(points.length);
    let left = PATIENCE * count;
    for (let i = 0; i < count; ) {
      if (left-- === 0)
        throw new LoopError(
          'ERR_TASK',
          `Expected samples within reach of the target for the released corrector but received none after ${PATIENCE} proposals each`,
        );
      const x = random.normal();
      const y = random.normal();
      const u = random.uniform();
      const column = Math.trunc((x - x0) / dx);
      const row = Math.trunc((y - y0) / dy);
      const inside = column >= 0 && column < BINS && row >= 0 && row < BINS;
      const wanted = inside ? share * density[column * BINS + row] * Math.exp(0.5 * (x * x + y * y)) + t : t;
      if (wanted > u * bound) {
        samples[2 * i] = x;
        samples[2 * i + 1] = y;
        i++;
      }
    }
    return { samples, report: moved(count, meanDistance(points, samples, D)) };
  },
};

/** Counts over 10 x 10 bins between the extremes (one unit wide where these agree), as a density, row-major [x, y]. */
function histogram(points: Points): { low: number[]; step: number[]; density: Float64Array; peak: number } {
  const count = points.length / D;
  const low: number[] = [];
  const step: number[] = [];
  for (let a = 0; a < D; a++) {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = a; i < points.length; i += D) {
      if (points[i] < least) least = points[i];
      if (points[i] > most) most = points[i];
    }
    if (least === most) {
      least -= 0.5;
      most += 0.5;
    }
    low.push(least);
    step.push((most - least) / BINS);
  }
  const density = new Float64Array(BINS * BINS);
  const each = 1 / (count * step[0] * step[1]);
  let peak = 0;
  for (let i = 0; i < count; i++) {
    // The last bin is closed on both sides.
    const column = Math.min(BINS - 1, Math.floor((points[2 * i] - low[0]) / step[0]));
    const row = Math.min(BINS - 1, Math.floor((points[2 * i + 1] - low[1]) / step[1]));
    const bin = column * BINS + row;
    density[bin] += each;
    if (density[bin] > peak) peak = density[bin];
  }
  return { low, step, density, peak };
}

const transportCorrector: Corrector<Points> = {
  ownGamma: true,
  async correct(points, { seed, generation, gamma }) {
    const count = points.length / D;
    const t = strength(gamma);
    const target = drawNormal(count, TARGET, new Random(seed, 'target', generation));
    const cost = new Float64Array(count * count);
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) {
        const dx = points[2 * i] - target[2 * j];
        const dy = points[2 * i + 1] - target[2 * j + 1];
        cost[i * count + j] = Math.sqrt(dx * dx + dy * dy);
      }
    const partner = assign(cost, count, count);
    const samples = new Float64Array(points.length);
    for (let i = 0; i < samples.length; i++)
      samples[i] = (1 - t) * points[i] + t * target[2 * partner[i >> 1] + (i & 1)];
    return { samples, report: moved(count, meanDistance(points, samples, D)) };
  },
};

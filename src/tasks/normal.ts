import { LoopError } from '../loop/errors.js';
import type { Task } from '../loop/task.js';
import { medianDeviation } from '../loop/theory.js';
import { Random } from '../random/random.js';
import { fittedTask } from './fitted.js';
import type { Sets } from './sets.js';

export interface NormalOptions {
  /** Samples that one item of the loop stands for, 1 to 1e9; 1 unless given. M = n batch. */
  batch?: number;
}

/** What a normal fit knows of a sample set: how many items, the samples' mean, and the sum of squared deviations from it. */
interface Statistics {
  count: number;
  mean: number;
  squares: number;
}

/**
 * The single normal of Shumailov et al. (arXiv 2305.17493; Nature 631, 2024): N(0, 1), fitted by mean and biased deviation, M = n `batch` samples a
 * generation. A set of samples is held as its sufficient statistics, which is exact, not an approximation: of M draws from N(mu, sigma^2) the
 * mean is N(mu, sigma^2 / M) and, independent of it, the sum of squared deviations sigma^2 chi^2(M - 1), and the fit sees nothing else. So
 * M = 10,000 costs what M = 10 does. The price: regimes that pick single samples (subsample, thin, keep) are refused; task `gaussian` with
 * one dimension has those.
 *
 * Metrics: `sigma`, `mean` (absolute), `w2` (sqrt(mean^2 + (sigma - 1)^2)), all of the model.
 */
export function normalTask(options: NormalOptions = {}): Task<Statistics> {
  const { batch = 1 } = options;
  if (!(Number.isInteger(batch) && batch >= 1 && batch <= 1e9))
    throw new RangeError(`Expected an integer from 1 to 1000000000 for batch but received ${batch}`);
  const draw = (count: number, mean: number, sigma: number, random: Random): Statistics => ({
    ...drawStatistics(count * batch, mean, sigma, random),
    count,
  });
  return fittedTask<Statistics, { mean: number; sigma: number }>({
    name: 'normal',
    summary:
      'one normal distribution by its sufficient statistics: any number of samples at the same cost (Shumailov et al.)',
    settings: { batch },
    defaults: { n: 1000, generations: 1000, regime: 'replace', arms: ['baseline', 'uncorrected'] },
    sets: statisticsSets(batch),
    real: (count, key) => draw(count, 0, 1, new Random(...key)),
    fit({ count, mean, squares }) {
      const sigma = Math.sqrt(squares / (count * batch));
      return {
        model: { mean, sigma },
        loss: 0.5 * Math.log(2 * Math.PI) + Math.log(Math.max(1e-300, sigma)) + 0.5,
      };
    },
    draw: ({ mean, sigma }, items, seed) => draw(items.length, mean, sigma, new Random(seed)),
    measure: ({ mean, sigma }) => ({ sigma, mean: Math.abs(mean), w2: Math.hypot(mean, sigma - 1) }),
    theory: ({ kind, regime, n, lambda, generations, realWeight }) =>
      kind === 'uncorrected' &&
      regime === 'replace' &&
      lambda === 1 &&
      realWeight === 'count' &&
      n * batch > 1
        ? [
            {
              metric: 'sigma',
              name: 'exp(-t/M)',
              source: 'Shumailov et al. 2023; drift of log chi^2',
              of: 'median',
              values: Array.from({ length: generations + 1 }, (_, t) => medianDeviation(n * batch, t + 1)),
            },
          ]
        : [],
  });
}

const statisticsSets = (batch: number): Sets<Statistics> => ({
  size: ({ count }) => count,
  take(set, positions) {
    let whole = positions.length === set.count;
    for (let i = 0; whole && i < positions.length; i++) whole = positions[i] === i;
    if (!whole)
      throw new LoopError(
        'ERR_TASK',
        'Expected a regime that uses whole generations for the task normal but received one that picks samples',
      );
    return set;
  },
  // Chan, Golub and LeVeque 1979, updating formula (1.5b).
  concat: (sets) =>
    sets.reduce((a, b) => {
      if (a.count === 0) return b;
      if (b.count === 0) return a;
      const count = a.count + b.count;
      const delta = b.mean - a.mean;
      return {
        count,
        mean: a.mean + (delta * b.count) / count,
        squares: a.squares + b.squares + (delta * delta * batch * a.count * b.count) / count,
      };
    }),
  toJson: (set) => set,
  fromJson: (json) => json as Statistics,
});

function drawStatistics(count: number, mean: number, sigma: number, random: Random): Statistics {
  if (count === 0) return { count, mean: 0, squares: 0 };
  return {
    count,
    mean: mean + (sigma * random.normal()) / Math.sqrt(count),
    squares: sigma * sigma * chiSquared(count - 1, random),
  };
}

/**
 * A chi-squared number of `degrees` >= 0 degrees of freedom: twice a gamma variate of shape degrees / 2 by Marsaglia and Tsang ("A simple
 * method for generating gamma variables", ACM TOMS 26, 2000); one degree is the square of a normal.
 */
export function chiSquared(degrees: number, random: Random): number {
  if (degrees === 0) return 0;
  if (degrees === 1) return random.normal() ** 2;
  const d = degrees / 2 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = (random.word() + 0.5) / 2 ** 32;
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return 2 * d * v;
  }
}

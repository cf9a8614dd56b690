import type { Task, TheoryCurve } from '../loop/task.js';
import { type RegressionSize, regressionAccumulate, regressionReplace } from '../loop/theory.js';
import { Random } from '../random/random.js';
import { fittedTask, type Key } from './fitted.js';
import { cholesky } from './moments.js';
import { type Points, pointSets } from './sets.js';

export interface RegressionOptions {
  /** Features d, 1 to 100; 10 unless given. */
  features?: number;
  /** Deviation of the labels' noise, >= 0; 1 unless given. */
  sigma?: number;
}

/**
 * Linear regression on its own labels (Gerstgrasser et al., arXiv 2404.01413, section 3): T = n rows x ~ N(0, I_d), y = x w* + sigma e. The model
 * is least squares; a synthetic sample is the features of its real item with the label `x w + sigma e`, fresh e. With all rows relabelled once a
 * generation (lambda = 1) the test error of fit n is `sigma^2 d / (T - d - 1)` times n under `replace` and times `sum_{i<=n} 1/i^2` under
 * `accumulate`.
 *
 * Samples are rows (x, y), row-major [row, d + 1]. Metric: `error`, the expected squared error on x ~ N(0, I) against noiseless
 * targets, which is |w - w*|^2 exactly: no test points are drawn.
 */
export function regressionTask(options: RegressionOptions = {}): Task<Points> {
  const { features: d = 10, sigma = 1 } = options;
  if (!(Number.isInteger(d) && d >= 1 && d <= 100))
    throw new RangeError(`Expected an integer from 1 to 100 for features but received ${d}`);
  if (!(Number.isFinite(sigma) && sigma >= 0))
    throw new RangeError(`Expected a finite number >= 0 for sigma but received ${sigma}`);
  const width = d + 1;
  const truth = (seed: number | string): Float64Array => {
    const random = new Random(seed, 'weights');
    return Float64Array.from({ length: d }, () => random.normal());
  };
  const label = (rows: Points, i: number, weights: ArrayLike<number>, random: Random): void => {
    let y = sigma * random.normal();
    for (let a = 0; a < d; a++) y += rows[i * width + a] * weights[a];
    rows[i * width + d] = y;
  };
  return fittedTask<Points, number[]>({
    name: 'regression',
    summary: 'linear regression on its own labels (Gerstgrasser et al. 2024)',
    settings: { features: d, sigma },
    defaults: { n: 100, generations: 20, regime: 'accumulate', arms: ['baseline', 'uncorrected'] },
    sets: pointSets(width),
    real(count: number, key: Key) {
      const weights = truth(key[0]);
      const random = new Random(...key);
      const rows = new Float64Array(count * width);
      for (let i = 0; i < count; i++) {
        for (let a = 0; a < d; a++) rows[i * width + a] = random.normal();
        label(rows, i, weights, random);
      }
      return rows;
    },
    fit: (rows, _previous, { weights }) => leastSquares(rows, d, weights),
    draw(model, items, seed, real) {
      const random = new Random(seed);
      const rows = new Float64Array(items.length * width);
      for (let i = 0; i < items.length; i++) {
        for (let a = 0; a < d; a++) rows[i * width + a] = real[items[i] * width + a];
        label(rows, i, model, random);
      }
      return rows;
    },
    measure(model, seed) {
      const weights = truth(seed);
      return { error: model.reduce((sum, w, a) => sum + (w - weights[a]) ** 2, 0) };
    },
    weights: true,
    theory: ({ kind, regime, n, lambda, generations, realWeight }): TheoryCurve[] => {
      const size: RegressionSize = { d, rows: n, sigma };
      const law = { replace: regressionReplace, accumulate: regressionAccumulate }[regime as string];
      const known = kind === 'baseline' ? regime !== 'fresh' : kind === 'uncorrected' && lambda === 1 && law;
      if (!known || n < d + 2 || realWeight !== 'count') return [];
      const factor = kind === 'baseline' ? '' : regime === 'replace' ? ' t' : ' sum 1/i^2';
      return [
        {
          metric: 'error',
          name: `sigma^2 d / (T - d - 1)${factor}`,
          source: 'Gerstgrasser et al. 2024, theorems 1 and 2',
          of: 'mean',
          values: Array.from({ length: generations + 1 }, (_, t) =>
            kind === 'baseline' || !law ? regressionReplace(size, 1) : law(size, t + 1),
          ),
        },
      ];
    },
  });
}

/** (Weighted) least squares by the normal equations: w = (X^T X)^-1 X^T y, and the mean squared residual. */
function leastSquares(rows: Points, d: number, weights?: Float64Array): { model: number[]; loss: number } {
  const width = d + 1;
  const count = rows.length / width;
  // The Gram matrix of (x, y): X^T X, X^T y and y^T y in one.
  const gram = new Float64Array(width * width);
  for (let i = 0; i < count; i++) {
    const at = i * width;
    const weight = weights ? weights[i] : 1;
    for (let a = 0; a < width; a++) {
      const value = weight * rows[at + a];
      for (let b = 0; b <= a; b++) gram[a * width + b] += value * rows[at + b];
    }
  }
  // Its Cholesky factor's last row holds L^-1 X^T y and, at the end, the root of the residual sum of squares.
  const factor = cholesky(gram, width);
  const model = new Array<number>(d).fill(0);
  for (let a = d - 1; a >= 0; a--) {
    let sum = factor[d * width + a];
    for (let b = a + 1; b < d; b++) sum -= factor[b * width + a] * model[b];
    const pivot = factor[a * width + a];
    model[a] = pivot > 0 ? sum / pivot : 0;
  }
  return { model, loss: factor[d * width + d] ** 2 / Math.max(1, count) };
}

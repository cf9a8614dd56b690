import { LoopError } from '../loop/errors.js';
import type { Corrector, Task } from '../loop/task.js';
import { boundCurve, type ModelConstants } from '../loop/theory.js';
import { fittedTask, moved } from './fitted.js';
import type { Sets } from './sets.js';

/** So many samples of one distribution: of the data, or of the model at one theta. */
interface Share {
  theta: number | 'data';
  count: number;
}

export interface LocationOptions {
  /** Deviation of the data N(0, spread^2), > 0; 1 unless given. */
  spread?: number;
  /** theta of generation 0; theta* is 0. 0.1 unless given. */
  start?: number;
}

/**
 * A model whose alpha, L and epsilon are known, to hold the stability theorem of Gillman et al. (arXiv 2402.07087) against the loop:
 * the location family `p_theta(x) = 1 / (pi cosh(x - theta))` on data N(0, spread^2), which it does not contain. Its log-density is
 * `-log cosh(x - theta)` with the Hessian `-1 / cosh^2(x - theta)` in theta, so that theta* = 0 by symmetry and
 * - alpha = E_data[1 / cosh^2 x], by quadrature;
 * - L = max |2 sinh / cosh^3| = 4 / (3 sqrt 3);
 * - epsilon = W1(p_theta*, data) = integral |F - G|, by quadrature.
 *
 * The loop is taken in the limit of infinitely many samples: a set of samples is a list of distributions and counts, only the
 * proportions count, and a fit maximises the exact expected log-likelihood. What is random is which samples the loop corrects. As the fit to the
 * data alone would be theta* at once, the fit from scratch gives `start`. Metric: `distance`, |theta - theta*|.
 */
export function locationTask(options: LocationOptions = {}): Task<Share[]> {
  const { spread = 1, start = 0.1 } = options;
  if (!(Number.isFinite(spread) && spread > 0))
    throw new RangeError(`Expected a finite number > 0 for spread but received ${spread}`);
  if (!(Number.isFinite(start) && Math.abs(start) <= 5))
    throw new RangeError(`Expected a number from -5 to 5 for start but received ${start}`);
  const exact: Corrector<Share[]> = {
    async correct(samples) {
      const count = SHARES.size(samples);
      const distance = samples.reduce(
        (sum, s) => sum + s.count * Math.abs(s.theta === 'data' ? 0 : s.theta),
        0,
      );
      return { samples: [{ theta: 0, count }], report: moved(count, count > 0 ? distance / count : 0) };
    },
  };
  return fittedTask<Share[], number>({
    name: 'location',
    summary: 'a location family with known alpha, L and epsilon, in the limit of infinitely many samples',
    settings: { spread, start },
    defaults: {
      n: 10_000,
      generations: 12,
      lambda: 0.3,
      gamma: 1,
      arms: ['baseline', 'uncorrected', 'corrected'],
    },
    sets: SHARES,
    real: (count) => [{ theta: 'data', count }],
    fit: (shares, previous) => ({
      model: previous === undefined ? start : maximise(shares, spread, previous),
      loss: 0,
    }),
    draw: (theta, items) => (items.length > 0 ? [{ theta, count: items.length }] : []),
    measure: (theta) => ({ distance: Math.abs(theta) }),
    correctors: { exact },
    theory({ kind, regime, lambda, gamma, generations, corrector, realWeight }) {
      const known = kind === 'uncorrected' || (kind === 'corrected' && (corrector ?? 'exact') === 'exact');
      if (!known || regime !== 'augment' || realWeight !== 'count') return [];
      const values = boundCurve(lambda, kind === 'corrected' ? gamma : 0, {
        generations,
        distance: Math.abs(start),
        model: locationConstants(spread),
      });
      if (!values.every(Number.isFinite)) return [];
      return [
        {
          metric: 'distance',
          name: '(rho / (1 + gamma))^t |theta_0 - theta*|',
          source: 'Gillman et al. 2024, theorem 4.3',
          of: 'upper bound',
          values: [...values],
        },
      ];
    },
  });
}

/** alpha, L and epsilon of {@link locationTask}. */
export function locationConstants(spread: number): ModelConstants {
  let alpha = 0;
  quadrature(spread, 'data', (x, weight) => {
    alpha += weight / Math.cosh(x) ** 2;
  });
  // W1 on the line: the integral of |F - G|, both odd about one half, hence twice its right half.
  let epsilon = 0;
  let normal = 0;
  const step = 1e-3;
  const end = 40 + 10 * spread;
  for (let i = 0; i * step < end; i++) {
    const x = (i + 0.5) * step;
    const sech = (2 / Math.PI) * Math.atan(Math.tanh(x / 2));
    const density = (at: number): number =>
      Math.exp(-0.5 * (at / spread) ** 2) / (spread * Math.sqrt(2 * Math.PI));
    const half = normal + (step / 2) * density(x - step / 4);
    normal += step * density(x);
    epsilon += 2 * step * Math.abs(sech - half);
  }
  return { alpha, L: 4 / (3 * Math.sqrt(3)), epsilon };
}

/** Calls `at` with nodes and weights (sum 1) of a midpoint rule of the density: it converges exponentially for such tails. */
function quadrature(spread: number, theta: number | 'data', at: (x: number, weight: number) => void): void {
  const wide = theta === 'data' ? spread : 1;
  const half = theta === 'data' ? 9 * spread : 40;
  const step = Math.min(0.1, wide / 8);
  const middle = theta === 'data' ? 0 : theta;
  for (let x = -half; x <= half; x += step) {
    const density =
      theta === 'data'
        ? Math.exp(-0.5 * (x / spread) ** 2) / (spread * Math.sqrt(2 * Math.PI))
        : 1 / (Math.PI * Math.cosh(x));
    at(middle + x, step * density);
  }
}

/** The theta that maximises the expected log-likelihood of a mixture, which is concave: Newton's method with halved steps. */
function maximise(shares: readonly Share[], spread: number, from: number): number {
  const total = SHARES.size(shares as Share[]);
  if (total === 0) return from;
  const counts = new Map<Share['theta'], number>();
  for (const share of shares) counts.set(share.theta, (counts.get(share.theta) ?? 0) + share.count);
  let theta = from;
  for (let round = 0; round < 60; round++) {
    let slope = 0;
    let curvature = 0;
    for (const [source, count] of counts)
      quadrature(spread, source, (x, weight) => {
        const t = Math.tanh(x - theta);
        slope += (count / total) * weight * t;
        curvature += (count / total) * weight * (1 - t * t);
      });
    const step = Math.max(-0.5, Math.min(0.5, slope / curvature));
    theta += step;
    if (Math.abs(step) < 1e-14) break;
  }
  return theta;
}

const SHARES: Sets<Share[]> = {
  size: (shares) => shares.reduce((sum, { count }) => sum + count, 0),
  take(shares, positions) {
    // Runs of equal distributions are kept as one share, in the order of the positions.
    const taken: Share[] = [];
    let index = 0;
    let begin = 0;
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i];
      if (position < begin) {
        index = 0;
        begin = 0;
      }
      while (index < shares.length && position >= begin + shares[index].count) begin += shares[index++].count;
      if (index >= shares.length)
        throw new LoopError('ERR_TASK', `Expected a position within the samples but received ${position}`);
      const last = taken[taken.length - 1];
      if (last && last.theta === shares[index].theta) last.count++;
      else taken.push({ theta: shares[index].theta, count: 1 });
    }
    return taken;
  },
  concat(sets) {
    const all: Share[] = [];
    for (const set of sets)
      for (const share of set) {
        const last = all[all.length - 1];
        if (last && last.theta === share.theta) last.count += share.count;
        else all.push({ ...share });
      }
    return all;
  },
  toJson: (shares) => shares,
  fromJson: (json) => json as Share[],
};

import { symmetricEigen } from '../metrics/symmetric-eigen.js';
import type { Random } from '../random/random.js';
import type { Points } from './sets.js';

/** A normal distribution of d dimensions: mean `[d]` and covariance, row-major `[d, d]`. */
export interface Normal {
  mean: number[];
  covariance: number[];
}

/** N(0, I). */
export const standardNormal = (d: number): Normal => ({
  mean: new Array<number>(d).fill(0),
  covariance: Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0)),
});

/**
 * Maximum-likelihood fit: mean and covariance with 1/N.
 * @param weights one per point, of any sum > 0; all alike when left out
 * @param ridge added to the diagonal of the covariance
 */
export function fitNormal(points: Points, d: number, weights?: Float64Array, ridge = 0): Normal {
  const count = points.length / d;
  if (count === 0) throw new RangeError('Expected one point or more for a fit but received none');
  const mean = new Array<number>(d).fill(0);
  const covariance = new Array<number>(d * d).fill(0);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const weight = weights ? weights[i] : 1;
    total += weight;
    for (let a = 0; a < d; a++) mean[a] += weight * points[i * d + a];
  }
  for (let a = 0; a < d; a++) mean[a] /= total;
  if (d === 2) {
    // The hot path of the two-dimensional toy: the same sums in local variables.
    const [mx, my] = mean;
    let xx = 0;
    let xy = 0;
    let yy = 0;
    for (let i = 0; i < count; i++) {
      const weight = weights ? weights[i] : 1;
      const dx = points[2 * i] - mx;
      const dy = points[2 * i + 1] - my;
      xx += weight * dx * dx;
      xy += weight * dx * dy;
      yy += weight * dy * dy;
    }
    covariance[0] = xx / total + ridge;
    covariance[1] = xy / total;
    covariance[2] = xy / total;
    covariance[3] = yy / total + ridge;
    return { mean, covariance };
  }
  for (let i = 0; i < count; i++) {
    const weight = weights ? weights[i] : 1;
    for (let a = 0; a < d; a++) {
      const da = weight * (points[i * d + a] - mean[a]);
      for (let b = 0; b <= a; b++) covariance[a * d + b] += da * (points[i * d + b] - mean[b]);
    }
  }
  for (let a = 0; a < d; a++)
    for (let b = 0; b <= a; b++) {
      covariance[a * d + b] = covariance[a * d + b] / total + (a === b ? ridge : 0);
      covariance[b * d + a] = covariance[a * d + b];
    }
  return { mean, covariance };
}

/** Lower Cholesky factor, row-major `[d, d]`; a column of a singular matrix becomes nought. */
export function cholesky(covariance: ArrayLike<number>, d: number): Float64Array {
  const factor = new Float64Array(d * d);
  for (let j = 0; j < d; j++) {
    let pivot = covariance[j * d + j];
    for (let k = 0; k < j; k++) pivot -= factor[j * d + k] ** 2;
    const root = Math.sqrt(Math.max(0, pivot));
    factor[j * d + j] = root;
    for (let i = j + 1; i < d; i++) {
      let sum = covariance[i * d + j];
      for (let k = 0; k < j; k++) sum -= factor[i * d + k] * factor[j * d + k];
      factor[i * d + j] = root > 0 ? sum / root : 0;
    }
  }
  return factor;
}

/** `count` draws. Point i takes the numbers i d .. i d + d - 1 of the stream, whatever `count` is. */
export function drawNormal(count: number, { mean, covariance }: Normal, random: Random): Points {
  const d = mean.length;
  const factor = cholesky(covariance, d);
  const points = new Float64Array(count * d);
  const z = new Float64Array(d);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < d; a++) z[a] = random.normal();
    for (let a = 0; a < d; a++) {
      let value = mean[a];
      for (let b = 0; b <= a; b++) value += factor[a * d + b] * z[b];
      points[i * d + a] = value;
    }
  }
  return points;
}

/** Sum of the square roots of a covariance's eigenvalues, `tr S^1/2`. */
function traceOfRoot(s: readonly number[], d: number): number {
  if (d === 1) return Math.sqrt(Math.max(0, s[0]));
  // Of a 2 x 2 matrix: sqrt(tr S + 2 sqrt(det S)).
  if (d === 2)
    return Math.sqrt(Math.max(0, s[0] + s[3] + 2 * Math.sqrt(Math.max(0, s[0] * s[3] - s[1] * s[2]))));
  return symmetricEigen(s, d).values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

/** 2-Wasserstein distance between N(0, I) and a normal: `sqrt(|m|^2 + tr(I + S - 2 S^1/2))` (Dowson and Landau 1982). */
export function w2ToStandard({ mean, covariance }: Normal): number {
  const d = mean.length;
  let square = d - 2 * traceOfRoot(covariance, d);
  for (let a = 0; a < d; a++) square += mean[a] ** 2 + covariance[a * d + a];
  return Math.sqrt(Math.max(0, square));
}

/** Trace of the covariance / d, the mean variance of a coordinate. */
export const meanVariance = ({ mean, covariance }: Normal): number => {
  const d = mean.length;
  let trace = 0;
  for (let a = 0; a < d; a++) trace += covariance[a * d + a];
  return trace / d;
};

/** Length of the mean. */
export const meanLength = ({ mean }: Normal): number => Math.sqrt(mean.reduce((sum, x) => sum + x * x, 0));

/** Logarithm of the covariance's determinant, at least that of a matrix with 1e-150 for each lost direction. */
export function logDeterminant({ mean, covariance }: Normal): number {
  const d = mean.length;
  const factor = cholesky(covariance, d);
  let sum = 0;
  for (let a = 0; a < d; a++) sum += 2 * Math.log(Math.max(1e-150, factor[a * d + a]));
  return sum;
}

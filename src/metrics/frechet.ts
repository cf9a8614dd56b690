import { symmetricEigen } from './symmetric-eigen.js';
import { columnMeans, covariance, type Table } from './table.js';

/** Added to the diagonal of both covariances, so that a collapsed set has a square root. */
const RIDGE = 1e-6;

/** Mean and covariance of a set of features: all that the Frechet distance knows of it. */
export interface FeatureMoments {
  mean: Float64Array;
  covariance: Float64Array;
}

export function featureMoments(features: Table): FeatureMoments {
  const mean = columnMeans(features);
  return { mean, covariance: covariance(features, mean) };
}

/**
 * Frechet distance of two sets taken as Gaussians, abs(m1 - m2)^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2) (Dowson and Landau
 * 1982; as a metric of generative models: FID, Heusel et al. 2017). It is biased upwards at small counts: compare equal counts only.
 */
export function frechetDistance(a: FeatureMoments, b: FeatureMoments): number {
  const d = a.mean.length;
  const { values, vectors } = symmetricEigen(withRidge(a.covariance, d), d);
  const roots = values.map((value) => Math.sqrt(Math.max(0, value)));
  // S = sum_k root_k u_k u_k^T, then S C S.
  const root = new Float64Array(d * d);
  for (let k = 0; k < d; k++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) root[i * d + j] += roots[k] * vectors[k * d + i] * vectors[k * d + j];
  const inner = multiply(multiply(root, withRidge(b.covariance, d), d), root, d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < i; j++) {
      const mean = (inner[i * d + j] + inner[j * d + i]) / 2;
      inner[i * d + j] = mean;
      inner[j * d + i] = mean;
    }
  const cross = symmetricEigen(inner, d).values.reduce(
    (sum, value) => sum + Math.sqrt(Math.max(0, value)),
    0,
  );
  let distance = -2 * cross;
  for (let i = 0; i < d; i++)
    distance += (a.mean[i] - b.mean[i]) ** 2 + a.covariance[i * d + i] + b.covariance[i * d + i] + 2 * RIDGE;
  return Math.max(0, distance);
}

function withRidge(matrix: Float64Array, d: number): Float64Array {
  const out = Float64Array.from(matrix);
  for (let i = 0; i < d; i++) out[i * d + i] += RIDGE;
  return out;
}

function multiply(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) for (let j = 0; j < d; j++) out[i * d + j] += a[i * d + k] * b[k * d + j];
  return out;
}

import { incompleteBeta } from '../loop/statistics.js';

/** How a curve comes to rest. */
export type Relaxation =
  /** No change beyond its scatter. */
  | { kind: 'flat' }
  /** It changes, and no end of it is in sight: steadily, or faster and faster. */
  | { kind: 'drift' }
  /** It nears `limit`; what is left of the distance after one generation is `rate`, 0 to 1. */
  | { kind: 'rest'; rate: number; limit: number };

/** Rates that are tried. */
const STEPS = 250;
const LARGEST = 1.25;
/** A rate closer to 1 than this comes to rest farther away than any run is long. */
const NO_END = 0.985;

/** Least squares of y over the columns 1 and z: coefficients and the sum of squared residuals. */
function line(z: readonly number[], y: readonly number[]): { at: number; by: number; residual: number } {
  const n = y.length;
  const meanZ = z.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let [zz, zy] = [0, 0];
  for (let i = 0; i < n; i++) {
    zz += (z[i] - meanZ) ** 2;
    zy += (z[i] - meanZ) * (y[i] - meanY);
  }
  const by = zz > 0 ? zy / zz : 0;
  const residual = y.reduce((sum, value, i) => sum + (value - meanY - by * (z[i] - meanZ)) ** 2, 0);
  return { at: meanY - by * meanZ, by, residual };
}

/**
 * The fixed point and the rate of a curve: least squares of e(t) = limit + c rate^t, so rate = (e(t + 1) - limit) / (e(t) - limit), the
 * ratio of successive distances to the fixed point. Against the mean of the curve by an F test at 5 %; with fewer than six points
 * undefined.
 * @param x generations, increasing, not necessarily all
 */
export function relaxation(x: readonly number[], y: readonly number[]): Relaxation | undefined {
  const n = y.length;
  if (n < 6 || !y.every(Number.isFinite)) return undefined;
  const flat = line(
    x.map(() => 0),
    y,
  ).residual;
  let best = { rate: 0, at: 0, by: 0, residual: Number.POSITIVE_INFINITY };
  for (let i = 0; i <= STEPS; i++) {
    const rate = (LARGEST * i) / STEPS;
    // At 1 the curve is a straight line.
    const z = Math.abs(rate - 1) < 1e-9 ? x : x.map((t) => rate ** (t - x[0]));
    const fit = line(z, y);
    if (fit.residual < best.residual) best = { rate, ...fit };
  }
  // Two parameters more than a constant, three in all.
  const [more, left] = [2, n - 3];
  const scale = Math.max(...y.map(Math.abs), 1e-300) ** 2 * 1e-20;
  if (flat <= scale) return { kind: 'flat' };
  const F = (flat - best.residual) / more / Math.max(best.residual / left, scale / left);
  if (incompleteBeta(left / (left + more * F), left / 2, more / 2) > 0.05) return { kind: 'flat' };
  if (best.rate > NO_END) return { kind: 'drift' };
  return { kind: 'rest', rate: best.rate, limit: best.at };
}

import { logGamma } from './gamma-function.js';

/** Regularised incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22, evaluated by Lentz's method). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

/** The t with P(|T| <= t) = `level` for Student's t distribution, by bisection; degrees of freedom > 0. */
export function studentInterval(level: number, degrees: number): number {
  const outside = (t: number): number => incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  let low = 0;
  let high = 1;
  while (outside(high) > 1 - level) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (outside(middle) > 1 - level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean of numbers, with the interval that holds the true mean with probability `level` (t distribution); two numbers or more. */
export function meanInterval(
  values: readonly number[],
  level = 0.95,
): { mean: number; interval: [number, number] } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = studentInterval(level, n - 1) * Math.sqrt(variance / n);
  return { mean, interval: [mean - half, mean + half] };
}

/**
 * Least-squares slope of y over x with its interval at `level`: slope +- t(n - 2) s / sqrt(sum (x - mean x)^2). It takes the
 * residuals as independent; generations of one run lean on one another, so the truth is somewhat wider. Three points or more.
 */
export function slopeInterval(
  x: readonly number[],
  y: readonly number[],
  level = 0.95,
): { slope: number; interval: [number, number] } {
  const n = x.length;
  if (n < 3 || y.length !== n)
    throw new RangeError(`Expected three points or more for a slope with an interval but received ${n}`);
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let xx = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    xx += (x[i] - meanX) ** 2;
    xy += (x[i] - meanX) * (y[i] - meanY);
  }
  const slope = xy / xx;
  let residual = 0;
  for (let i = 0; i < n; i++) residual += (y[i] - meanY - slope * (x[i] - meanX)) ** 2;
  const half = studentInterval(level, n - 2) * Math.sqrt(residual / (n - 2) / xx);
  return { slope, interval: [slope - half, slope + half] };
}

/** Mean and standard deviation (n - 1) of each named number over rows that all have the same names. */
export function meanAndSpread(rows: readonly Record<string, number>[]): {
  mean: Record<string, number>;
  spread: Record<string, number>;
} {
  const mean: Record<string, number> = {};
  const spread: Record<string, number> = {};
  for (const name of Object.keys(rows[0])) {
    const values = rows.map((row) => row[name]);
    mean[name] = values.reduce((sum, value) => sum + value, 0) / values.length;
    spread[name] = Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean[name]) ** 2, 0) / (values.length - 1),
    );
  }
  return { mean, spread };
}

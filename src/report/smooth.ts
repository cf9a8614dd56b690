import type { Point, Series } from './series.js';
import { pointOf } from './series.js';

/** Standard deviation of the kernel in generations, as in the published plots. */
export const SIGMA = 2;
/** The kernel ends here, in standard deviations. */
const REACH = 4;

/**
 * Gaussian smoothing of values at increasing places x, by normalised weights exp(-d^2 / 2 sigma^2) within 4 sigma, with the curve
 * mirrored at its ends, half a step outside them. On whole numbers this is `scipy.ndimage.gaussian_filter1d` with its defaults, which
 * the plots of Gillman et al. 2024 use; where generations are left out it weighs those that are there.
 */
export function gaussianSmooth(x: readonly number[], y: readonly number[], sigma = SIGMA): number[] {
  const n = x.length;
  if (n < 2) return [...y];
  const low = x[0] - (x[1] - x[0]) / 2;
  const high = x[n - 1] + (x[n - 1] - x[n - 2]) / 2;
  const period = 2 * (high - low);
  const reach = Math.floor(REACH * sigma + 0.5);
  const copies = Math.ceil(reach / period) + 1;
  return x.map((at) => {
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < n; i++)
      for (let k = -copies; k <= copies; k++)
        for (const place of [x[i] + k * period, 2 * low - x[i] + k * period]) {
          const distance = Math.abs(place - at);
          if (distance > reach + 1e-9) continue;
          const weight = Math.exp(-(distance ** 2) / (2 * sigma ** 2));
          sum += weight * y[i];
          weights += weight;
        }
    return sum / weights;
  });
}

/** A series with the curve of every seed smoothed, and the mean and the band over seeds of these. */
export function smoothSeries(series: Series, sigma = SIGMA): Series {
  const seeds = series.points[0]?.values.length ?? 0;
  const smoothed = series.points.map(() => new Array<number>(seeds).fill(Number.NaN));
  for (let seed = 0; seed < seeds; seed++) {
    const known = [...series.points.keys()].filter((i) => Number.isFinite(series.points[i].values[seed]));
    const curve = gaussianSmooth(
      known.map((i) => series.points[i].generation),
      known.map((i) => series.points[i].values[seed]),
      sigma,
    );
    known.forEach((i, k) => {
      smoothed[i][seed] = curve[k];
    });
  }
  const points = series.points.flatMap(({ generation }, i): Point[] => {
    const point = pointOf(generation, smoothed[i]);
    return point ? [point] : [];
  });
  return { ...series, points };
}

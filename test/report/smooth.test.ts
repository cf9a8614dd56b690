import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { relaxation } from '../../src/report/relaxation.js';
import type { Series } from '../../src/report/series.js';
import { gaussianSmooth, smoothSeries } from '../../src/report/smooth.js';

const close = (a: number, b: number, tolerance: number, what = ''): void =>
  assert.ok(Math.abs(a - b) <= tolerance, `${what} ${a} against ${b}`);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** What scipy.ndimage.gaussian_filter1d does: weights over whole steps up to 4 sigma, the sequence mirrored at its ends. */
function reflected(y: readonly number[], sigma: number): number[] {
  const n = y.length;
  const reach = Math.floor(4 * sigma + 0.5);
  const at = (i: number): number => {
    const within = ((i % (2 * n)) + 2 * n) % (2 * n);
    return y[within < n ? within : 2 * n - 1 - within];
  };
  const steps = range(2 * reach + 1).map((i) => i - reach);
  const weights = steps.map((step) => Math.exp(-0.5 * (step / sigma) ** 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return range(n).map((i) => steps.reduce((sum, step, k) => sum + (weights[k] / total) * at(i + step), 0));
}

test('on whole generations the smoothing is that of the published plots, ends and short curves included', () => {
  for (const y of [
    [1, 5, 2, 8, 3, 9, 4, 7, 6, 10, 0, 3],
    [4, 1, 7],
    [2, 9],
  ]) {
    const wanted = reflected(y, 2);
    gaussianSmooth(range(y.length), y, 2).forEach((value, i) => close(value, wanted[i], 1e-9, `${i}`));
  }
});

test('the numbers of scipy 1.x', () => {
  const scipy = [
    3.186805457805697, 3.5642163017853585, 4.178773278496017, 4.841023615855905, 5.417189060342823,
    5.882910127986113, 6.310242122524415, 6.77871858002819, 7.258279559710893, 7.5818418954645885,
  ];
  gaussianSmooth(range(10), [1, 5, 2, 8, 3, 9, 4, 7, 6, 10], 2).forEach((value, i) =>
    close(value, scipy[i], 1e-12),
  );
});

test('where generations are left out, a level stays a level and far values weigh nothing', () => {
  const x = [0, 5, 10, 15, 20];
  for (const value of gaussianSmooth(x, [7, 7, 7, 7, 7])) close(value, 7, 1e-12);
  const peak = gaussianSmooth(x, [0, 0, 1, 0, 0]);
  assert.ok(peak[2] > 0.9 && peak[0] < 1e-9);
});

test('every seed is smoothed, then averaged; a seed without a value leaves it to the others', () => {
  const curves = [range(8).map((t) => t), range(8).map((t) => (t === 3 ? Number.NaN : 2 * t))];
  const series: Series = {
    arm: 'a',
    colour: 0,
    points: range(8).map((generation) => {
      const values = curves.map((curve) => curve[generation]);
      return { generation, mean: 0, deviation: 0, half: 0, values };
    }),
  };
  const { points } = smoothSeries(series);
  const first = gaussianSmooth(range(8), curves[0]);
  const known = range(8).filter((t) => t !== 3);
  const second = gaussianSmooth(
    known,
    known.map((t) => 2 * t),
  );
  close(points[3].mean, first[3], 1e-12);
  close(points[4].mean, (first[4] + second[3]) / 2, 1e-12);
  assert.ok(points[4].half > 0);
});

test('the fixed point and the rate of a curve are found, whichever generations were evaluated', () => {
  for (const x of [range(20), [0, 5, 10, 15, 20, 25, 30, 35]]) {
    const found = relaxation(
      x,
      x.map((t) => 30 - 20 * 0.8 ** t),
    );
    assert.is(found?.kind, 'rest');
    if (found?.kind !== 'rest') continue;
    close(found.rate, 0.8, 0.003);
    close(found.limit, 30, 0.1);
  }
});

test('a line has no fixed point in sight, noise around a level is flat, growth is a drift', () => {
  const kind = (y: number[]): string | undefined => relaxation(range(y.length), y)?.kind;
  assert.is(kind(range(20).map((t) => 8 + 1.5 * t)), 'drift');
  assert.is(kind(range(20).map((t) => 8 + 1.1 ** t)), 'drift');
  // A fixed sequence of no trend.
  assert.is(kind([8.1, 7.7, 8.3, 8.0, 7.9, 8.4, 7.8, 8.2, 8.0, 7.6, 8.3, 8.1]), 'flat');
  assert.is(kind(range(10).map(() => 8)), 'flat');
  assert.is(kind([1, 2, 3]), undefined);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { medianDeviation } from '../../src/loop/theory.js';
import { Random } from '../../src/random/random.js';
import { gaussianTask } from '../../src/tasks/gaussian.js';
import { chiSquared, normalTask } from '../../src/tasks/normal.js';
import { median, misses, simulated } from './simulated.js';

test('1000 generations of M samples: the median deviation is exp(-1000 / M) within 15 %', async () => {
  // The logarithm of sigma scatters by sqrt(G / (2 M)), its median by 1.25 times that over sqrt(runs): 6 %, 6 % and 2 %.
  for (const [m, runs] of [
    [500, 500],
    [1000, 250],
    [10_000, 200],
  ]) {
    const curve = await simulated(
      normalTask({ batch: m / 10 }),
      { n: 10, arms: ['uncorrected'], generations: 999 },
      runs,
    );
    const sigma = median(curve('uncorrected', 'sigma').values[999]);
    const expected = Math.exp(-1000 / m);
    console.log(
      `note: M = ${m}: median sigma ${sigma.toFixed(4)}, exp(-G/M) ${expected.toFixed(4)}, by the drift of log chi^2 ${medianDeviation(m, 1000).toFixed(4)}`,
    );
    assert.ok(Math.abs(sigma / expected - 1) < 0.15, `M = ${m}: ${sigma}, expected ${expected}`);
  }
});

test('sufficient statistics give what samples give: the same mean and spread of the variance under accumulation', async () => {
  const settings = { n: 10, arms: ['uncorrected'], regime: 'accumulate', generations: 6 } as const;
  const runs = 3000;
  const statistics = (
    await simulated(normalTask({ batch: 5 }), { ...settings, n: 2, arms: ['uncorrected'] }, runs)
  )('uncorrected', 'sigma');
  const samples = (
    await simulated(gaussianTask({ dimensions: 1 }), { ...settings, arms: ['uncorrected'] }, runs)
  )('uncorrected', 'modelVariance');
  for (let t = 0; t <= 6; t++) {
    const squares = statistics.values[t].map((sigma) => sigma * sigma);
    const mean = squares.reduce((sum, x) => sum + x, 0) / runs;
    const spread = Math.sqrt(squares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (runs - 1));
    const other = samples.error[t] * Math.sqrt(runs);
    assert.ok(
      Math.abs(mean - samples.mean[t]) < 4 * Math.SQRT2 * samples.error[t],
      `generation ${t}: ${mean}`,
    );
    // A spread from n values of kurtosis k has the relative error sqrt((k - 1) / (4 n)); chi^2(9) has k = 4.33: 1.7 %, 2.4 % for a difference.
    assert.ok(Math.abs(spread / other - 1) < 0.096, `generation ${t}: spread ${spread} and ${other}`);
  }
});

test('chi-squared numbers have mean k and variance 2 k', () => {
  for (const k of [1, 2, 3, 9, 999]) {
    const random = new Random('chi', k);
    const values = Array.from({ length: 20_000 }, () => chiSquared(k, random));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean - k) < 4 * Math.sqrt((2 * k) / values.length), `k = ${k}: mean ${mean}`);
    // Var of a sample variance: (mu4 - sigma^4) / n with mu4 = 12 k (k + 4).
    const error = Math.sqrt((12 * k * (k + 4) - 4 * k * k) / values.length);
    assert.ok(Math.abs(variance - 2 * k) < 4 * error, `k = ${k}: variance ${variance}`);
  }
  assert.is(chiSquared(0, new Random(1)), 0);
});

test('a regime that picks single samples is refused', async () => {
  let message = '';
  await simulated(normalTask(), { regime: 'subsample', arms: ['uncorrected'], generations: 2 }, 1).catch(
    (error: Error) => {
      message = error.message;
    },
  );
  assert.match(message, /^Expected a regime that uses whole generations/);
});

test('the mean drifts as a random walk: E mu^2 = 1 - (1 - 1/M)^t', async () => {
  const curve = (await simulated(normalTask(), { n: 20, arms: ['uncorrected'], generations: 20 }, 1500))(
    'uncorrected',
    'mean',
  );
  const squares = {
    mean: curve.values.map((v) => v.reduce((sum, x) => sum + x * x, 0) / v.length),
    error: curve.values.map((v) => {
      const mean = v.reduce((sum, x) => sum + x * x, 0) / v.length;
      return Math.sqrt(v.reduce((sum, x) => sum + (x * x - mean) ** 2, 0) / (v.length - 1) / v.length);
    }),
    values: curve.values,
  };
  assert.equal(
    misses(
      squares,
      squares.mean.map((_, t) => 1 - (1 - 1 / 20) ** (t + 1)),
      4,
    ),
    [],
  );
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { regressionAccumulate, regressionError } from '../../src/loop/theory.js';
import { regressionTask } from '../../src/tasks/regression.js';
import { type Curve, misses, simulated } from './simulated.js';

const size = { d: 10, rows: 100, sigma: 1 };
const base = regressionError(size);
const fits = 20;
const run = (seeds: number, first: number): Promise<(arm: string, metric: string) => Curve> =>
  simulated(
    regressionTask(),
    { arms: ['uncorrected@regime=replace', 'uncorrected@regime=accumulate'], generations: fits - 1 },
    seeds,
    first,
  );

/** Least-squares slope through the origin of the error over the number of fits. */
const slope = (mean: readonly number[]): number => {
  let [xy, xx] = [0, 0];
  mean.forEach((y, t) => {
    xy += (t + 1) * y;
    xx += (t + 1) ** 2;
  });
  return xy / xx;
};

test('d = 10, T = 100: every fit within four standard errors of theory, first slope and limit within 3 %', async () => {
  const curve = await run(400, 0);
  const replace = curve('uncorrected@regime=replace', 'error');
  const accumulate = curve('uncorrected@regime=accumulate', 'error');
  const n = Array.from({ length: fits }, (_, t) => t + 1);
  const growth = slope(replace.mean) / base;
  const limit = accumulate.mean[fits - 1] / regressionAccumulate(size, fits);
  console.log(
    `note: 400 runs: replace slope ${growth.toFixed(4)}, accumulate limit ${limit.toFixed(4)} of theory`,
  );
  assert.equal(
    misses(
      replace,
      n.map((i) => base * i),
      4,
    ),
    [],
  );
  assert.equal(
    misses(
      accumulate,
      n.map((i) => regressionAccumulate(size, i)),
      4,
    ),
    [],
  );
  assert.ok(Math.abs(growth - 1) < 0.03, `replace: slope ${growth} of theory`);
  assert.ok(Math.abs(limit - 1) < 0.03, `accumulate: limit ${limit} of theory`);
});

test('least squares finds the weights of noiseless labels, and stays there', async () => {
  const curve = await simulated(
    regressionTask({ features: 4, sigma: 0 }),
    { arms: ['uncorrected@regime=replace'], n: 12, generations: 3 },
    3,
  );
  for (const mean of curve('uncorrected@regime=replace', 'error').mean) assert.ok(mean < 1e-20, String(mean));
});

test.run();

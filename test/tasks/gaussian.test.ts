import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as theory from '../../src/loop/theory.js';
import { gaussianTask } from '../../src/tasks/gaussian.js';
import { misses, simulated } from './simulated.js';

const task = gaussianTask({ dimensions: 1 });
const series = (generations: number, at: (fits: number) => number): number[] =>
  Array.from({ length: generations + 1 }, (_, t) => at(t + 1));

test('replace, N = 100, 2000 seeds: the variance of the model is (1 - 1/N)^t within 3 standard errors', async () => {
  const curve = (
    await simulated(task, { n: 100, regime: 'replace', arms: ['uncorrected'], generations: 40 }, 2000)
  )('uncorrected', 'modelVariance');
  const expected = series(40, (t) => theory.replaceVariance(100, t));
  assert.equal(misses(curve, expected, 3), []);
  assert.ok(curve.error[40] < 0.03 && expected[40] < 0.7, 'far from the variance 1 of the target');
});

test('dispersed, N = 20, 1500 seeds: one width keeps the variance, a wider one lets it grow as the theory says', async () => {
  const keeping = (1 - 1 / 20) ** -0.5 - 1;
  const arms = [keeping, 2 * keeping].map((dispersion) => `dispersed@dispersion=${dispersion}`);
  const curve = await simulated(task, { n: 20, regime: 'replace', arms, generations: 10 }, 1500);
  const [kept, grown] = arms.map((arm) => curve(arm, 'modelVariance'));
  assert.equal(misses(kept, new Array(11).fill(1 - 1 / 20), 3.5), []);
  assert.equal(
    misses(
      grown,
      series(10, (t) => theory.dispersedReplaceVariance(20, 2 * keeping, t)),
      3.5,
    ),
    [],
  );
  assert.ok(grown.mean[10] > 1.4, `${grown.mean[10]}`);
});

test('accumulate, N = 100, 2000 seeds: the plateau is sin(pi / sqrt N) / (pi / sqrt N), .986 +- .006 as published', async () => {
  const curve = (
    await simulated(task, { n: 100, regime: 'accumulate', arms: ['uncorrected'], generations: 30 }, 2000)
  )('uncorrected', 'modelVariance');
  assert.equal(
    misses(
      curve,
      series(30, (t) => theory.accumulateVariance(100, t)),
      3,
    ),
    [],
  );
  assert.ok(Math.abs(curve.mean[30] - 0.986) < 0.006, `plateau ${curve.mean[30]}`);
  console.log(
    `note: accumulate plateau ${curve.mean[30].toFixed(4)} +- ${curve.error[30].toFixed(4)}, theory ${theory.accumulatePlateau(100).toFixed(4)}`,
  );
});

test('subsample, N = 100, 2000 seeds: the plateau is .972 +- .015, and every fit what the theory of random samples says', async () => {
  const curve = (
    await simulated(task, { n: 100, regime: 'subsample', arms: ['uncorrected'], generations: 15 }, 2000)
  )('uncorrected', 'modelVariance');
  assert.equal(
    misses(
      curve,
      series(15, (t) => theory.subsampleVariance(100, t)),
      3,
    ),
    [],
  );
  assert.ok(Math.abs(curve.mean[15] - 0.972) < 0.015, `plateau ${curve.mean[15]}`);
  console.log(`note: subsample plateau ${curve.mean[15].toFixed(4)} +- ${curve.error[15].toFixed(4)}`);
});

test('replace with correction, N = 10: the variance follows the theory of pi_gamma, and more so the larger gamma', async () => {
  const gammas = [0.1, 0.5, 3];
  const curve = await simulated(
    task,
    { n: 10, regime: 'replace', arms: gammas.map((gamma) => `corrected@gamma=${gamma}`), generations: 9 },
    1500,
  );
  const last = gammas.map((gamma) => {
    const own = curve(`corrected@gamma=${gamma}`, 'modelVariance');
    assert.equal(
      misses(
        own,
        series(9, (t) => theory.correctedReplaceVariance(10, gamma, t)),
        4,
      ),
      [],
    );
    return own.mean[9];
  });
  assert.ok(last[0] < last[1] && last[1] < last[2], last.join(' '));
});

test('the law of the variance does not depend on the dimension, nor on the path: d = 5', async () => {
  const curve = (
    await simulated(
      gaussianTask({ dimensions: 5 }),
      { n: 12, regime: 'replace', arms: ['uncorrected'], generations: 8 },
      300,
    )
  )('uncorrected', 'modelVariance');
  assert.equal(
    misses(
      curve,
      series(8, (t) => theory.replaceVariance(12, t)),
      4,
    ),
    [],
  );
});

test('what the task says of itself is what theory.ts says', () => {
  const settings = { n: 10, lambda: 1, gamma: 1, generations: 2, realWeight: 'count', corrector: null };
  const ask = (kind: string, regime: string) => task.theory?.({ ...settings, kind, regime } as never) ?? [];
  assert.equal(
    ask('uncorrected', 'replace')[0].values,
    series(2, (t) => theory.replaceVariance(10, t)),
  );
  assert.equal(
    ask('uncorrected', 'subsample')[0].values,
    series(2, (t) => theory.subsampleVariance(10, t)),
  );
  assert.equal(ask('baseline', 'replace')[0].values, [0.9, 0.9, 0.9]);
  assert.equal(ask('uncorrected', 'augment'), []);
  assert.equal(ask('placebo', 'replace'), []);
});

test.run();

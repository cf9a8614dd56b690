import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArmName } from '../../src/loop/arms.js';
import type { LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import type { Regime } from '../../src/loop/regime.js';
import { gaussianTask } from '../../src/tasks/gaussian.js';
import { MemoryFs } from '../loop/memory-fs.js';

const generations = 9;

/** Mean over seeds, with its standard error, of a metric at every generation of one arm. */
async function curve(
  settings: Partial<LoopConfig> & { arm: ArmName; regime: Regime; n: number },
  metric: string,
  seedCount: number,
): Promise<{ mean: number[]; error: number[] }> {
  const { arm, ...rest } = settings;
  const rows = await runLoop(
    gaussianTask(),
    {
      ...rest,
      arms: [arm],
      generations,
      evaluationCount: 64,
      seeds: Array.from({ length: seedCount }, (_, i) => i),
      noiseRepeats: 2,
    },
    { out: 'out', fs: new MemoryFs(), jobs: 4 },
  );
  const values: number[][] = Array.from({ length: generations + 1 }, () => []);
  for (const row of rows)
    if (row.kind === 'generation' && (row.arm === arm || row.arm === null))
      values[row.generation].push(row.metrics[metric]);
  const mean = values.map((v) => v.reduce((sum, x) => sum + x, 0) / v.length);
  const error = values.map((v, t) =>
    Math.sqrt(v.reduce((sum, x) => sum + (x - mean[t]) ** 2, 0) / (v.length - 1) / v.length),
  );
  return { mean, error };
}

/** Every generation within four standard errors of theory, and the errors small enough to tell it from no change at all. */
function matches(measured: { mean: number[]; error: number[] }, theory: number[], name: string): void {
  theory.forEach((expected, t) => {
    const { mean, error } = measured;
    assert.ok(
      Math.abs(mean[t] - expected) < 4 * error[t],
      `${name}, generation ${t}: ${mean[t].toFixed(4)} +- ${error[t].toFixed(4)}, theory ${expected.toFixed(4)}`,
    );
  });
  assert.ok(measured.error[generations] < 0.04, `${name}: standard error ${measured.error[generations]}`);
}

/**
 * Expected variance v and squared mean m (per dimension) when every sample is, with probability p, a draw from N(0, 1) and else from
 * the last fit: a mixture has variance (1 - p) v + p + p (1 - p) m, of which an ML fit to N draws keeps (1 - 1/N).
 */
function theory(n: number, gamma: number): number[] {
  const p = gamma / (1 + gamma);
  const keep = 1 - 1 / n;
  let v = keep;
  let m = 1 / n;
  const curve = [v];
  for (let t = 1; t <= generations; t++) {
    const mixture = (1 - p) * v + p + p * (1 - p) * m;
    [v, m] = [keep * mixture, (1 - p) ** 2 * m + mixture / n];
    curve.push(v);
  }
  return curve;
}

test('replace: the variance of the uncorrected loop is (1 - 1/N)^(t + 1)', async () => {
  const n = 20;
  const measured = await curve({ arm: 'uncorrected', regime: 'replace', n }, 'variance', 400);
  const expected = Array.from({ length: generations + 1 }, (_, t) => (1 - 1 / n) ** (t + 1));
  matches(measured, expected, `N = ${n}`);
  assert.ok(expected[generations] < 0.6, 'far from the variance 1 of the target');
});

test('replace with correction: the variance follows the theory of pi_gamma, and more so the larger gamma', async () => {
  const last: number[] = [];
  for (const gamma of [0.1, 0.5, 3]) {
    const measured = await curve({ arm: 'corrected', regime: 'replace', n: 10, gamma }, 'variance', 250);
    matches(measured, theory(10, gamma), `gamma = ${gamma}`);
    last.push(measured.mean[generations]);
  }
  assert.ok(
    last[0] < last[1] && last[1] < last[2],
    `variance left at the end rises with gamma: ${last.map((x) => x.toFixed(3))}`,
  );
});

test('accumulate: the variance stops falling at the published values (N = 10: .900 after 1 fit, .847 after 10)', async () => {
  const measured = await curve({ arm: 'uncorrected', regime: 'accumulate', n: 10 }, 'variance', 300);
  for (const [t, expected] of [
    [0, 0.9],
    [9, 0.847],
  ])
    assert.ok(
      Math.abs(measured.mean[t] - expected) < 4 * measured.error[t] + 0.0005,
      `generation ${t}: ${measured.mean[t].toFixed(4)} +- ${measured.error[t].toFixed(4)}, published ${expected}`,
    );
});

test.run();

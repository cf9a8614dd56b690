import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { correctBatch, proceduralMotions } from '../../src/index.js';
import { waving } from '../support/motions.js';

const inputs = proceduralMotions({ count: 30, seed: 8 }).map(({ joints }) => ({ joints }));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const near = (actual: number, wanted: number, what: string, share = 1e-9): void =>
  assert.ok(Math.abs(actual - wanted) <= share * (1 + Math.abs(wanted)), `${what}: ${actual}, not ${wanted}`);

test('counts and means are those of the reports', async () => {
  const bad = [{ joints: new Float32Array(0) }, { joints: new Float32Array(660).fill(Number.NaN) }];
  const { reports, summary } = await correctBatch([...bad, ...inputs], { gamma: 2, seed: 3 });
  assert.is(summary.count, 32);
  assert.is(summary.statuses.rejected, 2);
  const measured = reports.slice(2);
  const tracked = measured.filter(({ rung }) => rung >= 0);
  assert.ok(summary.kept.gamma > 0 && summary.kept.gamma < 30);
  assert.is(tracked.length + summary.kept.gamma + summary.statuses.failed, 30);
  assert.is(
    summary.rungs.reduce((sum, count) => sum + count, 0),
    tracked.length,
  );
  for (const when of ['before', 'after'] as const) {
    for (const key of ['penetrate', 'float', 'skate', 'physErr', 'jerk', 'rootSpeed'] as const)
      near(summary.joints[when][key], mean(measured.map((report) => report[when][key])), `${when} ${key}`);
    for (const key of ['penetrate', 'float', 'skate', 'physErr'] as const)
      near(
        summary.body[when][key],
        mean(measured.map(({ body }) => body?.[when][key] ?? Number.NaN)),
        `body ${when} ${key}`,
      );
  }
  near(summary.ratio.jerk ?? 0, summary.joints.after.jerk / summary.joints.before.jerk, 'jerk ratio');
  near(summary.tracking.errorRoot, mean(tracked.map(({ errorRoot }) => errorRoot)), 'errorRoot');
  near(
    summary.tracking.residualForce,
    mean(tracked.map(({ residualForce }) => residualForce.mean)),
    'residual',
  );
});

test('percentiles of speed, acceleration and jerk are those of all joints and frames to within 0.5 %', async () => {
  const { motions, summary } = await correctBatch(inputs, { preset: 'loop' });
  for (const [when, set] of [
    ['before', inputs],
    ['after', motions],
  ] as const) {
    const values: number[][] = [[], [], []];
    for (const { joints } of set)
      for (let i = 0; i < joints.length; i += 3) {
        // differences of differences, not a formula for each
        let levels = [0, 1, 2, 3].map((k) => [...joints.subarray(i + 66 * k, i + 66 * k + 3)]);
        for (let order = 0; order < 3; order++) {
          levels = levels.slice(1).map((row, k) => row.map((value, c) => 20 * (value - levels[k][c])));
          if (levels[0].length === 3) values[order].push(Math.hypot(...levels[0]));
        }
      }
    for (const [order, name] of (['speed', 'acceleration', 'jerk'] as const).entries()) {
      const sorted = values[order].filter(Number.isFinite).sort((a, b) => a - b);
      [0.05, 0.25, 0.5, 0.75, 0.95].forEach((share, k) => {
        const wanted = sorted[Math.floor(share * (sorted.length - 1))];
        const got = summary.percentiles[name][when][k];
        assert.ok(
          Math.abs(got - wanted) <= 0.0055 * wanted + 1e-6,
          `${when} ${name} ${share}: ${got}, not ${wanted}`,
        );
      });
    }
  }
});

test('a batch without a single motion, and one that does not move, have finite numbers', async () => {
  const still = waving(20);
  for (let t = 1; t < 20; t++) still.copyWithin(66 * t, 0, 66);
  for (const batch of [[], [{ joints: new Float32Array(0) }], [{ joints: still }]]) {
    const { summary } = await correctBatch(batch, { gamma: 0 });
    assert.equal(summary.ratio, {});
    const numbers = JSON.stringify(summary);
    assert.not.match(numbers, /null/, numbers);
    assert.is(summary.percentiles.speed.before[2], 0);
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge } from '../../src/loop/judge.js';
import type { CostRow, Row } from '../../src/loop/layout.js';
import { type Comparison, parsePreregistration } from '../../src/loop/preregistration.js';

/** A made-up run: metric `fid` of an arm is a function of seed and generation; `every` leaves generations unevaluated. */
function made(
  arms: Record<string, (seed: number, generation: number) => number>,
  { seeds = 5, last = 10, every = 1, floor = 4 } = {},
): Row[] {
  const rows: Row[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    rows.push({ kind: 'floor', seed, count: 8, metrics: { fid: floor }, spread: { fid: 0.1 } });
    rows.push({ kind: 'generation', seed, arm: null, generation: 0, loss: 1, metrics: { fid: 8 } });
    for (const [arm, at] of Object.entries(arms))
      for (let generation = 1; generation <= last; generation++) {
        const metrics: Record<string, number> =
          generation % every === 0 || generation === last ? { fid: at(seed, generation) } : {};
        rows.push({ kind: 'generation', seed, arm, generation, loss: 1, metrics });
      }
  }
  return rows;
}

const registered = (...all: Comparison[]) =>
  parsePreregistration({
    question: 'does it?',
    primary: 'fid',
    claims: [{ name: 'claim', kind: 'gate', all }],
  });
const verdictOf = (comparison: Comparison, rows: Row[], generations = 10, costs: CostRow[] = []) =>
  judge(registered(comparison), rows, { generations, costs })[0];

const order: Comparison = {
  type: 'order',
  metric: 'fid',
  of: 'slope',
  arms: ['baseline', 'corrected', 'uncorrected'],
  inSeeds: [4, 5],
};
const lines = (baseline: number, corrected: number, uncorrected: (seed: number) => number) => ({
  baseline: (_: number, t: number) => 8 + baseline * t,
  corrected: (_: number, t: number) => 8 + corrected * t,
  uncorrected: (seed: number, t: number) => 8 + uncorrected(seed) * t,
});

test('an order of slopes is met in four of five seeds and missed in three', () => {
  const four = verdictOf(order, made(lines(0, 1, (seed) => (seed === 0 ? 0.5 : 2))));
  assert.is(four.verdict, 'met');
  assert.is(four.parts[0].holds, 4);
  const three = verdictOf(order, made(lines(0, 1, (seed) => (seed < 2 ? 0.5 : 2))));
  assert.is(three.verdict, 'missed');
  assert.is(three.parts[0].holds, 3);
  // The first two arms the wrong way round.
  assert.is(verdictOf(order, made(lines(1, 0, () => 2))).verdict, 'missed');
  // Equal is not lower.
  assert.is(verdictOf(order, made(lines(1, 1, () => 2))).verdict, 'missed');
});

test('slopes are least squares over the generations that were evaluated, generation 0 among them', () => {
  const rows = made({ baseline: (seed, t) => 8 + seed * t + (t % 2 ? 100 : 0) }, { every: 2 });
  const part = verdictOf({ ...order, arms: ['baseline', 'uncorrected'] }, [
    ...rows,
    ...made({ uncorrected: (_, t) => 8 + 10 * t }).filter(
      (row) => row.kind === 'generation' && row.arm !== null,
    ),
  ]).parts[0];
  // The odd generations, 100 above the line, were not evaluated.
  part.values.baseline.forEach((slope, seed) => assert.ok(Math.abs(slope - seed) < 1e-9, `${slope}`));
  const [first] = part.slopes!.uncorrected;
  assert.ok(Math.abs(first.slope - 10) < 1e-9 && first.interval[0] <= 10 && first.interval[1] >= 10 - 1e-9);
  // Differences 10, 9, 8, 7, 6: all on one side, so the exact tests give 2^-4.
  assert.ok(Math.abs(part.p!['baseline < uncorrected'].sign - 0.0625) < 1e-12);
  assert.ok(part.p!['baseline < uncorrected'].t < 1e-3);
});

test('too few seeds, an arm that did not run, a metric that is not there, an unfinished run: not decidable, and why', () => {
  const good = lines(0, 1, () => 2);
  const reason = (comparison: Comparison, rows: Row[], generations = 10) => {
    const { verdict, parts } = verdictOf(comparison, rows, generations);
    assert.is(verdict, 'not decidable');
    return parts[0].reason;
  };
  assert.is(reason(order, made(good, { seeds: 3 })), '3 of 5 seeds are there');
  assert.is(reason(order, made({ baseline: good.baseline })), 'the arm corrected did not run');
  assert.is(reason({ ...order, metric: 'recall' }, made(good)), 'recall of baseline was not measured');
  assert.is(reason(order, made(good), 20), '0 of 5 seeds are there');
  const ratio: Comparison = {
    type: 'ratio',
    metric: 'fid',
    arm: 'corrected',
    against: 'baseline',
    atMost: 2,
    seeds: 5,
    test: { name: 'permutation', below: 0.01 },
  };
  // With five seeds no exact test goes below 2^-4: a verdict of "missed" would say what was not shown.
  assert.is(reason(ratio, made(good)), 'a permutation test of 5 seeds cannot give p < 0.01');
  assert.is(
    reason({ ...ratio, test: { name: 't', below: 0.01 }, seeds: 1 }, made(good, { seeds: 1 })),
    'one seed has no test',
  );
});

const ratio: Comparison = {
  type: 'ratio',
  metric: 'fid',
  arm: 'corrected',
  against: 'uncorrected',
  atMost: 0.5,
  seeds: 5,
};

test('a ratio is of the means over seeds at the last generation', () => {
  const at = (corrected: number) =>
    verdictOf(
      ratio,
      made({ corrected: (seed, t) => (t === 10 ? corrected + seed : 999), uncorrected: () => 40 }),
    );
  assert.is(at(18).verdict, 'met'); // 18 .. 22, mean 20: exactly half
  assert.is(at(18).parts[0].ratio, 0.5);
  assert.is(at(18.1).verdict, 'missed');
  const least = { ...ratio, atMost: undefined, atLeast: 0.5 } as Comparison;
  const rows = made({ corrected: () => 19.9, uncorrected: () => 40 });
  assert.is(verdictOf(JSON.parse(JSON.stringify(least)), rows).verdict, 'missed');
  assert.is(verdictOf(ratio, rows).verdict, 'met');
  // Against real data.
  const real: Comparison = { ...ratio, against: 'real', atMost: 1.3 };
  assert.is(verdictOf(real, made({ corrected: () => 5.1 })).verdict, 'met');
  assert.is(verdictOf(real, made({ corrected: () => 5.3 })).verdict, 'missed');
});

test('a ratio with a test needs both: the right side, and a p-value', () => {
  const tested: Comparison = { ...ratio, test: { name: 't', below: 0.01 } };
  const clear = made({ corrected: (seed) => 10 + 0.1 * seed, uncorrected: () => 40 });
  const { verdict, parts } = verdictOf(tested, clear);
  assert.is(verdict, 'met');
  // d = c - 20 = -10, -9.9, ..., mean -9.8, s = .158: t = -138.6 of 4 degrees of freedom.
  assert.ok(Object.values(parts[0].p!)[0].t < 1e-6);
  // The mean is far below half, but one seed is above and the scatter is wide.
  const vague = made({ corrected: (seed) => [1, 1, 1, 1, 80][seed], uncorrected: () => 40 });
  assert.is(verdictOf(tested, vague).verdict, 'missed');
  assert.is(verdictOf(ratio, vague).verdict, 'met');
  // Significant, on the wrong side.
  assert.is(
    verdictOf(tested, made({ corrected: (seed) => 30 + seed, uncorrected: () => 40 })).verdict,
    'missed',
  );
});

test('a claim holds when all its comparisons do; one that is missed decides', () => {
  const rows = made({ corrected: () => 10, uncorrected: () => 40 });
  const all = (...parts: Comparison[]) => judge(registered(...parts), rows, { generations: 10 })[0].verdict;
  const missed: Comparison = { ...ratio, atMost: 0.1 };
  const open: Comparison = { ...ratio, against: 'placebo' };
  assert.is(all(ratio, ratio), 'met');
  assert.is(all(ratio, open), 'not decidable');
  assert.is(all(ratio, open, missed), 'missed');
});

test('costs are means over generations, whatever a unit holds of them', () => {
  const rows = made({ corrected: () => 10 }, { seeds: 1 });
  // Ten generations in two checkpoints of five.
  const costs: CostRow[] = [5, 10].map((generation) => ({
    seed: 0,
    arm: 'corrected',
    generation,
    train: 190,
    correct: 10,
  }));
  const seconds = verdictOf({ type: 'cost', arm: 'corrected', atMost: 40 }, rows, 10, costs);
  assert.is(seconds.parts[0].measured, 40);
  assert.is(seconds.verdict, 'met');
  assert.is(verdictOf({ type: 'cost', arm: 'corrected', atMost: 39 }, rows, 10, costs).verdict, 'missed');
  const share: Comparison = { type: 'cost', arm: 'corrected', stage: 'correct', atMost: 0.05 };
  assert.is(verdictOf(share, rows, 10, costs).verdict, 'met');
  assert.is(verdictOf({ ...share, atMost: 0.04 }, rows, 10, costs).verdict, 'missed');
  assert.is(verdictOf(share, rows).parts[0].reason, 'there are no costs');
});

test('a pre-registration that says something else is refused by name', () => {
  const bad = (change: object, message: RegExp) =>
    assert.throws(() => registered({ ...ratio, ...change } as Comparison), message);
  bad(
    { typ: 1 },
    /one of type, metric.* for a key of preregistration\.claims\[0\]\.all\[0\] but received "typ"/,
  );
  bad({ type: 'other' }, /one of order, ratio, cost/);
  bad({ atLeast: 1 }, /either atMost or atLeast/);
  bad({ arm: 'nobody' }, /for an arm but received nobody/);
  bad({ atMost: 0 }, /a finite number > 0 .*atMost but received 0/);
  bad({ test: { name: 'z', below: 0.1 } }, /one of sign, t, permutation/);
  assert.throws(() => registered({ ...order, inSeeds: [6, 5] }), /inSeeds/);
});

test.run();

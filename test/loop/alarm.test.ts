import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collapseAlarms, contraction, rateAlarms } from '../../src/loop/alarm.js';
import { changePoint } from '../../src/loop/change-point.js';
import { Random } from '../../src/random/random.js';

const series = (seed: number, length: number, value: (t: number, noise: number) => number): number[] => {
  const random = new Random(seed, 'series');
  return Array.from({ length }, (_, t) => value(t, random.normal()));
};

test('a step is found where it is; an exact p-value by counting', () => {
  const found = changePoint(series(1, 40, (t, noise) => (t < 15 ? 0 : 3) + 0.5 * noise));
  assert.is(found.at, 15);
  assert.ok(Math.abs(found.shift - 3) < 0.5 && found.p < 0.001);
  // Of the 24 orders of 4 values, U reaches 4 in those with {1,2} or {3,4} first: 8. Standard error of 1,999 draws: .0105.
  const { p, at } = changePoint([1, 2, 3, 4]);
  assert.is(at, 2);
  assert.ok(Math.abs(p - 8 / 24) < 0.042, `${p}`);
  assert.throws(() => changePoint([1, 2, 3]), /four values/);
});

test('noise alone is called a change as rarely as the level says', () => {
  let called = 0;
  const runs = 1500;
  for (let seed = 0; seed < runs; seed++)
    if (changePoint(series(seed, 11, (_, noise) => noise)).p <= 0.05) called++;
  assert.ok(called / runs < 0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs), `${called}`);
  assert.ok(called / runs > 0.02, `${called}: K has few values at this length, the level is near .05`);
});

test('alarms: a fall of diversity, not a rise; nothing that one evaluation may do; each seed for itself', () => {
  const diversity = (seed: number, slope: number): { diversity: number }[] =>
    series(seed, 20, (t, noise) => 10 + slope * t + 0.1 * noise).map((value) => ({ diversity: value }));
  const curves = { arm: 'uncorrected', seeds: [3, 4], metrics: [diversity(0, -0.3), diversity(1, 0.3)] };
  const alarms = collapseAlarms(curves, { diversity: 'fall' }, [{}, {}]);
  assert.is(alarms.length, 1);
  assert.ok(alarms[0].sign === 'change point' && alarms[0].seed === 3 && alarms[0].shift < -1);
  assert.equal(collapseAlarms(curves, { diversity: 'fall' }, [{ diversity: 2 }, {}]), []);
  assert.equal(collapseAlarms(curves, { fid: 'rise' }, [{}, {}]), []);
});

test('contraction: the factor of a geometric series; above 1 an alarm, below none', () => {
  const grow = (rate: number, noise: number): { w2: number }[][] =>
    Array.from({ length: 8 }, (_, seed) => {
      let error = 1;
      return series(seed, 25, (_t, e) => {
        const value = error;
        error = rate * error + noise * e;
        return value;
      }).map((w2) => ({ w2 }));
    });
  const seeds = Array.from({ length: 8 }, (_, i) => i);
  for (const [rate, alarms] of [
    [0.6, 0],
    [1.2, 1],
  ]) {
    const rows = contraction({ arm: 'a', seeds, metrics: grow(rate, 1e-3) }, { w2: 'rise' });
    assert.is(rows.length, 1);
    assert.ok(Math.abs(rows[0].rate - rate) < 0.02, `${rows[0].rate}`);
    assert.is(rateAlarms(rows).length, alarms);
  }
  assert.equal(
    contraction({ arm: 'a', seeds: [0], metrics: [[1, 1, 1, 1, 1].map((w2) => ({ w2 }))] }, { w2: 'rise' }),
    [],
  );
});

test.run();

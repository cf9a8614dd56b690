import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchingDistance, rPrecision, unitRows } from '../../src/metrics/matching.js';
import { withinDiversity } from '../../src/metrics/neighbours.js';
import type { Table } from '../../src/metrics/table.js';
import { Random } from '../../src/random/random.js';

const line = (...data: number[]): Table => ({ rows: data.length, columns: 1, data: Float64Array.from(data) });
const close = (actual: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('matching: the mean distance to the own condition, by hand', () => {
  const plane: Table = { rows: 2, columns: 2, data: Float64Array.of(3, 4, 1, 1) };
  const conditions: Table = { rows: 2, columns: 2, data: Float64Array.of(0, 0, 1, 3) };
  close(matchingDistance(plane, conditions, [0, 1]), (5 + 2) / 2);
  close(matchingDistance(plane, conditions, [1, 0]), (Math.hypot(2, 1) + Math.hypot(1, 1)) / 2);
});

test('R-precision with few conditions: all of them are the pool, ranks by hand', () => {
  // Conditions at 0, 10, 20, 30; motions of condition 0 at ranks 1, 2, 3 and 4.
  const conditions = line(0, 10, 20, 30);
  assert.equal(rPrecision(line(1, 6, 12, 29), conditions, [0, 0, 0, 0]), [0.25, 0.5, 0.75]);
  assert.equal(rPrecision(line(1, 11, 19, 31), conditions, [0, 1, 2, 3]), [1, 1, 1]);
  assert.equal(rPrecision(line(1, 11, 19, 31), conditions, [2, 0, 1, 0]), [0, 0.25, 0.75]);
  // Halfway between two conditions: a tie is a miss.
  assert.equal(rPrecision(line(5), conditions, [0]), [0, 1, 1]);
  // An encoder that says the same of everything knows nothing.
  assert.equal(rPrecision(line(7, 7), line(2, 2, 2, 2), [0, 3]), [0, 0, 0]);
});

test('R-precision with many conditions: chance by random embeddings, the whole share for exact ones, equal draws', () => {
  const random = new Random('many conditions');
  const count = 100;
  const rows = 400;
  const gaussian = (n: number): Table => ({
    rows: n,
    columns: 6,
    data: Float64Array.from({ length: n * 6 }, () => random.normal()),
  });
  const conditions = gaussian(count);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % count);
  const chance = rPrecision(gaussian(rows), conditions, labels);
  // Chance is k / 32; a share of 400 motions varies by sqrt(p (1 - p) / 400) at most.
  chance.forEach((share, k) => {
    const p = (k + 1) / 32;
    assert.ok(Math.abs(share - p) < 4 * Math.sqrt((p * (1 - p)) / rows), `top ${k + 1}: ${share}`);
  });
  assert.ok(chance[0] < chance[1] && chance[1] < chance[2]);
  const exact: Table = { rows: count, columns: 6, data: conditions.data };
  assert.equal(rPrecision(exact, conditions, labels.subarray(0, count)), [1, 1, 1]);
  // One wrong condition of 4 is nearer: it is in a pool of 2 with probability 1 / 3.
  const near = rPrecision(line(...new Array(300).fill(4)), line(0, 5, 50, 60), new Array(300).fill(0), {
    pool: 2,
    top: 2,
  });
  assert.ok(Math.abs(near[0] - 2 / 3) < 4 * Math.sqrt(2 / 9 / 6000), `${near}`);
  assert.is(near[1], 1);
  const again = gaussian(rows);
  assert.equal(rPrecision(again, conditions, labels), rPrecision(again, conditions, labels));
});

test('multimodality is the mean distance of pairs of one condition; diversity of another does not count', () => {
  // Condition 0: pairs 3, 4, 1 apart; condition 1: one pair 10 apart.
  close(withinDiversity(line(0, 3, 4, 100, 110), [0, 0, 0, 1, 1]), ((3 + 4 + 1) / 3 + 10) / 2);
  close(withinDiversity(line(0, 0, 0, 100, 100), [0, 0, 0, 1, 1]), 0);
});

test('rows of length 1; nothing stays nothing', () => {
  const { data } = unitRows({ rows: 2, columns: 2, data: Float64Array.of(3, 4, 0, 0) });
  assert.equal([...data], [0.6, 0.8, 0, 0]);
});

test.run();

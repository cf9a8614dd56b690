import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkTheory } from '../../src/loop/theory-check.js';
import { Random } from '../../src/random/random.js';

const curve = (of: 'mean' | 'median' | 'upper bound', expected: number) => ({
  metric: 'w2',
  name: 'formula',
  of,
  values: [1, expected],
});
const draws = Array.from({ length: 30 }, (_, i) => 5 + new Random(i, 'draws').normal());
const pass = (of: 'mean' | 'median' | 'upper bound', expected: number, values = draws): boolean | undefined =>
  checkTheory('a', curve(of, expected), values).pass;

test('mean and median pass at the truth and fail away from it on both sides, a bound fails only under the mean', () => {
  for (const of of ['mean', 'median'] as const)
    assert.equal(
      [4, 5, 6].map((expected) => pass(of, expected)),
      [false, true, false],
      of,
    );
  assert.equal(
    [4, 5, 6].map((expected) => pass('upper bound', expected)),
    [false, true, true],
  );
});

test('too few seeds get no verdict; no scatter needs equality but for rounding', () => {
  assert.is(pass('mean', 4, [5]), undefined);
  assert.is(pass('median', 4, [5, 5.1, 5.2]), undefined, 'three seeds cannot reject a median');
  assert.is(pass('mean', 0.3, [0.1 + 0.2, 0.1 + 0.2]), true);
  assert.is(pass('mean', 0.31, [0.3, 0.3]), false);
});

test('the row says what was measured', () => {
  const row = checkTheory('a', curve('median', 2), [3, 1, 2, 10]);
  assert.is(row.measured, 2.5);
  assert.is(row.expected, 2);
  assert.is(checkTheory('a', curve('mean', 2), [3, 1, 2, 10]).measured, 4);
});

test.run();

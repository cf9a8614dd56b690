import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assign } from '../../src/loop/assignment.js';
import { Random } from '../../src/random/random.js';

/** The least cost over all injective maps from rows to columns, by trying them all. */
function bruteForce(cost: Float64Array, rows: number, columns: number, row = 0, used = 0): number {
  if (row === rows) return 0;
  let best = Number.POSITIVE_INFINITY;
  for (let j = 0; j < columns; j++)
    if (!(used & (1 << j)))
      best = Math.min(
        best,
        cost[row * columns + j] + bruteForce(cost, rows, columns, row + 1, used | (1 << j)),
      );
  return best;
}

test('the cost is the least there is, for square and wide tables with ties and negative costs', () => {
  for (let run = 0; run < 300; run++) {
    const random = new Random(run, 'assignment');
    const rows = 1 + random.integer(5);
    const columns = rows + random.integer(3);
    const ties = run % 3 === 0;
    const cost = Float64Array.from({ length: rows * columns }, () =>
      ties ? random.integer(3) : random.normal() * 10,
    );
    const chosen = assign(cost, rows, columns);
    assert.is(new Set(chosen).size, rows);
    const total = chosen.reduce((sum, j, i) => sum + cost[i * columns + j], 0);
    assert.ok(Math.abs(total - bruteForce(cost, rows, columns)) < 1e-9, `run ${run}`);
  }
});

test('a permuted diagonal is found exactly at the size of the default run', () => {
  const rows = 64;
  const columns = 256;
  const random = new Random(1, 'diagonal');
  const order = random.permutation(columns).subarray(0, rows);
  const cost = Float64Array.from({ length: rows * columns }, () => 1 + random.uniform());
  order.forEach((j, i) => {
    cost[i * columns + j] = 0.5;
  });
  assert.equal([...assign(cost, rows, columns)], [...order]);
});

test('more rows than columns and infinite costs are refused', () => {
  assert.throws(() => assign([1, 2], 2, 1), /rows <= columns/);
  assert.throws(() => assign([Number.NaN, Number.NaN], 1, 2), /finite costs/);
});

test.run();

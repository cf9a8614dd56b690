import type { TheoryRow } from './layout.js';
import { signTest } from './paired-tests.js';
import type { TheoryCurve } from './task.js';

/** Standard errors that a mean may lie from its closed form: by chance more in 0.27 % of cases. */
const ERRORS = 3;
const CHANCE = 0.0027;

/**
 * A closed form beside what was measured at the last generation: within 3 standard errors (mean), not rejected by the sign test at
 * 0.27 % (median), not above by more than 3 standard errors (upper bound). Undecided with fewer than two seeds.
 * @param values the metric at the last generation, one per seed
 */
export function checkTheory(arm: string, curve: TheoryCurve, values: readonly number[]): TheoryRow {
  const { metric, name, source, of } = curve;
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const sorted = [...values].sort((a, b) => a - b);
  const median = (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
  const expected = curve.values[curve.values.length - 1];
  const row: TheoryRow = {
    kind: 'theory',
    arm,
    metric,
    name,
    ...(source ? { source } : {}),
    of,
    values: curve.values,
    expected,
    measured: of === 'median' ? median : mean,
    seeds: n,
  };
  if (n < 2) return row;
  const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n);
  row.error = error;
  const away = mean - expected;
  if (of === 'median') {
    const above = values.filter((value) => value > expected).length;
    const below = values.filter((value) => value < expected).length;
    row.pass = signTest(above, below) >= CHANCE;
    // With few seeds even all on one side prove nothing: a test that cannot fail gives no verdict.
    if (2 ** (1 - n) >= CHANCE) delete row.pass;
  } else {
    // Rounding alone must not fail a metric without scatter.
    const room = ERRORS * error + 1e-9 * Math.abs(expected);
    row.pass = of === 'mean' ? Math.abs(away) <= room : away <= room;
  }
  return row;
}

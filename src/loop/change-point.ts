import { Random } from '../random/random.js';

/** Where a series changes most, and how likely a series without a change does so. */
export interface ChangePoint {
  /** Number of values before the change. */
  at: number;
  /** Mean after minus mean before. */
  shift: number;
  p: number;
}

const SHUFFLES = 1999;
const nulls = new Map<number, number[]>();

/**
 * Pettitt's rank test for one change in level (Applied Statistics 28, 1979): K = max over k of |U_k|, U_k = 2 (R_1 + ... + R_k) -
 * k (n + 1) with R the ranks. The p-value is that of K among 1,999 random orders, so it is right for short series too; least
 * p is 0.0005. It takes the values of a series without change as exchangeable. Four values or more.
 */
export function changePoint(values: readonly number[]): ChangePoint {
  const n = values.length;
  if (n < 4) throw new RangeError(`Expected four values or more for a change point but received ${n}`);
  const { at, size } = largest(ranks(values));
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  const as = atLeast(nullOf(n), size);
  return { at, shift: mean(values.slice(at)) - mean(values.slice(0, at)), p: (1 + as) / (SHUFFLES + 1) };
}

/** Ranks from 1; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
  const out = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && values[order[end]] === values[order[i]]) end++;
    for (let k = i; k < end; k++) out[order[k]] = (i + 1 + end) / 2;
    i = end;
  }
  return out;
}

function largest(order: ArrayLike<number>): { at: number; size: number } {
  const n = order.length;
  let sum = 0;
  let best = { at: 1, size: -1 };
  for (let k = 1; k < n; k++) {
    sum += order[k - 1];
    const size = Math.abs(2 * sum - k * (n + 1));
    if (size > best.size) best = { at: k, size };
  }
  return best;
}

/** K of random orders of 1..n, ascending; the same in every run. */
function nullOf(n: number): number[] {
  let values = nulls.get(n);
  if (!values) {
    const random = new Random('change point', n);
    values = Array.from({ length: SHUFFLES }, () => {
      const order = random.permutation(n).map((value) => value + 1);
      return largest(order).size;
    }).sort((a, b) => a - b);
    nulls.set(n, values);
  }
  return values;
}

/** How many of ascending values are at least `size`. */
function atLeast(values: readonly number[], size: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < size) low = middle + 1;
    else high = middle;
  }
  return values.length - low;
}

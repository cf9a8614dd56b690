import { Random } from '../random/random.js';
import { incompleteBeta } from './statistics.js';

/** Two-sided p-values that paired differences are no more often or no farther on one side of 0 than chance has it. */
export interface PairedTests {
  /** Exact sign test: uses which side each difference lies on and nothing else. */
  sign: number;
  /** Paired t test: takes the differences as normal. */
  t: number;
  /** Sign-flip permutation test of the mean: exact to 14 differences, 9,999 random flips beyond. */
  permutation: number;
}

/**
 * Tests of paired differences, one per seed; two or more. Differences that are all 0 give p = 1.
 * Sign and permutation test: Fisher, "The Design of Experiments", 1935; with S pairs neither can go below 2^(1 - S).
 */
export function pairedTests(differences: readonly number[]): PairedTests {
  const positive = differences.filter((value) => value > 0).length;
  const negative = differences.filter((value) => value < 0).length;
  return {
    sign: signTest(positive, negative),
    t: tTest(differences),
    permutation: permutationTest(differences),
  };
}

/** Two-sided exact binomial p-value of `positive` against `negative` signs at probability 1/2. */
export function signTest(positive: number, negative: number): number {
  const count = positive + negative;
  const fewer = Math.min(positive, negative);
  // P(X <= k) of a binomial of n at 1/2 is I_1/2(n - k, k + 1).
  return count === 0 ? 1 : Math.min(1, 2 * incompleteBeta(0.5, count - fewer, fewer + 1));
}

/** Two-sided p-value of Student's t for the mean of these numbers. */
export function tTest(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  if (variance === 0) return mean === 0 ? 1 : 0;
  const t2 = (mean * mean * n) / variance;
  return incompleteBeta((n - 1) / (n - 1 + t2), (n - 1) / 2, 0.5);
}

const EXACT = 14;
const FLIPS = 9999;

/** Two-sided p-value of the sum of these numbers among the sums with all signs. */
export function permutationTest(values: readonly number[]): number {
  const n = values.length;
  const observed = Math.abs(values.reduce((sum, value) => sum + value, 0));
  // Sums that are equal but for rounding count as equal.
  const least = observed - 1e-12 * values.reduce((sum, value) => sum + Math.abs(value), 0);
  const sumOf = (signs: number): number =>
    values.reduce((sum, value, i) => sum + ((signs >>> (i % 32)) & 1 ? value : -value), 0);
  if (n <= EXACT) {
    let extreme = 0;
    for (let signs = 0; signs < 2 ** n; signs++) if (Math.abs(sumOf(signs)) >= least) extreme++;
    return extreme / 2 ** n;
  }
  const random = new Random('sign flips', n);
  let extreme = 1;
  for (let flip = 0; flip < FLIPS; flip++) {
    let sum = 0;
    let word = 0;
    for (let i = 0; i < n; i++) {
      if (i % 32 === 0) word = random.word();
      sum += (word >>> (i % 32)) & 1 ? values[i] : -values[i];
    }
    if (Math.abs(sum) >= least) extreme++;
  }
  return extreme / (FLIPS + 1);
}

import { Random } from '../random/random.js';

/**
 * Which samples a generation is trained on:
 * - `augment`: the real ones and the latest synthetic ones (Bertrand et al. 2023, Gillman et al. 2024);
 * - `replace`: the latest synthetic ones alone (Shumailov et al. 2023);
 * - `accumulate`: the real ones and the synthetic ones of every generation (Gerstgrasser et al. 2024).
 */
export type Regime = 'augment' | 'replace' | 'accumulate';
export const REGIMES: readonly Regime[] = ['augment', 'replace', 'accumulate'];

/** The sets that make up a generation's training set, in order. `latest` is undefined in an arm without synthetic samples. */
export function trainingSets<S>(
  regime: Regime,
  sets: { real: S; history: readonly S[]; latest: S | undefined },
): S[] {
  const { real, history, latest } = sets;
  if (latest === undefined) return [real];
  switch (regime) {
    case 'augment':
      return [real, latest];
    case 'replace':
      return [latest];
    case 'accumulate':
      return [real, ...history, latest];
  }
}

/**
 * The real items that floor(lambda n) synthetic samples are conditioned on: every item equally often, and a random choice for
 * the remainder, the same in all arms.
 */
export function syntheticItems(n: number, lambda: number, seed: number, generation: number): Int32Array {
  const count = Math.floor(lambda * n + 1e-9);
  const items = Int32Array.from({ length: count }, (_, i) => i % n);
  const rest = count % n;
  if (rest > 0) {
    const order = new Random(seed, 'items', generation).permutation(n).subarray(0, rest).sort();
    items.set(order, count - rest);
  }
  return items;
}

/**
 * Which of `count` samples are corrected: each with probability gamma / (1 + gamma), so that the result is distributed as
 * pi_gamma p = (p + gamma p*) / (1 + gamma) when the corrector maps to p* (Gillman et al. 2024, definition of pi_gamma).
 */
export function correctedPositions(
  count: number,
  gamma: number,
  seed: number,
  generation: number,
): Int32Array {
  const probability = gamma === Number.POSITIVE_INFINITY ? 1 : gamma / (1 + gamma);
  return Int32Array.from({ length: count }, (_, i) => i).filter(
    (i) => probability === 1 || new Random(seed, 'gamma', generation, i).uniform() < probability,
  );
}

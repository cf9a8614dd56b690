import { Random } from '../random/random.js';

/**
 * Which samples generation t is trained on. n real samples; S_i are the synthetic ones of generation i, after correction:
 * - `augment`: the real ones and S_t (Bertrand et al. 2023, Gillman et al. 2024);
 * - `replace`: S_t alone (Shumailov et al. 2023);
 * - `accumulate`: the real ones and S_1 ... S_t (Gerstgrasser et al. 2024, arXiv 2404.01413);
 * - `subsample`: n of all these, uniformly without replacement: accumulation at a fixed budget (Kazdan et al. 2024, arXiv 2410.16713);
 * - `thin`: the real ones and the first floor(i / t |S_i|) of each S_i: accumulation that forgets linearly (the released toy of
 *   Gillman et al.);
 * - `fresh`: n new real ones and S_t (Alemohammad et al. 2023, arXiv 2307.01850, the fresh-data loop);
 * - `keep`: a share of the real ones, drawn anew each generation, and S_t (Shumailov et al. 2023, who keep 10 %).
 */
export type Regime = 'augment' | 'replace' | 'accumulate' | 'subsample' | 'thin' | 'fresh' | 'keep';
export const REGIMES: readonly Regime[] = [
  'augment',
  'replace',
  'accumulate',
  'subsample',
  'thin',
  'fresh',
  'keep',
];

/** Regimes whose training sets hold synthetic samples of earlier generations. */
export const remembers = (regime: Regime): boolean =>
  regime === 'accumulate' || regime === 'subsample' || regime === 'thin';

/** A piece of a training set: of the real samples, of new real ones, or of the synthetic ones of generation `from`. */
export interface Part {
  from: 'real' | 'fresh' | number;
  /** Which of them, in ascending order; all when left out. */
  positions?: Int32Array;
}

/**
 * What a generation is trained on, in order. A pure function: `sizes[i - 1]` is |S_i| and the last of them that of this
 * generation; none in an arm without synthetic samples, which gets the real ones (new ones under `fresh`).
 */
export function trainingParts(
  regime: Regime,
  options: { n: number; keep: number; sizes: readonly number[]; seed: number; generation: number },
): Part[] {
  const { n, keep, sizes, seed, generation } = options;
  const latest: Part = { from: sizes.length };
  const all = sizes.map((_, i): Part => ({ from: i + 1 }));
  if (sizes.length === 0) return [{ from: regime === 'fresh' ? 'fresh' : 'real' }];
  switch (regime) {
    case 'augment':
      return [{ from: 'real' }, latest];
    case 'replace':
      return [latest];
    case 'accumulate':
      return [{ from: 'real' }, ...all];
    case 'subsample': {
      const total = sizes.reduce((sum, size) => sum + size, n);
      const chosen = new Random(seed, 'subsample', generation).permutation(total).subarray(0, n).sort();
      return splitPositions(chosen, [n, ...sizes]).map((positions, i) => ({
        from: i === 0 ? 'real' : i,
        positions,
      }));
    }
    case 'thin':
      return [
        { from: 'real' },
        ...sizes.map((size, i): Part => {
          return { from: i + 1, positions: firstPositions(Math.floor(((i + 1) * size) / sizes.length)) };
        }),
      ];
    case 'fresh':
      return [{ from: 'fresh' }, latest];
    case 'keep': {
      const count = Math.round(keep * n);
      const kept = new Random(seed, 'keep', generation).permutation(n).subarray(0, count).sort();
      return [{ from: 'real', positions: kept }, latest];
    }
  }
}

let ascending = new Int32Array(0);
const firsts = new Map<number, Int32Array>();

/** 0, 1, ..., count - 1. Made once: the thinning of t generations asks for t of them in each. */
function firstPositions(count: number): Int32Array {
  let positions = firsts.get(count);
  if (!positions) {
    if (ascending.length < count) ascending = Int32Array.from({ length: 2 * count }, (_, k) => k);
    positions = ascending.subarray(0, count);
    firsts.set(count, positions);
  }
  return positions;
}

/** Ascending positions in the concatenation of sets of these sizes, as positions in each set. */
function splitPositions(positions: Int32Array, sizes: readonly number[]): Int32Array[] {
  let begin = 0;
  let offset = 0;
  return sizes.map((size) => {
    let end = begin;
    while (end < positions.length && positions[end] < offset + size) end++;
    const part = positions.slice(begin, end).map((position) => position - offset);
    begin = end;
    offset += size;
    return part;
  });
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

/** How much the real samples count in the loss: each sample alike, the golden-ratio weight, or a share of the loss in [0, 1]. */
export type RealWeight = 'count' | 'golden' | number;

/**
 * The share w* of the loss that real samples should have when n new real and m synthetic ones are used in every generation:
 * w* = (sqrt(k^2 + 4 k) - k) / 2 with k = n / m; 0.618, the reciprocal of the golden ratio, for k = 1 (He et al. 2025, arXiv 2502.18049).
 * It minimises the limit of the error of an estimated mean, (w^2 / n + (1 - w)^2 / m) / (1 - (1 - w)^2).
 */
export const goldenWeight = (k: number): number => (Math.sqrt(k * k + 4 * k) - k) / 2;

/**
 * Loss weight of every sample of a training set of `real` real and then `synthetic` synthetic samples in any order of parts, with
 * the mean 1: a real sample w N / real, a synthetic one (1 - w) N / synthetic. Undefined where every sample counts alike.
 */
export function sampleWeights(
  weight: RealWeight,
  real: number,
  synthetic: number,
): { real: number; synthetic: number } | undefined {
  if (weight === 'count' || real === 0 || synthetic === 0) return undefined;
  const share = weight === 'golden' ? goldenWeight(real / synthetic) : weight;
  const total = real + synthetic;
  return { real: (share * total) / real, synthetic: ((1 - share) * total) / synthetic };
}

import type { Corrector, Task } from '../loop/task.js';
import { accumulateVariance, replaceVariance } from '../loop/theory.js';
import { Random } from '../random/random.js';
import { fittedTask, moved } from './fitted.js';
import { type Points, pointSets } from './sets.js';

export interface DiscreteOptions {
  /** Categories K, 2 to 1e6; 100 unless given. */
  categories?: number;
  /** Exponent of the target p_k ~ 1 / k^exponent, k = 1..K; >= 0, 0 is uniform; 1 (Zipf) unless given. */
  exponent?: number;
}

/**
 * A discrete distribution fitted by its frequencies (Shumailov et al. 2024; Kazdan et al., arXiv 2410.16713): what was not drawn is lost for good, the
 * tails first. Under `replace` this is the Wright-Fisher model of genetics: `E (1 - sum p^2)` shrinks by exactly 1 - 1/N a generation;
 * under `accumulate` by 1 - 1/(N i^2).
 *
 * Metrics of the model: `heterozygosity` (1 - sum p^2), `support` (categories with p > 0), `entropy` (nats), `tv` (total variation
 * distance to the target). Corrector `exact` draws from the target.
 */
export function discreteTask(options: DiscreteOptions = {}): Task<Points> {
  const { categories: K = 100, exponent = 1 } = options;
  if (!(Number.isInteger(K) && K >= 2 && K <= 1e6))
    throw new RangeError(`Expected an integer from 2 to 1000000 for categories but received ${K}`);
  if (!(Number.isFinite(exponent) && exponent >= 0))
    throw new RangeError(`Expected a finite number >= 0 for exponent but received ${exponent}`);
  const target = zipf(K, exponent);
  const exact: Corrector<Points> = {
    async correct(samples, { seed, generation }) {
      const drawn = drawCategories(target, samples.length, new Random(seed, 'target', generation));
      return { samples: drawn, report: moved(samples.length, totalVariation(samples, drawn, K)) };
    },
  };
  return fittedTask<Points, number[]>({
    name: 'discrete',
    summary: 'a discrete distribution fitted by its frequencies: tails vanish for good',
    settings: { categories: K, exponent },
    defaults: {
      n: 1000,
      generations: 100,
      regime: 'replace',
      arms: ['baseline', 'uncorrected', 'corrected'],
      gamma: 1,
    },
    sets: pointSets(1),
    real: (count, key) => drawCategories(target, count, new Random(...key)),
    fit(samples, _previous, { weights }) {
      const model = frequencies(samples, K, weights);
      return { model, loss: entropy(model) };
    },
    draw: (model, items, seed) => drawCategories(model, items.length, new Random(seed)),
    measure(model) {
      let [squares, support, distance] = [0, 0, 0];
      for (let k = 0; k < K; k++) {
        squares += model[k] ** 2;
        if (model[k] > 0) support++;
        distance += Math.abs(model[k] - target[k]) / 2;
      }
      return { heterozygosity: 1 - squares, support, entropy: entropy(model), tv: distance };
    },
    correctors: { exact },
    weights: true,
    theory({ kind, regime, n, lambda, generations, realWeight }) {
      const law = { replace: replaceVariance, accumulate: accumulateVariance }[regime as string];
      if (kind !== 'uncorrected' || lambda !== 1 || realWeight !== 'count' || !law) return [];
      const start = 1 - target.reduce((sum, p) => sum + p * p, 0);
      return [
        {
          metric: 'heterozygosity',
          name: regime === 'replace' ? 'H (1 - 1/N)^t' : 'H prod (1 - 1/(N i^2))',
          source: 'Wright-Fisher; docs/loop.md',
          of: 'mean',
          values: Array.from({ length: generations + 1 }, (_, t) => start * law(n, t + 1)),
        },
      ];
    },
  });
}

function zipf(K: number, exponent: number): Float64Array {
  const p = Float64Array.from({ length: K }, (_, k) => (k + 1) ** -exponent);
  const sum = p.reduce((a, b) => a + b, 0);
  return p.map((value) => value / sum);
}

/** Categories 0..K-1 by inversion: one uniform number a sample. */
function drawCategories(p: ArrayLike<number>, count: number, random: Random): Points {
  const upTo = new Float64Array(p.length);
  let sum = 0;
  let last = 0;
  for (let k = 0; k < p.length; k++) {
    sum += p[k];
    upTo[k] = sum;
    if (p[k] > 0) last = k;
  }
  const samples = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const u = random.uniform(0, sum);
    // The first k with upTo[k] > u: never a category of probability nought.
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle] > u) high = middle;
      else low = middle + 1;
    }
    samples[i] = low;
  }
  return samples;
}

function frequencies(samples: Points, K: number, weights?: Float64Array): number[] {
  const counts = new Array<number>(K).fill(0);
  let total = 0;
  for (let i = 0; i < samples.length; i++) {
    const weight = weights ? weights[i] : 1;
    counts[samples[i]] += weight;
    total += weight;
  }
  return counts.map((count) => count / total);
}

function entropy(p: readonly number[]): number {
  let sum = 0;
  for (const value of p) if (value > 0) sum -= value * Math.log(value);
  return sum;
}

function totalVariation(a: Points, b: Points, K: number): number {
  const p = frequencies(a, K);
  const q = frequencies(b, K);
  return a.length > 0 ? p.reduce((sum, value, k) => sum + Math.abs(value - q[k]) / 2, 0) : 0;
}

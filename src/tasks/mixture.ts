import type { Corrector, Task } from '../loop/task.js';
import { Random } from '../random/random.js';
import { fittedTask, moved } from './fitted.js';
import { meanDistance } from './gaussian.js';
import { cholesky, fitNormal, type Normal, standardNormal } from './moments.js';
import { type Points, pointSets } from './sets.js';

const D = 2;
/** Added to the variances of every component. */
const RIDGE = 1e-6;
const MAX_ROUNDS = 2000;
const TOLERANCE = 1e-5;

export interface MixtureOptions {
  /** `blob`: N(0, I) (Shumailov et al.); `ring`: eight normals of deviation 0.2 on a circle of radius 2 (Bertrand et al.). */
  target?: 'blob' | 'ring';
  /** Components K of the model, 1 to 64; 2 for the blob and 8 for the ring unless given. */
  components?: number;
}

/** Weights `[K]` that sum to 1, and as many normals of the plane. */
export interface Mixture {
  weights: number[];
  normals: Normal[];
}

/**
 * A Gaussian mixture fitted by expectation-maximisation (full covariances, tolerance 1e-5 of the mean log-likelihood, at most 2000
 * rounds, as in the released code of Shumailov et al., arXiv 2305.17493): from the model of the generation before, or, from scratch, from centres
 * by k-means++ (Arthur and Vassilvitskii 2007).
 *
 * Metrics of the model: `l2`, the squared L2 distance of its density to the target's, in closed form; `components`, exp of the entropy of
 * the weights; `spread`, mean variance of a coordinate. Corrector `exact` draws from the target.
 */
export function mixtureTask(options: MixtureOptions = {}): Task<Points> {
  const { target = 'blob' } = options;
  const { components: K = target === 'blob' ? 2 : 8 } = options;
  if (target !== 'blob' && target !== 'ring')
    throw new RangeError(`Expected blob or ring for target but received ${String(target)}`);
  if (!(Number.isInteger(K) && K >= 1 && K <= 64))
    throw new RangeError(`Expected an integer from 1 to 64 for components but received ${K}`);
  const goal = target === 'blob' ? BLOB : RING;
  const exact: Corrector<Points> = {
    async correct(points, { seed, generation }) {
      const count = points.length / D;
      const samples = drawMixture(goal, count, new Random(seed, 'target', generation));
      return { samples, report: moved(count, meanDistance(points, samples, D)) };
    },
  };
  return fittedTask<Points, Mixture>({
    name: 'mixture',
    summary:
      'a Gaussian mixture fitted by EM to one blob (Shumailov et al.) or to a ring of eight (Bertrand et al.)',
    settings: { target, components: K },
    defaults: {
      n: 1000,
      generations: 50,
      regime: 'replace',
      arms: ['baseline', 'uncorrected', 'corrected'],
      gamma: 1,
    },
    sets: pointSets(D),
    real: (count, key) => drawMixture(goal, count, new Random(...key)),
    fit: (points, previous, { seed, weights }) =>
      maximise(points, previous ?? seedMixture(points, K, new Random(seed, 'centres')), weights),
    draw: (model, items, seed) => drawMixture(model, items.length, new Random(seed)),
    measure: (model) => ({
      l2: squaredDistance(model, goal),
      components: Math.exp(-model.weights.reduce((sum, w) => sum + (w > 0 ? w * Math.log(w) : 0), 0)),
      spread: spread(model),
    }),
    correctors: { exact },
    weights: true,
  });
}

const BLOB: Mixture = { weights: [1], normals: [standardNormal(D)] };
const RING: Mixture = {
  weights: new Array<number>(8).fill(1 / 8),
  normals: Array.from({ length: 8 }, (_, k) => ({
    mean: [2 * Math.cos((Math.PI * k) / 4), 2 * Math.sin((Math.PI * k) / 4)],
    covariance: [0.04, 0, 0, 0.04],
  })),
};

/** One uniform and two normal numbers a point. */
function drawMixture({ weights, normals }: Mixture, count: number, random: Random): Points {
  const factors = normals.map(({ covariance }) => cholesky(covariance, D));
  const points = new Float64Array(count * D);
  for (let i = 0; i < count; i++) {
    let u = random.uniform();
    let k = 0;
    while (k < weights.length - 1 && u >= weights[k]) u -= weights[k++];
    const x = random.normal();
    const y = random.normal();
    points[2 * i] = normals[k].mean[0] + factors[k][0] * x;
    points[2 * i + 1] = normals[k].mean[1] + factors[k][2] * x + factors[k][3] * y;
  }
  return points;
}

/** Centres by k-means++, equal weights, the covariance of all points / K. */
function seedMixture(points: Points, K: number, random: Random): Mixture {
  const count = points.length / D;
  const all = fitNormal(points, D, undefined, RIDGE);
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const normals: Normal[] = [];
  let chosen = random.integer(count);
  while (normals.length < K) {
    const mean = [points[2 * chosen], points[2 * chosen + 1]];
    normals.push({ mean, covariance: all.covariance.map((value) => value / K) });
    let total = 0;
    for (let i = 0; i < count; i++) {
      const square = (points[2 * i] - mean[0]) ** 2 + (points[2 * i + 1] - mean[1]) ** 2;
      nearest[i] = Math.min(nearest[i], square);
      total += nearest[i];
    }
    let u = random.uniform(0, total);
    for (chosen = 0; chosen < count - 1 && u >= nearest[chosen]; chosen++) u -= nearest[chosen];
  }
  return { weights: new Array<number>(K).fill(1 / K), normals };
}

/** Expectation-maximisation from `start`; returns the negative mean log-likelihood as loss. */
function maximise(points: Points, start: Mixture, weights?: Float64Array): { model: Mixture; loss: number } {
  const count = points.length / D;
  const K = start.weights.length;
  const shares = Array.from({ length: K }, () => new Float64Array(count));
  const logs = new Float64Array(K);
  let model = start;
  let before = Number.POSITIVE_INFINITY;
  let loss = before;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const parts = model.normals.map((normal, k) => logDensity(normal, model.weights[k]));
    let sum = 0;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const weight = weights ? weights[i] : 1;
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < K; k++) {
        logs[k] = parts[k](points[2 * i], points[2 * i + 1]);
        if (logs[k] > largest) largest = logs[k];
      }
      let all = 0;
      for (let k = 0; k < K; k++) all += Math.exp(logs[k] - largest);
      for (let k = 0; k < K; k++) shares[k][i] = (weight * Math.exp(logs[k] - largest)) / all;
      sum += weight * (largest + Math.log(all));
      total += weight;
    }
    loss = -sum / total;
    if (before - loss < TOLERANCE) break;
    before = loss;
    const mass = shares.map((share) => share.reduce((a, b) => a + b, 0));
    const { normals } = model;
    model = {
      weights: mass.map((value) => value / total),
      // A component without points stays where it is.
      normals: shares.map((share, k) =>
        mass[k] > 1e-12 * total ? fitNormal(points, D, share, RIDGE) : normals[k],
      ),
    };
  }
  return { model, loss };
}

/** log(weight N(x)) as a function of the point. */
function logDensity(
  { mean: [mx, my], covariance }: Normal,
  weight: number,
): (x: number, y: number) => number {
  const [xx, xy, , yy] = covariance;
  const determinant = Math.max(1e-300, xx * yy - xy * xy);
  const front = Math.log(Math.max(1e-300, weight)) - Math.log(2 * Math.PI) - 0.5 * Math.log(determinant);
  return (x, y) => {
    const dx = x - mx;
    const dy = y - my;
    return front - (0.5 * (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy)) / determinant;
  };
}

/** `integral (p - q)^2`: the product of two normals integrates to N(m1; m2, S1 + S2). */
export function squaredDistance(p: Mixture, q: Mixture): number {
  const inner = (a: Mixture, b: Mixture): number => {
    let sum = 0;
    a.normals.forEach((one, i) => {
      b.normals.forEach((other, j) => {
        const covariance = one.covariance.map((value, k) => value + other.covariance[k]);
        const at = logDensity({ mean: other.mean, covariance }, 1);
        sum += a.weights[i] * b.weights[j] * Math.exp(at(one.mean[0], one.mean[1]));
      });
    });
    return sum;
  };
  return Math.max(0, inner(p, p) - 2 * inner(p, q) + inner(q, q));
}

/** Mean variance of a coordinate of the whole mixture. */
function spread({ weights, normals }: Mixture): number {
  let [x, y, square] = [0, 0, 0];
  normals.forEach(({ mean, covariance }, k) => {
    x += weights[k] * mean[0];
    y += weights[k] * mean[1];
    square += weights[k] * (mean[0] ** 2 + mean[1] ** 2 + covariance[0] + covariance[3]);
  });
  return (square - x * x - y * y) / 2;
}

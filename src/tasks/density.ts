import type { Corrector, Task } from '../loop/task.js';
import { Random } from '../random/random.js';
import { fittedTask, moved } from './fitted.js';
import { meanDistance } from './gaussian.js';
import { fitNormal, meanVariance } from './moments.js';
import { type Points, pointSets } from './sets.js';
import { drawShape, SHAPES, type ShapeName } from './shapes.js';

export type Bandwidth = number | 'scott' | 'silverman';

export interface DensityOptions {
  /** What is learned; `moons` unless given. */
  shape?: ShapeName;
  /** Deviation h of the kernel, > 0, or a rule; 0.1 unless given. */
  bandwidth?: Bandwidth;
  /** Points on which the likelihood is measured, >= 1; 500 unless given. */
  testPoints?: number;
}

interface KernelDensity {
  points: number[];
  bandwidth: number;
}

/**
 * Kernel density with a Gaussian kernel on the shapes of Kazdan et al. (arXiv 2410.16713): the model is its data, a draw is a point of
 * the data plus h times a normal. Bandwidth rules, isotropic as in scikit-learn: Scott n^(-1/(d+4)), Silverman (n (d + 2) / 4)^(-1/(d+4)).
 * Under `replace` with a fixed h the variance is known: `kernelVariance` in src/loop/theory.ts.
 *
 * Metrics of the model: `nll`, mean negative log-likelihood of test points of the shape (nats); `variance`, mean variance of a
 * coordinate; `bandwidth`. Corrector `exact` draws from the shape.
 */
export function densityTask(options: DensityOptions = {}): Task<Points> {
  const { shape = 'moons', bandwidth = 0.1, testPoints = 500 } = options;
  if (!Object.hasOwn(SHAPES, shape))
    throw new RangeError(`Expected one of ${Object.keys(SHAPES).join(', ')} for shape but received ${shape}`);
  if (!(bandwidth === 'scott' || bandwidth === 'silverman' || (Number.isFinite(bandwidth) && bandwidth > 0)))
    throw new RangeError(
      `Expected a finite number > 0, scott or silverman for bandwidth but received ${bandwidth}`,
    );
  if (!(Number.isInteger(testPoints) && testPoints >= 1))
    throw new RangeError(`Expected an integer >= 1 for testPoints but received ${testPoints}`);
  const d = SHAPES[shape].dimensions;
  const exact: Corrector<Points> = {
    async correct(points, { seed, generation }) {
      const count = points.length / d;
      const samples = drawShape(shape, count, new Random(seed, 'target', generation));
      return { samples, report: moved(count, meanDistance(points, samples, d)) };
    },
  };
  return fittedTask<Points, KernelDensity>({
    name: 'density',
    summary: 'kernel density on blobs, circles, moons or the swiss roll (Kazdan et al. 2024)',
    settings: { shape, bandwidth, testPoints },
    defaults: {
      n: 100,
      generations: 30,
      regime: 'accumulate',
      arms: ['baseline', 'uncorrected', 'corrected'],
      gamma: 1,
    },
    sets: pointSets(d),
    real: (count, key) => drawShape(shape, count, new Random(...key)),
    fit(points) {
      const h = bandwidthOf(bandwidth, points.length / d, d);
      return { model: { points: [...points], bandwidth: h }, loss: Math.log(h) };
    },
    draw({ points, bandwidth: h }, items, seed) {
      const random = new Random(seed);
      const samples = new Float64Array(items.length * d);
      const count = points.length / d;
      for (let i = 0; i < items.length; i++) {
        const from = Math.floor(random.uniform(0, count));
        for (let a = 0; a < d; a++) samples[i * d + a] = points[from * d + a] + h * random.normal();
      }
      return samples;
    },
    measure(model, seed) {
      const test = drawShape(shape, testPoints, new Random(seed, 'test'));
      const h = model.bandwidth;
      return {
        nll: negativeLogLikelihood(model, test, d),
        variance: meanVariance(fitNormal(Float64Array.from(model.points), d)) + h * h,
        bandwidth: h,
      };
    },
    correctors: { exact },
  });
}

export function bandwidthOf(rule: Bandwidth, n: number, d: number): number {
  if (rule === 'scott') return n ** (-1 / (d + 4));
  if (rule === 'silverman') return ((n * (d + 2)) / 4) ** (-1 / (d + 4));
  return rule;
}

/** Mean over the test points of -log p, by log-sum-exp. */
function negativeLogLikelihood({ points, bandwidth }: KernelDensity, test: Points, d: number): number {
  const count = points.length / d;
  const scale = -0.5 / (bandwidth * bandwidth);
  const exponents = new Float64Array(count);
  let sum = 0;
  for (let j = 0; j < test.length; j += d) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      let square = 0;
      for (let a = 0; a < d; a++) {
        const delta = test[j + a] - points[i * d + a];
        square += delta * delta;
      }
      exponents[i] = scale * square;
      if (exponents[i] > largest) largest = exponents[i];
    }
    let total = 0;
    for (let i = 0; i < count; i++) total += Math.exp(exponents[i] - largest);
    sum -= largest + Math.log(total);
  }
  const norm = Math.log(count) + d * (Math.log(bandwidth) + 0.5 * Math.log(2 * Math.PI));
  return sum / (test.length / d) + norm;
}

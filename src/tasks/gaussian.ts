import { assign } from '../loop/assignment.js';
import { LoopError } from '../loop/errors.js';
import type { Fs } from '../loop/fs.js';
import type { CorrectionReport, Metrics } from '../loop/layout.js';
import { meanAndSpread } from '../loop/statistics.js';
import type { Corrector, Generator, Selector, Task, Trial } from '../loop/task.js';
import { Random } from '../random/random.js';

/** Points of the plane, row-major `[point, xy]`. Nothing conditions them. */
export type Points = Float64Array;

/** A Gaussian of the plane: mean (x, y) and covariance (xx, xy, yy). */
interface Gaussian {
  mean: [number, number];
  covariance: [number, number, number];
}

/**
 * The smallest self-consuming loop, with known answers: real samples from N(0, I) in two dimensions, a generator that is the
 * Gaussian fitted to its training set by maximum likelihood, and the idealised corrector, which draws from the target itself, so
 * that with strength gamma the synthetic set is distributed as pi_gamma p = (p + gamma p*) / (1 + gamma) (Gillman et al. 2024,
 * section 3.2). Under `replace` with N samples the expected variance after generation t is exactly (1 - 1/N)^(t + 1)
 * (Shumailov et al. 2023; Kazdan et al. 2024, theorem 1).
 *
 * Metrics: `variance` (trace of the unbiased sample covariance / 2; real: 1), `mean` (distance of the sample mean to 0),
 * `w2` (2-Wasserstein distance between N(0, I) and the Gaussian with the samples' moments).
 */
export const gaussianTask = (): Task<Points> => ({
  name: 'gaussian',
  settings: { dimensions: 2, target: 'standard normal' },
  abilities: { correctors: ['corrected', 'placebo'], select: true },
  size: (points) => points.length / 2,
  take: (points, positions) =>
    Float64Array.from({ length: positions.length * 2 }, (_, i) => points[2 * positions[i >> 1] + (i & 1)]),
  concat: (sets) => {
    const all = new Float64Array(sets.reduce((sum, set) => sum + set.length, 0));
    let offset = 0;
    for (const set of sets) {
      all.set(set, offset);
      offset += set.length;
    }
    return all;
  },
  open: async (seed, { n }) => new GaussianTrial(seed, n),
});

class GaussianTrial implements Trial<Points> {
  readonly real: Points;
  readonly selector: Selector<Points>;

  constructor(
    private readonly seed: number,
    n: number,
  ) {
    this.real = draw(n, STANDARD, [seed, 'real']);
    this.selector = nearestSelector(this.real);
  }

  async createGenerator(): Promise<Generator<Points>> {
    return new FittedGaussian();
  }

  corrector(name: string): Corrector<Points> | undefined {
    return { corrected: idealCorrector, placebo: placeboCorrector }[name];
  }

  async evaluate(points: Points): Promise<Metrics> {
    const count = points.length / 2;
    const {
      mean,
      covariance: [xx, xy, yy],
    } = fit(points);
    // tr S^1/2 of a 2 x 2 matrix: sqrt(tr S + 2 sqrt(det S)).
    const root = Math.sqrt(Math.max(0, xx + yy + 2 * Math.sqrt(Math.max(0, xx * yy - xy * xy))));
    const square = mean[0] ** 2 + mean[1] ** 2;
    return {
      variance: ((xx + yy) / 2) * (count / (count - 1)),
      mean: Math.sqrt(square),
      w2: Math.sqrt(Math.max(0, square + 2 + xx + yy - 2 * root)),
    };
  }

  async floor(count: number): Promise<{ metrics: Metrics; spread: Metrics }> {
    const redraws: Metrics[] = [];
    for (let redraw = 0; redraw < 8; redraw++)
      redraws.push(await this.evaluate(draw(count, STANDARD, [this.seed, 'floor', redraw])));
    const { mean, spread } = meanAndSpread(redraws);
    return { metrics: mean, spread };
  }

  async save(points: Points, directory: string, fs: Fs): Promise<void> {
    await fs.write(`${directory}/points.json`, Buffer.from(JSON.stringify([...points])));
  }

  async load(directory: string, fs: Fs): Promise<Points> {
    return Float64Array.from(await readJson<number[]>(fs, `${directory}/points.json`));
  }
}

class FittedGaussian implements Generator<Points> {
  private state: Gaussian = STANDARD;

  async train(data: Points): Promise<{ loss: number }> {
    this.state = fit(data);
    const [xx, xy, yy] = this.state.covariance;
    // Mean negative log likelihood of the points under their own fit; the ridge keeps a collapsed fit finite.
    return { loss: Math.log(2 * Math.PI) + 0.5 * Math.log(Math.max(1e-300, xx * yy - xy * xy)) + 1 };
  }

  async sample(items: Int32Array, { seed }: { seed: number }): Promise<Points> {
    return draw(items.length, this.state, [seed]);
  }

  async save(directory: string, fs: Fs): Promise<void> {
    await fs.write(`${directory}/gaussian.json`, Buffer.from(JSON.stringify(this.state)));
  }

  async restore(directory: string, fs: Fs): Promise<void> {
    this.state = await readJson<Gaussian>(fs, `${directory}/gaussian.json`);
  }

  async close(): Promise<void> {}
}

/** Draws from the target in place of every sample: full correction; the loop's gamma makes it partial. */
const idealCorrector: Corrector<Points> = {
  async correct(points, { seed, generation }) {
    const samples = draw(points.length / 2, STANDARD, [seed, 'target', generation]);
    return { samples, report: report(points, samples) };
  },
};

/** Moves every sample by a random vector, in the mean as far as the ideal corrector moved its own. */
const placeboCorrector: Corrector<Points> = {
  async correct(points, { seed, generation, matched }) {
    const distance = typeof matched?.distance === 'number' ? matched.distance : 1;
    // The length of a standard normal vector of the plane has the mean sqrt(pi / 2).
    const scale = distance / Math.sqrt(Math.PI / 2);
    const samples = draw(points.length / 2, STANDARD, [seed, 'placebo', generation]).map(
      (value, i) => points[i] + scale * value,
    );
    return { samples, report: report(points, samples) };
  },
};

/** One candidate for each real point by optimal transport in the plane. */
const nearestSelector = (real: Points): Selector<Points> => ({
  async select(candidates, items) {
    const columns = candidates.length / 2;
    const cost = new Float64Array(items.length * columns);
    items.forEach((item, row) => {
      for (let j = 0; j < columns; j++)
        cost[row * columns + j] =
          (real[2 * item] - candidates[2 * j]) ** 2 + (real[2 * item + 1] - candidates[2 * j + 1]) ** 2;
    });
    const chosen = assign(cost, items.length, columns);
    const mean = chosen.reduce((sum, j, row) => sum + cost[row * columns + j], 0) / items.length;
    return { chosen, report: { candidates: columns, cost: mean } };
  },
});

const STANDARD: Gaussian = { mean: [0, 0], covariance: [1, 0, 1] };

/** `count` points of a Gaussian by its Cholesky factor; point i depends on the key and i alone. */
function draw(count: number, { mean, covariance: [xx, xy, yy] }: Gaussian, key: (number | string)[]): Points {
  const a = Math.sqrt(xx);
  const b = a > 0 ? xy / a : 0;
  const c = Math.sqrt(Math.max(0, yy - b * b));
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const random = new Random(...key, i);
    const u = random.normal();
    const v = random.normal();
    points[2 * i] = mean[0] + a * u;
    points[2 * i + 1] = mean[1] + b * u + c * v;
  }
  return points;
}

/** Maximum-likelihood fit: mean and covariance with 1/N. */
function fit(points: Points): Gaussian {
  const count = points.length / 2;
  let x = 0;
  let y = 0;
  for (let i = 0; i < count; i++) {
    x += points[2 * i] / count;
    y += points[2 * i + 1] / count;
  }
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < count; i++) {
    const dx = points[2 * i] - x;
    const dy = points[2 * i + 1] - y;
    xx += (dx * dx) / count;
    xy += (dx * dy) / count;
    yy += (dy * dy) / count;
  }
  return { mean: [x, y], covariance: [xx, xy, yy] };
}

function report(before: Points, after: Points): CorrectionReport {
  const count = before.length / 2;
  let distance = 0;
  for (let i = 0; i < count; i++)
    distance += Math.hypot(after[2 * i] - before[2 * i], after[2 * i + 1] - before[2 * i + 1]) / count;
  return { status: { ok: count }, distance };
}

async function readJson<R>(fs: Fs, path: string): Promise<R> {
  const data = await fs.read(path);
  if (!data) throw new LoopError('ERR_CHECKPOINT', `Expected the file ${path} but there is none`);
  return JSON.parse(Buffer.from(data).toString()) as R;
}

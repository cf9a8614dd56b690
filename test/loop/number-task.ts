import type { Fs } from '../../src/loop/fs.js';
import type {
  Corrector,
  Generator,
  SampleOptions,
  Selector,
  Task,
  TrainOptions,
  Trial,
} from '../../src/loop/task.js';

/** Samples are numbers. */
export type Numbers = number[];

interface State {
  mean: number;
  twin: number | null;
  /** Steps since the optimiser's start. */
  age: number;
  initial: number;
}

/** What the generator was told, in order. */
export type Call = { call: string; data: Numbers } & Partial<TrainOptions> & { weight?: number };

/**
 * A task that can do everything and whose every number can be computed by hand: the model is the (weighted) mean m of its
 * training set, sample i of a draw is m + i (1 + dispersion), away from a twin w by 10 (m - w); the real samples are 0 ... n - 1. The corrector `halve`
 * halves and fails on numbers over 100, so does `restored`; `cleaned` rounds down; the reward `least` prefers small numbers, the selector the candidate
 * of each item that is nearest to 6. An evaluation is the step from its first sample to its second.
 */
export function numberTask(calls: Call[] = []): Task<Numbers> {
  return {
    name: 'numbers',
    settings: null,
    abilities: {
      correctors: ['halve', 'placebo', 'cleaned', 'restored'],
      select: true,
      disperse: true,
      rewards: ['least'],
      fresh: true,
      weights: true,
      keepOptimizer: true,
      extrapolate: true,
      guide: true,
      truncate: true,
    },
    size: (numbers) => numbers.length,
    take: (numbers, positions) => Array.from(positions, (position) => numbers[position]),
    concat: (sets) => sets.flat(),
    open: async (_seed, { n }) => new NumberTrial(n, calls),
  };
}

const halve: Corrector<Numbers> = {
  async correct(samples) {
    return {
      samples: samples.map((value) => value / 2),
      report: { status: { ok: samples.length } },
      notes: samples.map((value) => ({
        ok: value <= 100,
        status: value <= 100 ? 'ok' : 'failed',
        rung: value > 50 ? 1 : 0,
        scores: { moved: value / 2 },
      })),
    };
  },
};

const cleaned: Corrector<Numbers> = {
  async correct(samples) {
    return { samples: samples.map(Math.floor), report: { status: { ok: samples.length } } };
  },
};

const nearestToSix: Selector<Numbers> = {
  async select(candidates, items) {
    const chosen = Int32Array.from(items, (_, i) => {
      let best = i;
      for (let j = i; j < candidates.length; j += items.length)
        if (Math.abs(candidates[j] - 6) < Math.abs(candidates[best] - 6)) best = j;
      return best;
    });
    return { chosen, report: { candidates: candidates.length } };
  },
};

class NumberTrial implements Trial<Numbers> {
  readonly real: Numbers;
  constructor(
    n: number,
    private readonly calls: Call[],
  ) {
    this.real = Array.from({ length: n }, (_, i) => i);
  }
  async fresh(count: number, generation: number): Promise<Numbers> {
    return Array.from({ length: count }, (_, i) => 1000 * generation + i);
  }
  async createGenerator({ seed }: { seed: number }): Promise<Generator<Numbers>> {
    return new MeanGenerator(seed, this.calls);
  }
  corrector = (name: string): Corrector<Numbers> | undefined => ({ halve, cleaned, restored: halve })[name];
  readonly selector = nearestToSix;
  evaluate = async (samples: Numbers) => ({ step: samples[1] - samples[0] });
  reward = () => async (samples: Numbers) => Float64Array.from(samples, (value) => -value);
  async save(samples: Numbers, directory: string, fs: Fs): Promise<void> {
    await fs.write(`${directory}/numbers.json`, Buffer.from(JSON.stringify(samples)));
  }
  async load(directory: string, fs: Fs): Promise<Numbers> {
    return JSON.parse(Buffer.from((await fs.read(`${directory}/numbers.json`))!).toString());
  }
}

class MeanGenerator implements Generator<Numbers> {
  private state: State;
  constructor(
    seed: number,
    private readonly calls: Call[],
  ) {
    this.state = { mean: Number.NaN, twin: null, age: 0, initial: seed };
  }
  private fit(data: Numbers, weights?: Float64Array): number {
    return data.reduce((sum, value, i) => sum + value * (weights?.[i] ?? 1), 0) / data.length;
  }
  async train(data: Numbers, options: TrainOptions): Promise<{ loss: number }> {
    this.calls.push({ call: 'train', data, ...options });
    const age = (options.resetOptimizer ? 0 : this.state.age) + options.steps;
    this.state = { ...this.state, mean: this.fit(data, options.weights), twin: null, age };
    return { loss: 0 };
  }
  async extrapolate(data: Numbers, options: TrainOptions & { weight: number }): Promise<{ loss: number }> {
    this.calls.push({ call: 'extrapolate', data, ...options });
    this.state.mean -= options.weight * (this.fit(data) - this.state.mean);
    return { loss: 0 };
  }
  async guide(data: Numbers, options: TrainOptions & { weight: number }): Promise<{ loss: number }> {
    this.calls.push({ call: 'guide', data, ...options });
    this.state.twin = this.fit(data);
    return { loss: 0 };
  }
  async sample(items: Int32Array, { dispersion = 0 }: SampleOptions): Promise<Numbers> {
    const { mean, twin } = this.state;
    const away = twin === null ? 0 : 10 * (mean - twin);
    return Array.from(items, (_, i) => mean + away + i * (1 + dispersion));
  }
  async measure(): Promise<Record<string, number>> {
    return { mean: this.state.mean, age: this.state.age, initial: this.state.initial };
  }
  async save(directory: string, fs: Fs): Promise<void> {
    await fs.write(`${directory}/state.json`, Buffer.from(JSON.stringify(this.state)));
  }
  async restore(directory: string, fs: Fs): Promise<void> {
    this.state = JSON.parse(Buffer.from((await fs.read(`${directory}/state.json`))!).toString());
  }
  async close(): Promise<void> {}
}

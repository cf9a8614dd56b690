import type { Metrics } from '../loop/layout.js';
import { meanAndSpread } from '../loop/statistics.js';
import type {
  Corrector,
  Generator,
  Json,
  SampleOptions,
  Selector,
  Task,
  TrainOptions,
  Trial,
} from '../loop/task.js';
import { readJson, type Sets, writeJson } from './sets.js';

/** Names a stream of random numbers. */
export type Key = readonly (number | string)[];

/**
 * A task whose model is fitted in one go and is judged by its own parameters: what all tasks with exact answers share. `M`, the
 * model, is plain JSON, which gives back every finite double bit for bit.
 */
export interface FittedTask<S, M>
  extends Pick<Task<S>, 'name' | 'summary' | 'settings' | 'defaults' | 'theory'> {
  sets: Sets<S>;
  /** `count` real samples; a function of the key alone. */
  real(count: number, key: Key): S;
  /** A function of the data and the options' seed; `previous` is undefined where training starts anew. */
  fit(data: S, previous: M | undefined, options: TrainOptions): { model: M; loss: number };
  /** One sample per item, conditioned as that item of the real set is; a function of the model, the items and the seed. */
  draw(model: M, items: Int32Array, seed: number, real: S): S;
  measure(model: M, seed: number): Metrics;
  /** By name; the first is the task's own. */
  correctors?: Record<string, Corrector<S>>;
  /** Metrics of samples, with other names than those of `measure`. */
  evaluate?(samples: S): Metrics;
  selector?(real: S): Selector<S>;
  rewards?: Record<string, (samples: S) => Float64Array>;
  /** `fit` heeds `options.weights`. */
  weights?: boolean;
  /** `fit` heeds `options.truncation`. */
  truncate?: boolean;
  /** `present - weight (synthetic - present)` in the model's parameters, made valid. */
  extrapolate?(present: M, synthetic: M, weight: number): M;
  /** The model that draws 1 + dispersion times as widely. */
  disperse?(model: M, dispersion: number): M;
}

/** Redraws of the real samples by which a floor is measured. */
const FLOOR_REDRAWS = 8;

/** The engine's {@link Task} of a {@link FittedTask}. Its real set is all of `count` draws under the key (seed, "real"). */
export function fittedTask<S, M>(spec: FittedTask<S, M>): Task<S> {
  const { name, summary, settings, defaults, theory, sets } = spec;
  return {
    name,
    summary,
    settings,
    defaults,
    theory,
    abilities: {
      correctors: Object.keys(spec.correctors ?? {}),
      select: spec.selector !== undefined,
      rewards: Object.keys(spec.rewards ?? {}),
      fresh: true,
      weights: spec.weights ?? false,
      truncate: spec.truncate ?? false,
      extrapolate: spec.extrapolate !== undefined,
      disperse: spec.disperse !== undefined,
    },
    size: sets.size,
    take: sets.take,
    concat: sets.concat,
    open: async (seed, { n }) => new FittedTrial(spec, seed, n),
  };
}

class FittedTrial<S, M> implements Trial<S> {
  readonly real: S;
  readonly selector?: Selector<S>;
  readonly evaluate?: (samples: S) => Promise<Metrics>;
  readonly floor?: (count: number) => Promise<{ metrics: Metrics; spread: Metrics }>;

  constructor(
    private readonly spec: FittedTask<S, M>,
    private readonly seed: number,
    n: number,
  ) {
    this.real = spec.real(n, [seed, 'real']);
    this.selector = spec.selector?.(this.real);
    const { evaluate } = spec;
    if (!evaluate) return;
    this.evaluate = async (samples) => evaluate(samples);
    this.floor = async (count) => {
      const redraws = Array.from({ length: FLOOR_REDRAWS }, (_, redraw) =>
        evaluate(spec.real(count, [seed, 'floor', redraw])),
      );
      const { mean, spread } = meanAndSpread(redraws);
      return { metrics: mean, spread };
    };
  }

  async fresh(count: number, generation: number): Promise<S> {
    return this.spec.real(count, [this.seed, 'fresh', generation]);
  }

  async createGenerator(): Promise<Generator<S>> {
    return new Fit(this.spec, this.seed, this.real);
  }

  corrector(name: string): Corrector<S> | undefined {
    const { correctors = {} } = this.spec;
    return Object.hasOwn(correctors, name) ? correctors[name] : undefined;
  }

  reward(name: string): ((samples: S) => Promise<Float64Array>) | undefined {
    const { rewards = {} } = this.spec;
    return Object.hasOwn(rewards, name) ? async (samples) => rewards[name](samples) : undefined;
  }

  save(samples: S, directory: string, fs: Parameters<Trial<S>['save']>[2]): Promise<void> {
    return writeJson(fs, `${directory}/samples.json`, this.spec.sets.toJson(samples));
  }

  async load(directory: string, fs: Parameters<Trial<S>['load']>[1]): Promise<S> {
    return this.spec.sets.fromJson(await readJson(fs, `${directory}/samples.json`));
  }
}

class Fit<S, M> implements Generator<S> {
  private model: M | undefined;
  readonly extrapolate?: Generator<S>['extrapolate'];

  constructor(
    private readonly spec: FittedTask<S, M>,
    private readonly seed: number,
    private readonly real: S,
  ) {
    const { extrapolate } = spec;
    if (!extrapolate) return;
    this.extrapolate = async (data, options) => {
      const present = this.fitted();
      const { model, loss } = spec.fit(data, present, options);
      this.model = extrapolate(present, model, options.weight);
      return { loss };
    };
  }

  async train(data: S, options: TrainOptions): Promise<{ loss: number }> {
    const { model, loss } = this.spec.fit(data, options.initial ? undefined : this.model, options);
    this.model = model;
    return { loss };
  }

  async sample(items: Int32Array, { seed, dispersion = 0 }: SampleOptions): Promise<S> {
    const { spec } = this;
    const model = this.fitted();
    const drawn = dispersion > 0 && spec.disperse ? spec.disperse(model, dispersion) : model;
    return spec.draw(drawn, items, seed, this.real);
  }

  async measure(): Promise<Metrics> {
    return this.spec.measure(this.fitted(), this.seed);
  }

  save(directory: string, fs: Parameters<Generator<S>['save']>[1]): Promise<void> {
    return writeJson(fs, `${directory}/model.json`, this.fitted());
  }

  async restore(directory: string, fs: Parameters<Generator<S>['restore']>[1]): Promise<void> {
    this.model = await readJson<M>(fs, `${directory}/model.json`);
  }

  async close(): Promise<void> {}

  private fitted(): M {
    if (this.model === undefined) throw new Error(`Expected a trained ${this.spec.name} but received none`);
    return this.model;
  }
}

/** A corrector's report that tells the mean distance its samples moved. */
export const moved = (count: number, distance: number): { status: { ok: number }; distance: number } => ({
  status: { ok: count },
  distance,
});

/** Settings are JSON; this only tells the compiler so. */
export const settingsOf = (settings: object): Json => settings as unknown as Json;

import type { Watch } from './alarm.js';
import type { ArmSettings, LoopConfig } from './config.js';
import type { Fs } from './fs.js';
import type { CorrectionReport, GenerationRow, Metrics, SelectionReport } from './layout.js';

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Progress within one stage: `done` of `total` steps or items, and the loss where there is one. */
export type Progress = (done: number, total: number, loss?: number) => void;

export interface StageOptions {
  signal?: AbortSignal;
  onProgress?: Progress;
}

/** What a corrector and a selector may draw from: every random number is keyed by these. */
export interface StageContext extends StageOptions {
  seed: number;
  generation: number;
}

/** What a task's trials and generators offer, so that a run that asks for more is refused before it does any work. */
export interface Abilities {
  /** Names of the correctors of its trials; the first is used unless the configuration names another. Arm `placebo` needs `placebo`. */
  correctors?: readonly string[];
  /** Trials have a `selector` (arm `selected`). */
  select?: boolean;
  /** Names of the rewards of its trials (arm `best`, and the score of arm `gated`). */
  rewards?: readonly string[];
  /** Trials give new real samples (regime `fresh`). */
  fresh?: boolean;
  /** Generators heed `weights` in training. */
  weights?: boolean;
  /** Generators can go on with the optimiser of the generation before. */
  keepOptimizer?: boolean;
  /** Generators heed `dispersion` in sampling. */
  disperse?: boolean;
  /** Generators have `extrapolate`, have `guide`, heed `truncation`. */
  extrapolate?: boolean;
  guide?: boolean;
  truncate?: boolean;
}

/**
 * An experiment the loop can run. `S` is an ordered set of samples together with whatever they are conditioned on; the loop
 * only counts, picks and joins them.
 */
export interface Task<S> {
  readonly name: string;
  /** One line for `selfcorrect run --list`. */
  readonly summary?: string;
  /** Everything that decides the results besides the loop's own configuration; a run only resumes under equal settings. */
  readonly settings: Json;
  readonly abilities: Abilities;
  /** What of the loop's configuration suits this task, where it differs from the loop's own defaults. */
  readonly defaults?: Partial<LoopConfig>;
  size(samples: S): number;
  /** The samples at these positions, in this order; a position may occur twice. */
  take(samples: S, positions: ArrayLike<number>): S;
  concat(sets: readonly S[]): S;
  /** Data, features and models of one seed. Called once per seed and thread; must give the same for the same arguments. */
  open(
    seed: number,
    options: { n: number; evaluationCount: number; place?: Place; signal?: AbortSignal },
  ): Promise<Trial<S>>;
  /** Metrics that give a collapse away, and in which direction; `WATCHED` of `alarm.ts` where left out. */
  readonly watch?: Watch;
  /** What is known in closed form of an arm of this configuration. Pure. */
  theory?(settings: ArmSettings): TheoryCurve[];
}

/**
 * Where a task may keep what all seeds and arms share and must not change while a run goes on, such as a trained evaluator. Threads may
 * write there at the same time: by {@link replaceFile}, and equal bytes.
 */
export interface Place {
  fs: Fs;
  /** The run's directory; file names are the task's choice, but none of `layout.ts`. */
  directory: string;
}

/** What real samples score. */
export interface Floor {
  metrics: Metrics;
  /** Standard deviation over redraws. */
  spread: Metrics;
  /** SHA-256 of what was trained to evaluate, where something was. */
  evaluator?: string;
}

/** A closed form for one metric of one arm. */
export interface TheoryCurve {
  metric: string;
  /** The formula as text, e.g. `(1 - 1/N)^t`. */
  name: string;
  /** Paper and equation. */
  source?: string;
  /** What it says of the seeds: their mean, their median, or a bound that their mean stays under. */
  of: 'mean' | 'median' | 'upper bound';
  /** Value at generation 0, 1, ..., `generations`. */
  values: number[];
}

/** A task with one seed's data. Its methods may run for several arms at a time and must not depend on one another. */
export interface Trial<S> {
  /** The n real samples that the arms are trained on. */
  readonly real: S;
  /** `count` new real samples, which depend on the seed and the generation alone. Needed by the regime `fresh`. */
  fresh?(count: number, generation: number): Promise<S>;
  /**
   * A new, untrained generator; equal seeds give equal weights.
   * @param options.keepOptimizer later generations go on with this one's optimiser, so `save` and `restore` must carry it
   */
  createGenerator(options: {
    seed: number;
    keepOptimizer: boolean;
    signal?: AbortSignal;
  }): Promise<Generator<S>>;
  /** The corrector of this name, or undefined where the task has none. */
  corrector(name: string): Corrector<S> | undefined;
  readonly selector?: Selector<S>;
  /** The reward of this name: one number per sample, larger is better; a pure function of the sample. */
  reward?(name: string): ((samples: S) => Promise<Float64Array>) | undefined;
  /**
   * Metrics of `evaluationCount` samples drawn from a model; a pure function of them. A task needs this, or `measure` of its
   * generators, or both with different names.
   */
  evaluate?(samples: S): Promise<Metrics>;
  /** The same metrics of real samples at this count: mean and standard deviation over redraws. */
  floor?(count: number): Promise<Floor>;
  /**
   * What a user should be warned of in a generation: a corrector that moves samples away from the real ones, copies of training data.
   * @param noise standard deviation of each metric over evaluations of one model
   * @param floor the metrics of real samples
   */
  warnings?(row: GenerationRow, noise: Metrics, floor: Metrics): string[];
  /** Writes what a reader wants to see of a generation into a directory that exists. */
  exhibit?(exhibit: Exhibit<S>, directory: string, fs: Fs): Promise<void>;
  /** Writes a set into a directory that exists, and reads it back bit for bit. Needed by the regimes that remember. */
  save(samples: S, directory: string, fs: Fs): Promise<void>;
  load(directory: string, fs: Fs): Promise<S>;
  close?(): Promise<void>;
}

export interface TrainOptions extends StageOptions {
  steps: number;
  learningRate: number;
  seed: number;
  /** True where training starts from untrained weights. */
  initial: boolean;
  /** False only if the task can keep it and the configuration asks for that. */
  resetOptimizer: boolean;
  /** Weight of each sample in the loss, mean 1; left out where all are 1. */
  weights?: Float64Array;
  /**
   * Parts of a sample (tokens, categories) that the model gives a larger probability than this count nothing in the loss
   * (ForTIFAI, arXiv 2509.08972); in (0, 1], left out where all parts count.
   */
  truncation?: number;
}

export interface SampleOptions extends StageOptions {
  seed: number;
  /** How much more widely than the model itself would, > 0; left out for plain samples. */
  dispersion?: number;
}

/** A model that can be trained, sampled and stored. Its state after `restore` is exactly its state at `save`. */
export interface Generator<S> {
  /** Trains for `steps` and returns the mean loss. A model with a fit in closed form takes no steps and fits. */
  train(data: S, options: TrainOptions): Promise<{ loss: number }>;
  /** One sample per entry of `items`, conditioned as that real item is: a function of the model, the entry, its place and the options. */
  sample(items: Int32Array, options: SampleOptions): Promise<S>;
  /** Metrics of the model itself, without the noise of sampling; they join those of `Trial.evaluate`. */
  measure?(): Promise<Metrics>;
  /**
   * Neon (arXiv 2510.03597): with theta_r the present weights and theta_s those of a copy trained on `data` alone, the weights
   * become theta_r - weight (theta_s - theta_r).
   */
  extrapolate?(data: S, options: TrainOptions & { weight: number }): Promise<{ loss: number }>;
  /**
   * SIMS (arXiv 2408.16333): trains a twin of the present model on `data` alone; `sample` then follows (1 + weight) s - weight s_twin,
   * with s the score (or the logarithm of the density). The twin is part of the state; the next `train` leaves it out of use again.
   */
  guide?(data: S, options: TrainOptions & { weight: number }): Promise<{ loss: number }>;
  /** Writes its state into a directory that exists. */
  save(directory: string, fs: Fs): Promise<void>;
  restore(directory: string, fs: Fs): Promise<void>;
  close(): Promise<void>;
}

/** What a corrector says of one sample: for gates and for its provenance. */
export interface SampleNote {
  /** False: it could not be corrected, and the arm `gated` leaves it out. */
  ok: boolean;
  status: string;
  /** Level of outside help it took, 0 for none. */
  rung?: number;
  /** Named numbers, e.g. tracking error. */
  scores?: Record<string, number>;
}

export interface Corrector<S> {
  /**
   * True where it takes the strength gamma itself (an interpolation, a density mixed by gamma): it is given every sample. Otherwise the
   * loop gives it a share gamma / (1 + gamma) of the samples, chosen at random: pi_gamma by mixing.
   */
  readonly ownGamma?: boolean;
  /**
   * Corrected samples, the same number in the same order, and one note per sample if it has any.
   * `matched` is the report of the arm this one is matched to (the placebo's amount follows the physics arm), if it runs.
   */
  correct(
    samples: S,
    context: StageContext & { gamma: number; matched?: CorrectionReport },
  ): Promise<{ samples: S; report: CorrectionReport; notes?: SampleNote[] }>;
}

export interface Selector<S> {
  /**
   * Chooses one candidate per entry of `items` (a real item); candidate i was drawn for `items[i % items.length]`.
   * Returns positions among the candidates in the order of `items`.
   */
  select(
    candidates: S,
    items: Int32Array,
    context: StageContext,
  ): Promise<{ chosen: Int32Array; report: SelectionReport }>;
}

/** What a generation has to show. */
export interface Exhibit<S> {
  generation: number;
  evaluation: S;
  /** The synthetic motions of this generation before and after correction, same order; absent where nothing was corrected. */
  corrected?: { before: S; after: S; report: CorrectionReport };
}

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

/**
 * An experiment the loop can run. `S` is an ordered set of samples together with whatever they are conditioned on; the loop
 * only counts, picks and joins them.
 */
export interface Task<S> {
  readonly name: string;
  /** Everything that decides the results besides the loop's own configuration; a run only resumes under equal settings. */
  readonly settings: Json;
  size(samples: S): number;
  /** The samples at these positions, in this order; a position may occur twice. */
  take(samples: S, positions: ArrayLike<number>): S;
  concat(sets: readonly S[]): S;
  /** Data, features and models of one seed. Called once per seed; must give the same for the same arguments. */
  open(
    seed: number,
    options: { n: number; evaluationCount: number; signal?: AbortSignal },
  ): Promise<Trial<S>>;
}

/** A task with one seed's data. Its methods may run for several arms at a time and must not depend on one another. */
export interface Trial<S> {
  /** The n real samples, the only ones any arm is ever trained on. */
  readonly real: S;
  /** A new, untrained generator; equal seeds give equal weights. */
  createGenerator(options: { seed: number; signal?: AbortSignal }): Promise<Generator<S>>;
  /** The corrector of this name, or undefined where the task has none. */
  corrector(name: string): Corrector<S> | undefined;
  readonly selector?: Selector<S>;
  /** Metrics of samples; a pure function of them. */
  evaluate(samples: S): Promise<Metrics>;
  /** The same metrics of real samples at this count: mean and standard deviation over redraws. */
  floor(count: number): Promise<{ metrics: Metrics; spread: Metrics }>;
  /**
   * What a user should be warned of in a generation: a corrector that moves samples away from the real ones, copies of training data.
   * @param noise standard deviation of each metric over evaluations of one model
   * @param floor the metrics of real samples
   */
  warnings?(row: GenerationRow, noise: Metrics, floor: Metrics): string[];
  /** Writes what a reader wants to see of a generation into a directory that exists. */
  exhibit?(exhibit: Exhibit<S>, directory: string, fs: Fs): Promise<void>;
  /** Writes a set into a directory that exists, and reads it back bit for bit. Needed by the regime `accumulate`. */
  save(samples: S, directory: string, fs: Fs): Promise<void>;
  load(directory: string, fs: Fs): Promise<S>;
  close?(): Promise<void>;
}

/** A model that can be trained, sampled and stored. Its state after `restore` is exactly its state at `save`. */
export interface Generator<S> {
  /** Trains for `steps` with a fresh optimiser and returns the mean loss. */
  train(
    data: S,
    options: StageOptions & {
      steps: number;
      learningRate: number;
      seed: number;
      /** True for generation 0, which is trained from scratch. */
      initial: boolean;
    },
  ): Promise<{ loss: number }>;
  /** One sample per entry of `items`, conditioned as that real item is. */
  sample(items: Int32Array, options: StageOptions & { seed: number }): Promise<S>;
  /** Writes its state into a directory that exists. */
  save(directory: string, fs: Fs): Promise<void>;
  restore(directory: string, fs: Fs): Promise<void>;
  close(): Promise<void>;
}

export interface Corrector<S> {
  /**
   * Corrected samples, the same number in the same order.
   * `matched` is the report of the arm this one is matched to (the placebo's amount follows the physics arm), if it runs.
   */
  correct(
    samples: S,
    context: StageContext & { matched?: CorrectionReport },
  ): Promise<{ samples: S; report: CorrectionReport }>;
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

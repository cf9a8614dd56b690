/** A motion diffusion model with its training state, in a thread of its own. */
import { ParameterLayout, sizeOf, squaresKey } from '../graph/index.js';
import { Random } from '../random/random.js';
import { drawer, type TrainingData } from './batches.js';
import { expectArgument, expectInteger, expectRange, GeneratorError } from './errors.js';
import { checkConfig, initialise, type MotionDiffusionConfig, parametersOf } from './mdm.js';
import { OrtClient } from './ort-client.js';
import type { HostTensor } from './protocol.js';
import { noiseModel, samplerModel } from './sample-graph.js';
import { cosineSchedule, ddimSteps } from './schedule.js';
import { STATE_KINDS, type StateKind, stateName, trainModel } from './train-graph.js';

/** A named tensor of a checkpoint, in the types of the safetensors format. */
export interface StateTensor {
  dtype: 'F32' | 'I64';
  shape: number[];
  data: Float32Array | BigInt64Array;
}
export type StateDict = Map<string, StateTensor>;

export interface CreateOptions {
  /** Cores one run may use; default 1. With 1, equal seeds give equal bytes. */
  threads?: number;
  /** Seed of the start values; default 0. */
  seed?: number;
  signal?: AbortSignal;
}

export interface TrainOptions {
  /** Training steps. */
  steps: number;
  /** Motions in a batch, drawn with replacement. */
  batch: number;
  /** Learning rate of AdamW (β 0.9 and 0.999, no weight decay). */
  lr: number;
  /** Steps over which the learning rate rises to `lr`, counted from the optimiser's start; default 0. */
  warmup?: number;
  /** Decay of the moving average of the weights that sampling uses, in 0..1. */
  emaDecay: number;
  /** Largest global norm of the gradient; Infinity for no limit. */
  clip: number;
  /** Probability that a motion is shown without its class. */
  labelDrop: number;
  /** Seed of batches, timesteps and noise. What a step draws depends on it and on the number of steps ever taken. */
  seed: number;
  /** Forget the moments of AdamW first. */
  resetOptimizer?: boolean;
  /** Aborting rejects with the signal's reason after the runs in progress; the steps done until then stay done. */
  signal?: AbortSignal;
  onProgress?(progress: { step: number; steps: number; loss: number }): void;
}

export interface SampleOptions {
  /** Class of each sample, 0 .. classes-1, or `classes` for none. */
  labels: Int32Array;
  /** Seed of the noise. The noise of a sample depends on it and the sample's index alone. */
  seed: number;
  /** DDIM steps, 1 .. diffusionSteps. */
  steps: number;
  /** Weight of classifier-free guidance; default 1, which is none and costs half. */
  guidance?: number;
  signal?: AbortSignal;
  onProgress?(progress: { step: number; steps: number }): void;
}

/** Steps in one run of a graph: enough that entering and leaving it costs nothing, few enough to stop soon. */
const TRAIN_STEPS_PER_RUN = 8;
const SAMPLE_STEPS_PER_RUN = 4;
/** Batches that samples are padded to. */
const SAMPLE_BATCHES = [8, 64];

const STEP = 'step';
const OPTIMIZER_STEP = 'optimizer_step';

const int64 = (data: BigInt64Array, shape: number[]): HostTensor => ({ dtype: 'int64', shape, data });
const uint64 = (data: bigint[], shape: number[]): HostTensor => ({
  dtype: 'uint64',
  shape,
  data: BigUint64Array.from(data),
});
const float32 = (data: number[], shape: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

export class MotionDiffusion {
  private readonly layout: ParameterLayout;
  private readonly alphaBar: Float64Array;
  private queue: Promise<unknown> = Promise.resolve();
  /** Steps ever taken, and steps since the optimiser was reset. */
  private step = 0;
  private optimizerStep = 0;

  private constructor(
    readonly config: Readonly<MotionDiffusionConfig>,
    private readonly client: OrtClient,
  ) {
    this.layout = new ParameterLayout(parametersOf(config));
    this.alphaBar = cosineSchedule(config.diffusionSteps);
  }

  /**
   * A model with fresh weights. Close it after use.
   * @throws GeneratorError ERR_ARGUMENT, ERR_RUNTIME_MISSING
   */
  static async create(config: MotionDiffusionConfig, options: CreateOptions = {}): Promise<MotionDiffusion> {
    const { threads = 1, seed = 0, signal } = options;
    checkConfig(config);
    expectInteger('threads', threads, 1, 1024);
    expectInteger('seed', seed, 0);
    signal?.throwIfAborted();
    const client = await OrtClient.start(threads);
    const model = new MotionDiffusion({ ...config }, client);
    try {
      const start = model.layout.join(initialise(config, seed));
      await model.place('model', start);
      await model.place('ema', start);
      await model.resetOptimizer();
      signal?.throwIfAborted();
    } catch (error) {
      await model.close();
      throw error;
    }
    return model;
  }

  /** Number of scalars in the model. */
  get parameterCount(): number {
    return this.layout.size;
  }

  /** Training steps ever taken. */
  get steps(): number {
    return this.step;
  }

  /** One operation at a time: later ones wait. */
  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => {});
    return result;
  }

  private async place(kind: StateKind, arrays: readonly Float32Array[]): Promise<void> {
    for (const [i, data] of arrays.entries())
      await this.client.place(stateName(kind, i), this.layout.buckets[i].shape, data);
  }

  private async resetOptimizer(): Promise<void> {
    const zeros = this.layout.buckets.map(({ shape }) => new Float32Array(sizeOf(shape)));
    await this.place('adam_m', zeros);
    await this.place('adam_v', zeros);
    this.optimizerStep = 0;
  }

  /**
   * Trains on motions drawn at random.
   * @returns the mean squared error of each step
   * @throws GeneratorError ERR_ARGUMENT, ERR_DIVERGED, ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  train(data: TrainingData, options: TrainOptions): Promise<{ losses: Float32Array }> {
    return this.exclusive(() => this.trainNow(data, options));
  }

  private async trainNow(data: TrainingData, options: TrainOptions): Promise<{ losses: Float32Array }> {
    const { steps, batch, lr, warmup = 0, emaDecay, clip, seed, signal, onProgress } = options;
    this.checkTraining(data, options);
    signal?.throwIfAborted();
    const draw = drawer(data, this.config, options);
    const session = `train ${batch}`;
    await this.client.open(session, () => trainModel(this.config, this.layout, batch));
    const { frames, features } = this.config;
    await this.client.place(
      'data',
      [data.labels.length, frames, features],
      data.features,
      (piece, offset) => {
        const bad = piece.findIndex((value) => !Number.isFinite(value));
        expectArgument(bad < 0, `features[${offset + bad}]`, 'a finite number', piece[bad]);
      },
    );
    if (options.resetOptimizer) await this.resetOptimizer();

    const names = STATE_KINDS.flatMap((kind) => this.layout.buckets.map((_, i) => stateName(kind, i)));
    const resident = Object.fromEntries(names.map((name) => [name, name]));
    const keep = Object.fromEntries(names.map((name) => [`next.${name}`, name]));
    const constants = {
      data: 'data',
      noiseKey: uint64([squaresKey(new Random(seed, 'noise'))], []),
      clip: float32([clip], []),
      emaDecay: float32([emaDecay], []),
    };
    const losses = new Float32Array(steps);
    const [firstStep, firstOptimizerStep] = [this.step, this.optimizerStep];
    let asked = 0;
    const ask = async (): Promise<number> => {
      const from = asked;
      const count = Math.min(TRAIN_STEPS_PER_RUN, steps - from);
      asked += count;
      const { rows, timesteps, labels } = draw(firstStep + from, count);
      const each = (value: (i: number) => number) => Array.from({ length: count }, (_, i) => value(from + i));
      const adamStep = (i: number) => firstOptimizerStep + i + 1;
      const feeds = {
        ...resident,
        ...constants,
        rows: int64(rows, [count, batch]),
        timesteps: int64(timesteps, [count, batch]),
        labels: int64(labels, [count, batch]),
        noise: uint64(each((i) => firstStep + i).map(BigInt), [count]),
        adamStep: float32(each(adamStep), [count]),
        learningRate: float32(
          each((i) => lr * Math.min(1, adamStep(i) / Math.max(1, warmup))),
          [count],
        ),
      };
      const result = await this.client.run({ session, feeds, keep, fetch: ['losses'] });
      losses.set(result.losses.data as Float32Array, from);
      this.step += count;
      this.optimizerStep += count;
      return from + count;
    };

    // The next run is asked for before the last one ends, so that the thread never waits for this one.
    let running: Promise<number> | undefined = ask();
    let following: Promise<number> | undefined;
    try {
      while (running) {
        following = asked < steps && !signal?.aborted ? ask() : undefined;
        following?.catch(() => {});
        const done: number = await running;
        running = following;
        const loss = losses[done - 1];
        if (!Number.isFinite(loss))
          throw new GeneratorError(
            'ERR_DIVERGED',
            `Expected a finite training loss but received ${loss} at step ${firstStep + done}`,
          );
        onProgress?.({ step: done, steps, loss });
      }
    } finally {
      await following?.catch(() => {});
      await this.client.free(['data']).catch(() => {});
    }
    if (asked < steps) signal?.throwIfAborted();
    return { losses };
  }

  private checkTraining({ features, labels, weights }: TrainingData, options: TrainOptions): void {
    const { frames, features: width, classes } = this.config;
    const { steps, batch, lr, warmup = 0, emaDecay, clip, labelDrop, seed } = options;
    expectInteger('steps', steps, 1);
    expectInteger('batch', batch, 1);
    expectRange('lr', lr, 0, Number.MAX_VALUE);
    expectInteger('warmup', warmup, 0);
    expectRange('emaDecay', emaDecay, 0, 1);
    expectArgument(clip > 0, 'clip', 'a positive number', clip);
    expectRange('labelDrop', labelDrop, 0, 1);
    expectInteger('seed', seed, 0);
    expectArgument(labels.length > 0, 'labels', 'one or more', 'none');
    for (const [i, label] of labels.entries()) expectInteger(`labels[${i}]`, label, 0, classes - 1);
    const size = labels.length * frames * width;
    const shape = `${labels.length} x ${frames} x ${width} = ${size} numbers`;
    expectArgument(features.length === size, 'features', shape, features.length);
    if (weights)
      expectArgument(weights.length === labels.length, 'weights', `${labels.length} numbers`, weights.length);
  }

  /**
   * Draws motions with the averaged weights by DDIM (η = 0).
   * @returns [N, frames, features], normalised as the training data was
   * @throws GeneratorError ERR_ARGUMENT, ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  sample(options: SampleOptions): Promise<Float32Array> {
    return this.exclusive(() => this.sampleNow(options));
  }

  private async sampleNow({
    labels,
    seed,
    steps,
    guidance = 1,
    signal,
    onProgress,
  }: SampleOptions): Promise<Float32Array> {
    const { frames, features, classes, diffusionSteps } = this.config;
    expectInteger('seed', seed, 0);
    expectInteger('steps', steps, 1, diffusionSteps);
    expectArgument(Number.isFinite(guidance), 'guidance', 'a finite number', guidance);
    for (const [i, label] of labels.entries()) expectInteger(`labels[${i}]`, label, 0, classes);
    const out = new Float32Array(labels.length * frames * features);
    const plan = ddimSteps(this.alphaBar, steps);
    const key = uint64([squaresKey(new Random(seed, 'sample'))], []);
    const guided = guidance !== 1;
    const weights = this.layout.buckets.map((_, i) => stateName('ema', i));

    for (let first = 0; first < labels.length; ) {
      const left = labels.length - first;
      const batch = SAMPLE_BATCHES.find((size) => size >= left) ?? SAMPLE_BATCHES.at(-1)!;
      const session = `sample ${batch}${guided ? ' guided' : ''}`;
      await this.client.open(`noise ${batch}`, () => noiseModel(this.config, batch));
      await this.client.open(session, () => samplerModel(this.config, this.layout, batch, guided));
      const counters = uint64(
        Array.from({ length: batch }, (_, i) => BigInt(first + i)),
        [batch],
      );
      const padded = new BigInt64Array(batch).fill(BigInt(classes));
      padded.set(BigInt64Array.from(labels.subarray(first, first + batch), BigInt));
      signal?.throwIfAborted();
      await this.client.run({
        session: `noise ${batch}`,
        feeds: { key, counters },
        keep: { x: `x ${batch}` },
        fetch: [],
      });
      for (let done = 0; done < steps; ) {
        signal?.throwIfAborted();
        const part = plan.slice(done, done + SAMPLE_STEPS_PER_RUN);
        const count = [part.length];
        await this.client.run({
          session,
          feeds: {
            ...Object.fromEntries(weights.map((name) => [name, name])),
            x: `x ${batch}`,
            labels: int64(padded, [batch]),
            timesteps: int64(
              BigInt64Array.from(part, ({ timestep }) => BigInt(timestep)),
              count,
            ),
            signal: float32(
              part.map((step) => step.signal),
              count,
            ),
            rest: float32(
              part.map((step) => step.rest),
              count,
            ),
            ...(guided ? { guidance: float32([guidance], []) } : {}),
          },
          keep: { 'next.x': `x ${batch}` },
          fetch: [],
        });
        done += part.length;
        const samples = Math.min(batch, left);
        onProgress?.({ step: first * steps + done * samples, steps: labels.length * steps });
      }
      const x = await this.client.read(`x ${batch}`);
      out.set(x.subarray(0, Math.min(batch, left) * frames * features), first * frames * features);
      first += batch;
    }
    return out;
  }

  /** Everything a continued training needs: weights, their average, AdamW's moments, counts of steps. */
  state(): Promise<StateDict> {
    return this.exclusive(async () => {
      const dict: StateDict = new Map();
      const shapes = new Map(this.layout.parameters.map(({ name, shape }) => [name, [...shape]]));
      for (const kind of STATE_KINDS) {
        const arrays: Float32Array[] = [];
        for (const i of this.layout.buckets.keys()) arrays.push(await this.client.read(stateName(kind, i)));
        for (const [name, data] of this.layout.part(arrays))
          dict.set(`${kind}.${name}`, { dtype: 'F32', shape: shapes.get(name)!, data });
      }
      const count = (value: number): StateTensor => ({
        dtype: 'I64',
        shape: [],
        data: BigInt64Array.of(BigInt(value)),
      });
      return dict.set(STEP, count(this.step)).set(OPTIMIZER_STEP, count(this.optimizerStep));
    });
  }

  /**
   * Replaces weights and training state.
   * @throws GeneratorError ERR_CHECKPOINT if a tensor is missing, unknown or of another shape; nothing has changed then
   */
  load(dict: StateDict): Promise<void> {
    return this.exclusive(async () => {
      const known = new Set([STEP, OPTIMIZER_STEP]);
      const fail = (name: string, what: string, value: string): never => {
        throw new GeneratorError('ERR_CHECKPOINT', `Expected ${what} for ${name} but received ${value}`);
      };
      const kinds = STATE_KINDS.map((kind) => {
        const named = new Map<string, Float32Array>();
        for (const { name, shape } of this.layout.parameters) {
          const key = `${kind}.${name}`;
          known.add(key);
          const tensor = dict.get(key);
          const data =
            tensor?.dtype === 'F32' && tensor.shape.join() === shape.join() ? tensor.data : undefined;
          if (data instanceof Float32Array) named.set(name, data);
          else fail(key, `F32 [${shape}]`, tensor ? `${tensor.dtype} [${tensor.shape}]` : 'none');
        }
        return { kind, arrays: this.layout.join(named) };
      });
      const count = (name: string): number => {
        const data = dict.get(name)?.data;
        return data instanceof BigInt64Array && data.length === 1 && data[0] >= 0n
          ? Number(data[0])
          : fail(name, 'one I64 of at least 0', data ? `${data}` : 'none');
      };
      const [step, optimizerStep] = [count(STEP), count(OPTIMIZER_STEP)];
      for (const name of dict.keys()) if (!known.has(name)) fail(name, 'no tensor', 'one');
      for (const { kind, arrays } of kinds) await this.place(kind, arrays);
      [this.step, this.optimizerStep] = [step, optimizerStep];
    });
  }

  /** Ends the thread; what runs is finished first, later calls are refused. */
  close(): Promise<void> {
    return this.client.close();
  }
}

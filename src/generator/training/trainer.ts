/** Trains any model: the thread with its state, runs of several steps, what happens when they fail. */
import { Graph, squaresKey, type Value } from '../../graph/index.js';
import { Random } from '../../random/random.js';
import { expectArgument, expectInteger, expectRange, GeneratorError } from '../errors.js';
import { OrtClient } from '../runtime/ort-client.js';
import { float32, type HostTensor, uint64 } from '../runtime/protocol.js';
import type { Provider, ProviderChoice } from '../runtime/providers.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { Batches, BatchSource, InputSpecs, TrainableModel } from './model.js';
import { ResidentState, type StateDict } from './resident-state.js';
import { STATE_KINDS, stepGraph } from './step-graph.js';

export interface TrainerOptions {
  /** Cores one run may use; default 1. With 1, equal seeds give equal bytes. */
  threads?: number;
  /** Where the graphs run; default 'auto': on a GPU if onnxruntime can, else on the CPU. */
  provider?: ProviderChoice;
  /** Seed of the start values, and of what a training draws unless told otherwise; default 0. */
  seed?: number;
  signal?: AbortSignal;
}

export interface TrainOptions {
  /** Training steps. */
  steps: number;
  /** Learning rate of AdamW (β 0.9 and 0.999), or a schedule: the rate of each step since the optimiser's start, from 0. */
  lr: number | ((step: number) => number);
  /** Steps over which the learning rate rises to `lr`, counted from the optimiser's start; default 0. */
  warmup?: number;
  /** Decoupled weight decay of the matrices; default 0. */
  weightDecay?: number;
  /** Decay of the moving average of the weights that sampling uses, in 0..1; default 0.999. */
  emaDecay?: number;
  /** Largest global norm of the gradient; default Infinity, which is none. */
  clip?: number;
  /** Seed of what is random in a step; default: the model's. A step's draws depend on it and on the number of steps ever taken. */
  seed?: number;
  /** Forget the moments of AdamW first. */
  resetOptimizer?: boolean;
  /** Most steps in one run of the graph: what a stop must wait for; default 8. Results don't depend on it. */
  stepsPerRun?: number;
  /** Aborting rejects with the signal's reason after the runs in progress; the steps done until then stay done. */
  signal?: AbortSignal;
  /** Called after each run of steps: the last of them, and the loss of each. */
  onProgress?(progress: {
    step: number;
    steps: number;
    loss: number;
    norm: number;
    lr: number;
    losses: Float32Array;
  }): void;
}

export interface TrainLog {
  /** Loss of each step. */
  losses: Float32Array;
}

const SEED = 'seed';
const STEP_GRAPH = new URL('./step-graph.js', import.meta.url).href;

/** Runs asked for before the first of them has answered: the thread never waits for this one. */
const AHEAD = 2;

/** A model with its training state, in a thread of its own. */
export class Trainer {
  readonly state: ResidentState;
  private queue: Promise<unknown> = Promise.resolve();
  /** Arrays of batches that are trained, to be filled again. */
  private readonly used: Record<string, HostTensor>[] = [];
  /** Calls of `train` so far. */
  private chains = 0;

  private constructor(
    readonly model: TrainableModel,
    readonly client: OrtClient,
    /** Seed of what a training draws unless told otherwise. */
    public seed: number,
  ) {
    this.state = new ResidentState(model.parameters, client);
  }

  /**
   * Starts the thread and places fresh weights there. Close it after use.
   * @throws GeneratorError ERR_ARGUMENT, ERR_RUNTIME_MISSING, ERR_CUDA; the signal's reason
   */
  static async create(model: TrainableModel, options: TrainerOptions = {}): Promise<Trainer> {
    const { threads = 1, seed = 0, provider = 'auto', signal } = options;
    expectInteger('threads', threads, 1, 1024);
    expectInteger('seed', seed, 0);
    signal?.throwIfAborted();
    const trainer = new Trainer(model, await OrtClient.start({ threads, provider }), seed);
    try {
      await trainer.state.initialise(seed);
      signal?.throwIfAborted();
      return trainer;
    } catch (error) {
      await trainer.close();
      throw error;
    }
  }

  /** What runs the graphs, and why that. */
  get provider(): Provider {
    return this.client.provider;
  }

  /** Does `work` when everything asked for before is done. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => {});
    return result;
  }

  /**
   * Takes training steps. Calls are done one after another in their order, like those of `exclusive`.
   * @param source gives the batch of each step; batches of other shapes get a graph of their own
   * @throws GeneratorError ERR_ARGUMENT; ERR_DIVERGED if a loss or gradient is not finite (the state is then that of the last
   *   run that was, and `state.step` says which); ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  train(source: BatchSource | Promise<BatchSource>, options: TrainOptions): Promise<TrainLog> {
    Promise.resolve(source).catch(() => {}); // awaited in its turn
    return this.exclusive(async () => this.takeSteps(await source, options));
  }

  private async takeSteps(source: BatchSource, options: TrainOptions): Promise<TrainLog> {
    const { steps, signal, onProgress } = options;
    const chain = this.chains++;
    const rate = checkOptions(options);
    const { stepsPerRun = 8 } = options;
    signal?.throwIfAborted();
    if (options.resetOptimizer) await this.state.resetOptimizer();
    const { step: first, optimizerStep } = this.state;
    const losses = new Float32Array(steps);
    const running: Promise<number>[] = [];
    let asked = 0;

    const ask = async (): Promise<void> => {
      const from = asked;
      const batches = await source(first + from, Math.min(stepsPerRun, steps - from), this.used.pop());
      expectArgument(
        Number.isInteger(batches.steps) && batches.steps > 0 && batches.steps <= steps - from,
        'the steps of a batch source',
        `1..${Math.min(stepsPerRun, steps - from)}`,
        batches.steps,
      );
      asked += batches.steps;
      const adamSteps = Array.from({ length: batches.steps }, (_, i) => optimizerStep + from + i + 1);
      const rates = adamSteps.map((adamStep) => rate(adamStep - 1));
      const promise = this.run(batches, first + from, adamSteps, rates, chain, options).then(
        ({ loss, norm }) => {
          const bad = loss.findIndex((value, i) => !(Number.isFinite(value) && Number.isFinite(norm[i])));
          if (bad >= 0)
            throw new GeneratorError(
              'ERR_DIVERGED',
              `Expected a finite training loss and gradient but received ${loss[bad]} and ${norm[bad]} at step ${first + from + bad + 1}; ` +
                `the model is as it was after step ${first + from}`,
            );
          losses.set(loss, from);
          this.state.step += batches.steps;
          this.state.optimizerStep += batches.steps;
          const last = batches.steps - 1;
          onProgress?.({
            step: from + last + 1,
            steps,
            loss: loss[last],
            norm: norm[last],
            lr: rates[last],
            losses: loss,
          });
          return batches.steps;
        },
      );
      promise.catch(() => {}); // awaited below
      running.push(promise);
    };

    try {
      while (true) {
        const more = asked < steps && !signal?.aborted;
        if (more && running.length < AHEAD) await ask();
        else if (running.length > 0) await running.shift();
        else break;
      }
    } finally {
      await Promise.allSettled(running);
    }
    if (asked < steps) signal?.throwIfAborted();
    return { losses };
  }

  /** One run of the graph. A run whose losses are not finite changes nothing, and neither do those asked for after it. */
  private async run(
    { steps, inputs }: Batches,
    first: number,
    adamSteps: readonly number[],
    rates: readonly number[],
    chain: number,
    options: TrainOptions,
  ): Promise<{ loss: Float32Array; norm: Float32Array }> {
    const { clip = Number.POSITIVE_INFINITY, emaDecay = 0.999, weightDecay = 0, seed = this.seed } = options;
    const specs: InputSpecs = Object.fromEntries(
      Object.entries(inputs).map(([name, { dtype, shape }]) => [name, { dtype, shape: shape.slice(1) }]),
    );
    const described = Object.entries(specs).map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`);
    const session = `train ${described.join(' ')}${weightDecay ? ` decay ${weightDecay}` : ''}`;
    const { recipe } = this.model;
    const target = this.provider.name === 'cpu' ? 'cpu' : 'any';
    await this.client.open(
      session,
      recipe
        ? { module: STEP_GRAPH, name: 'stepGraphOf', args: [recipe, specs, weightDecay, target] }
        : () => stepGraph(this.model, this.state.layout, specs, weightDecay, target),
    );
    const names = STATE_KINDS.flatMap((kind) => this.state.names(kind));
    const request = {
      session,
      feeds: {
        ...Object.fromEntries(names.map((name) => [name, name])),
        ...inputs,
        step: uint64(
          Array.from({ length: steps }, (_, i) => BigInt(first + i)),
          [steps],
        ),
        adamStep: float32(adamSteps, [steps]),
        learningRate: float32(rates, [steps]),
        randomKey: uint64([squaresKey(new Random(seed, 'noise'))], []),
        clip: float32([clip], []),
        emaDecay: float32([emaDecay], []),
      },
      keep: Object.fromEntries(names.map((name) => [`next.${name}`, name])),
      fetch: ['losses', 'norms'],
      guard: { outputs: ['losses', 'norms'], chain },
    };
    const result = await this.client.run(request, {
      transfer: true,
      recycle: (feeds) => this.used.push(feeds),
    });
    return { loss: result.losses.data as Float32Array, norm: result.norms.data as Float32Array };
  }

  /**
   * Runs a graph that reads the weights, such as a prediction.
   * @param name of the graph: a second call with this name and inputs of the same shapes doesn't build again
   * @param build gives the outputs by name, from the parameters and inputs by name
   * @param weights the moving average (default) or the weights themselves
   */
  evaluate(
    name: string,
    build: (p: Record<string, Value>, inputs: Record<string, Value>) => Record<string, Value>,
    inputs: Record<string, HostTensor>,
    weights: 'ema' | 'model' = 'ema',
  ): Promise<Record<string, HostTensor>> {
    return this.exclusive(() => this.evaluateNow(name, build, inputs, weights));
  }

  private async evaluateNow(
    name: string,
    build: (p: Record<string, Value>, inputs: Record<string, Value>) => Record<string, Value>,
    inputs: Record<string, HostTensor>,
    weights: 'ema' | 'model',
  ): Promise<Record<string, HostTensor>> {
    const shapes = Object.entries(inputs).map(([input, { dtype, shape }]) => `${input} ${dtype} [${shape}]`);
    const session = `evaluate ${name} ${weights} ${shapes.join(' ')}`;
    const { outputs } = await this.client.open(session, () => {
      const graph = new Graph();
      const buckets = this.state.inputs(graph, weights);
      const values = Object.fromEntries(
        Object.entries(inputs).map(([input, { dtype, shape }]) => [input, graph.input(dtype, shape, input)]),
      );
      for (const [output, value] of Object.entries(build(this.state.layout.unpack(buckets), values)))
        graph.output(value, output);
      return graph.toModel();
    });
    const state = Object.fromEntries(this.state.names(weights).map((bucket) => [bucket, bucket]));
    const fetch = outputs.map((output) => output.name);
    return this.client.run({ session, feeds: { ...state, ...inputs }, keep: {}, fetch });
  }

  /** Everything a continued training needs: weights, their average, AdamW's moments, counts of steps, the seed. */
  read(): Promise<StateDict> {
    return this.exclusive(async () => {
      const dict = await this.state.read();
      return dict.set(SEED, { shape: [], data: BigInt64Array.of(BigInt(this.seed)) });
    });
  }

  /**
   * Replaces weights and training state.
   * @throws GeneratorError ERR_CHECKPOINT if a tensor is missing, unknown or of another shape; nothing has changed then
   */
  write(dict: StateDict): Promise<void> {
    return this.exclusive(async () => {
      const state = new Map(dict);
      const seed = state.get(SEED)?.data;
      if (!(seed instanceof BigInt64Array && seed.length === 1 && seed[0] >= 0n))
        throw new GeneratorError(
          'ERR_CHECKPOINT',
          `Expected one int64 of at least 0 for ${SEED} but received ${seed ?? 'none'}`,
        );
      state.delete(SEED);
      await this.state.write(state);
      this.seed = Number(seed[0]);
    });
  }

  /** Writes a safetensors file of all of it, in one piece, with a JSON description of the model. */
  async save(path: string, description: unknown = null): Promise<void> {
    await writeCheckpoint(path, await this.read(), description);
  }

  /**
   * Reads a file that `save` wrote, and returns its description.
   * @throws GeneratorError ERR_CHECKPOINT if the file is damaged or of another model; nothing has changed then
   */
  async restore(path: string): Promise<unknown> {
    const { tensors, config } = await readCheckpoint(path);
    await this.write(tensors);
    return config;
  }

  /** Ends the thread; what runs is finished first, later calls are refused. */
  close(): Promise<void> {
    return this.client.close();
  }
}

/** Throws ERR_ARGUMENT for options out of range; returns the learning rate of each step since the optimiser's start. */
function checkOptions(options: TrainOptions): (step: number) => number {
  const { steps, lr, warmup = 0, emaDecay, clip, weightDecay, seed, stepsPerRun } = options;
  expectInteger('steps', steps, 1);
  if (typeof lr === 'number') expectRange('lr', lr, 0, Number.MAX_VALUE);
  expectInteger('warmup', warmup, 0);
  if (emaDecay !== undefined) expectRange('emaDecay', emaDecay, 0, 1);
  if (clip !== undefined) expectArgument(clip > 0, 'clip', 'a positive number', clip);
  if (weightDecay !== undefined) expectRange('weightDecay', weightDecay, 0, Number.MAX_VALUE);
  if (seed !== undefined) expectInteger('seed', seed, 0);
  if (stepsPerRun !== undefined) expectInteger('stepsPerRun', stepsPerRun, 1, 4096);
  return (step) => {
    const rate = typeof lr === 'number' ? lr : lr(step);
    expectRange(`lr(${step})`, rate, 0, Number.MAX_VALUE);
    return rate * Math.min(1, (step + 1) / Math.max(1, warmup));
  };
}

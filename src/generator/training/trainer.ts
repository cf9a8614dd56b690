/** Drives training runs: checks the data, places it in the thread, asks for runs of several steps, follows the losses. */
import { squaresKey } from '../../graph/index.js';
import { Random } from '../../random/random.js';
import { drawer, type TrainingData } from '../diffusion/batches.js';
import type { MotionDiffusionConfig } from '../diffusion/mdm.js';
import { expectArgument, expectInteger, expectRange, GeneratorError } from '../errors.js';
import type { OrtClient } from '../runtime/ort-client.js';
import { float32, int64, type RunRequest, uint64 } from '../runtime/protocol.js';
import type { ResidentState } from './resident-state.js';
import { STATE_KINDS, trainModel } from './train-graph.js';

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

/** Steps in one run of the graph: enough that entering and leaving it costs nothing, few enough to stop soon. */
const STEPS_PER_RUN = 8;

function check(config: MotionDiffusionConfig, data: TrainingData, options: TrainOptions): void {
  const { features, labels, weights } = data;
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
  labels.forEach((label, i) => {
    expectInteger(`labels[${i}]`, label, 0, config.classes - 1);
  });
  const size = labels.length * config.frames * config.features;
  const what = `${labels.length} x ${config.frames} x ${config.features} = ${size} numbers`;
  expectArgument(features.length === size, 'features', what, features.length);
  if (weights)
    expectArgument(weights.length === labels.length, 'weights', `${labels.length} numbers`, weights.length);
}

/** Trains the resident state; see `MotionDiffusion.train`. */
export async function train(
  config: MotionDiffusionConfig,
  client: OrtClient,
  state: ResidentState,
  data: TrainingData,
  options: TrainOptions,
): Promise<{ losses: Float32Array }> {
  const { steps, batch, signal, onProgress } = options;
  check(config, data, options);
  const draw = drawer(data, config, options);
  signal?.throwIfAborted();
  const session = `train ${batch}`;
  await client.open(session, () => trainModel(config, state.layout, batch));
  const shape = [data.labels.length, config.frames, config.features];
  await client.place('data', shape, data.features, (piece, offset) => {
    const bad = piece.findIndex((value) => !Number.isFinite(value));
    expectArgument(bad < 0, `features[${offset + bad}]`, 'a finite number', piece[bad]);
  });
  if (options.resetOptimizer) await state.resetOptimizer();

  const first = state.step;
  const losses = new Float32Array(steps);
  const request = runs(session, state, draw, options);
  let asked = 0;
  const ask = async (): Promise<number> => {
    const from = asked;
    const count = Math.min(STEPS_PER_RUN, steps - from);
    asked += count;
    const result = await client.run(request(from, count));
    losses.set(result.losses.data as Float32Array, from);
    state.step += count;
    state.optimizerStep += count;
    return from + count;
  };
  // The next run is asked for before the last one ends, so that the thread never waits for this one.
  let running: Promise<number> | undefined = ask();
  try {
    while (running) {
      const following: Promise<number> | undefined = asked < steps && !signal?.aborted ? ask() : undefined;
      following?.catch(() => {}); // awaited below, unless this run fails first
      const done: number = await running;
      running = following;
      const bad = losses.subarray(0, done).findIndex((loss) => !Number.isFinite(loss));
      if (bad >= 0) {
        const message = `Expected a finite training loss but received ${losses[bad]} at step ${first + bad + 1}`;
        throw new GeneratorError('ERR_DIVERGED', message);
      }
      onProgress?.({ step: done, steps, loss: losses[done - 1] });
    }
  } finally {
    await running?.catch(() => {});
    await client.free(['data']).catch(() => {}); // refused if the generator was closed meanwhile
  }
  if (asked < steps) signal?.throwIfAborted();
  return { losses };
}

/** Returns a function that makes the request for `count` steps from step `from` of this call on. */
function runs(
  session: string,
  state: ResidentState,
  draw: ReturnType<typeof drawer>,
  { batch, lr, warmup = 0, clip, emaDecay, seed }: TrainOptions,
): (from: number, count: number) => RunRequest {
  const names = STATE_KINDS.flatMap((kind) => state.names(kind));
  const keep = Object.fromEntries(names.map((name) => [`next.${name}`, name]));
  const common = {
    ...Object.fromEntries(names.map((name) => [name, name])),
    data: 'data',
    noiseKey: uint64([squaresKey(new Random(seed, 'noise'))], []),
    clip: float32([clip], []),
    emaDecay: float32([emaDecay], []),
  };
  const { step, optimizerStep } = state;
  return (from, count) => {
    const { rows, timesteps, labels } = draw(step + from, count);
    const index = Array.from({ length: count }, (_, i) => from + i);
    const adamSteps = index.map((i) => optimizerStep + i + 1);
    const rates = adamSteps.map((adamStep) => lr * Math.min(1, adamStep / Math.max(1, warmup)));
    const feeds = {
      ...common,
      rows: int64(rows, [count, batch]),
      timesteps: int64(timesteps, [count, batch]),
      labels: int64(labels, [count, batch]),
      noise: uint64(
        index.map((i) => BigInt(step + i)),
        [count],
      ),
      adamStep: float32(adamSteps, [count]),
      learningRate: float32(rates, [count]),
    };
    return { session, feeds, keep, fetch: ['losses'] };
  };
}

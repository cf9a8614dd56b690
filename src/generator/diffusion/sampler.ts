/** Drives sampling runs: batches of a fixed size, noise by sample index, some steps in each run. */
import { squaresKey } from '../../graph/index.js';
import { Random } from '../../random/random.js';
import { expectArgument, expectInteger, expectRange } from '../errors.js';
import { float32, type HostTensor, int64, uint64 } from '../runtime/protocol.js';
import type { Trainer } from '../training/trainer.js';
import { bucketsOf } from './buckets.js';
import { type Conditions, conditionTensor, type EncodedConditions, encodeConditions } from './condition.js';
import type { MotionDiffusionConfig } from './config.js';
import type { SamplerShape } from './sample-graph.js';
import { cosineSchedule, type SamplerStep, samplerSteps } from './schedule.js';

export interface SampleOptions {
  /** How many, if neither conditions nor lengths say so. */
  count?: number;
  /** What each sample is asked for, as in training; left out if the model has no condition. */
  conditions?: Conditions;
  /** Frames of each sample, 1 to the model's; default: the model's. */
  lengths?: ArrayLike<number>;
  /** Seed of the noise; default 0. The noise of a sample depends on it and the sample's index alone. */
  seed?: number;
  /** Steps, 1 .. diffusionSteps; default: 25 or, if there are fewer, all. */
  steps?: number;
  /** Weight of classifier-free guidance; default 1, which is none and costs half. */
  guidance?: number;
  /** 0: no noise after the first (DDIM, the default); 1: ancestral sampling, with all steps that of DDPM. */
  eta?: number;
  /**
   * Factor of the noise that a sample starts from, at least 0; default 1. Above 1 samples lie further from their mean than the model's own: a
   * temperature, against under-dispersion.
   */
  noiseScale?: number;
  /** What words that a text model does not know do: `error` (default) or `keep`, which reads them as unknown. */
  unknownWords?: 'error' | 'keep';
  /** Steps in one run of the graph, between which a sampling can stop; default 4. Results don't depend on it. */
  stepsPerRun?: number;
  /**
   * Called after each step with the half-denoised, normalised samples [samples, frames, features] of one batch, which it
   * may change: to keep a part of them as it must be (inpainting), for instance.
   */
  edit?(x: Float32Array, at: { samples: Int32Array; frames: number; timestep: number; last: boolean }): void;
  signal?: AbortSignal;
  /** Steps done of all steps of all samples. */
  onProgress?(progress: { step: number; steps: number }): void;
}

/** Sizes of a batch, each with a graph of its own: a few samples need not wait for many unwanted ones. */
const BATCHES = [8, 64];
const STEPS_PER_RUN = 4;
const GRAPHS = new URL('./sample-graph.js', import.meta.url).href;

interface Batch {
  /** Indices of its samples. */
  samples: Int32Array;
  shape: SamplerShape;
}

function batchesOf(lengths: Int32Array, guided: boolean, stochastic: boolean): Batch[] {
  const equal = lengths.every((length) => length === lengths[0]);
  const groups = equal
    ? [{ items: [...lengths.keys()], frames: lengths[0], padded: false }]
    : bucketsOf(lengths);
  return groups.flatMap(({ items, frames, padded: masked }) => {
    const batches: Batch[] = [];
    for (let first = 0; first < items.length; ) {
      const left = items.length - first;
      const batch = BATCHES.find((size) => size >= left) ?? BATCHES[BATCHES.length - 1];
      const samples = Int32Array.from(items.slice(first, first + batch));
      batches.push({ samples, shape: { batch, frames, masked, guided, stochastic } });
      first += samples.length;
    }
    return batches;
  });
}

interface Checked {
  lengths: Int32Array;
  conditions: EncodedConditions | undefined;
  steps: number;
  seed: number;
  guidance: number;
  eta: number;
  noiseScale: number;
  stepsPerRun: number;
}

function check(config: MotionDiffusionConfig, options: SampleOptions): Checked {
  const { conditions, seed = 0, guidance = 1, eta = 0, noiseScale = 1, unknownWords = 'error' } = options;
  const { steps = Math.min(25, config.diffusionSteps), stepsPerRun = STEPS_PER_RUN } = options;
  expectInteger('seed', seed, 0);
  expectInteger('steps', steps, 1, config.diffusionSteps);
  expectArgument(Number.isFinite(guidance), 'guidance', 'a finite number', guidance);
  expectRange('eta', eta, 0, 1);
  expectRange('noiseScale', noiseScale, 0, 1000);
  expectArgument(stepsPerRun >= 1, 'stepsPerRun', 'a number of at least 1', stepsPerRun);
  const conditioned =
    config.condition.kind === 'embedding'
      ? (conditions?.length ?? 0) / config.condition.size
      : conditions?.length;
  const count = conditioned ?? options.lengths?.length ?? options.count;
  expectArgument(count !== undefined, 'count', 'a number of samples', count);
  expectInteger('count', count, 0);
  for (const [name, value] of Object.entries({ lengths: options.lengths?.length, count: options.count }))
    if (value !== undefined)
      expectArgument(value === count, name, `${count}, as there are conditions or lengths,`, value);
  const lengths = Int32Array.from({ length: count }, (_, i) => options.lengths?.[i] ?? config.frames);
  for (let i = 0; i < count; i++)
    expectInteger(`lengths[${i}]`, options.lengths?.[i] ?? config.frames, 1, config.frames);
  const encoded = encodeConditions(config.condition, conditions, count, unknownWords);
  return { lengths, conditions: encoded, steps, seed, guidance, eta, noiseScale, stepsPerRun };
}

/** Draws normalised samples with the averaged weights, [sum of lengths, features]; see `MotionDiffusion.sample`. */
export async function sample(
  config: MotionDiffusionConfig,
  trainer: Trainer,
  options: SampleOptions,
): Promise<Float32Array> {
  const { signal, onProgress } = options;
  const checked = check(config, options);
  const { lengths, steps, eta, guidance } = checked;
  const { features: width } = config;
  const starts = new Float64Array(lengths.length);
  for (let i = 1; i < lengths.length; i++) starts[i] = starts[i - 1] + lengths[i - 1];
  const out = new Float32Array(lengths.reduce((sum, length) => sum + length, 0) * width);
  const guided = guidance !== 1 && config.condition.kind !== 'none';
  const plan = samplerSteps(cosineSchedule(config.diffusionSteps), steps, eta);
  let finished = 0;
  for (const batch of batchesOf(lengths, guided, eta > 0)) {
    const x = await sampleBatch(config, trainer, batch, checked, plan, options, (step) => {
      const done = finished * steps + step * batch.samples.length;
      onProgress?.({ step: done, steps: lengths.length * steps });
    });
    signal?.throwIfAborted();
    const size = batch.shape.frames * width;
    batch.samples.forEach((index, i) => {
      out.set(x.subarray(i * size, i * size + lengths[index] * width), starts[index] * width);
    });
    finished += batch.samples.length;
  }
  return out;
}

async function sampleBatch(
  config: MotionDiffusionConfig,
  { client, state }: Trainer,
  { samples, shape }: Batch,
  { lengths, conditions, seed, guidance, noiseScale, stepsPerRun }: Checked,
  plan: readonly SamplerStep[],
  { edit, signal }: SampleOptions,
  onStep: (step: number) => void,
): Promise<Float32Array> {
  const { batch, frames, masked, guided, stochastic } = shape;
  const kind = `${batch} x ${frames}`;
  const noise = `noise ${kind}`;
  await client.open(noise, { module: GRAPHS, name: 'noiseModel', args: [config, batch, frames] });
  const session = `sample ${kind}${masked ? ' masked' : ''}${guided ? ' guided' : ''}${stochastic ? ' stochastic' : ''}`;
  const condition = conditions && { dtype: conditions.dtype, shape: conditions.shape };
  await client.open(session, { module: GRAPHS, name: 'samplerModel', args: [config, shape, condition] });
  signal?.throwIfAborted();

  // The batch is filled up with copies of its first sample, whose results are dropped.
  const filled = Array.from({ length: batch }, (_, i) => samples[i] ?? samples[0]);
  const random = {
    key: uint64([squaresKey(new Random(seed, 'sample'))], []),
    samples: uint64(filled.map(BigInt), [batch]),
  };
  const x = `x ${kind}`;
  const scale = float32([noiseScale], []);
  await client.run({ session: noise, feeds: { ...random, scale }, keep: { x }, fetch: [] });

  const feeds: Record<string, HostTensor | string> = { x };
  for (const name of state.names('ema')) feeds[name] = name;
  if (conditions) {
    const asked = conditionTensor(conditions, [batch]);
    const none = conditionTensor(conditions, [batch]);
    filled.forEach((index, i) => {
      asked.put(i, conditions.of(index, 0, false));
      none.put(i, conditions.none);
    });
    feeds.condition = asked.tensor;
    if (guided) feeds.none = none.tensor;
  }
  if (guided) feeds.guidance = float32([guidance], []);
  if (masked) {
    const ends = BigInt64Array.from(filled, (index) => BigInt(lengths[index]));
    feeds.lengths = int64(ends, [batch]);
  }
  if (stochastic) Object.assign(feeds, random);
  const most = edit ? 1 : stepsPerRun;
  for (let done = 0; done < plan.length; ) {
    signal?.throwIfAborted();
    const part = plan.slice(done, done + most);
    const inputs = { ...feeds, ...stepTensors(part, done, stochastic) };
    await client.run({ session, feeds: inputs, keep: { 'next.x': x }, fetch: [] });
    done += part.length;
    if (edit) {
      const values = await client.read(x);
      const view = values.subarray(0, samples.length * frames * config.features);
      edit(view, { samples, frames, timestep: part[0].timestep, last: done === plan.length });
      await client.write(x, 0, values);
    }
    onStep(done);
  }
  return client.read(x);
}

function stepTensors(
  part: readonly SamplerStep[],
  first: number,
  stochastic: boolean,
): Record<string, HostTensor> {
  const shape = [part.length];
  const column = (name: 'signal' | 'rest' | 'sigma') =>
    float32(
      part.map((step) => step[name]),
      shape,
    );
  const timesteps = int64(
    BigInt64Array.from(part, ({ timestep }) => BigInt(timestep)),
    shape,
  );
  const steps = { timesteps, signal: column('signal'), rest: column('rest') };
  if (!stochastic) return steps;
  // Draw 0 was the noise to start from.
  const draws = uint64(
    part.map((_, i) => BigInt(first + i + 1)),
    shape,
  );
  return { ...steps, sigma: column('sigma'), draws };
}

/** Drives sampling runs: batches of a fixed size, noise by sample index, some DDIM steps in each run. */
import { squaresKey } from '../../graph/index.js';
import { Random } from '../../random/random.js';
import { expectArgument, expectInteger } from '../errors.js';
import type { OrtClient } from '../runtime/ort-client.js';
import { float32, type HostTensor, int64, uint64 } from '../runtime/protocol.js';
import type { ResidentState } from '../training/resident-state.js';
import type { MotionDiffusionConfig } from './mdm.js';
import { noiseModel, samplerModel } from './sample-graph.js';
import { cosineSchedule, ddimSteps, type SamplerStep } from './schedule.js';

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
  /** Steps done of all steps of all samples. */
  onProgress?(progress: { step: number; steps: number }): void;
}

const STEPS_PER_RUN = 4;

/** Sizes of a batch, each with a session of its own: a few samples need not wait for many unwanted ones. */
const BATCHES = [8, 64];

/** Draws samples with the averaged weights; see `MotionDiffusion.sample`. */
export async function sample(
  config: MotionDiffusionConfig,
  client: OrtClient,
  state: ResidentState,
  { labels, seed, steps, guidance = 1, signal, onProgress }: SampleOptions,
): Promise<Float32Array> {
  expectInteger('seed', seed, 0);
  expectInteger('steps', steps, 1, config.diffusionSteps);
  expectArgument(Number.isFinite(guidance), 'guidance', 'a finite number', guidance);
  labels.forEach((label, i) => {
    expectInteger(`labels[${i}]`, label, 0, config.classes);
  });
  const width = config.frames * config.features;
  const out = new Float32Array(labels.length * width);
  const plan = ddimSteps(cosineSchedule(config.diffusionSteps), steps);
  const key = uint64([squaresKey(new Random(seed, 'sample'))], []);
  const guided = guidance !== 1;

  for (let first = 0; first < labels.length; ) {
    const left = labels.length - first;
    const batch = BATCHES.find((size) => size >= left) ?? BATCHES[BATCHES.length - 1];
    const count = Math.min(batch, left);
    const noise = `noise ${batch}`;
    const session = `sample ${batch}${guided ? ' guided' : ''}`;
    const x = `x ${batch}`;
    await client.open(noise, () => noiseModel(config, batch));
    await client.open(session, () => samplerModel(config, state.layout, batch, guided));
    signal?.throwIfAborted();
    const indices = Array.from({ length: batch }, (_, i) => BigInt(first + i));
    await client.run({
      session: noise,
      feeds: { key, counters: uint64(indices, [batch]) },
      keep: { x },
      fetch: [],
    });

    const padded = new BigInt64Array(batch).fill(BigInt(config.classes));
    padded.set(BigInt64Array.from(labels.subarray(first, first + count), BigInt));
    const feeds: Record<string, HostTensor | string> = { x, labels: int64(padded, [batch]) };
    for (const name of state.names('ema')) feeds[name] = name;
    if (guided) feeds.guidance = float32([guidance], []);
    for (let done = 0; done < steps; ) {
      signal?.throwIfAborted();
      const part = plan.slice(done, done + STEPS_PER_RUN);
      await client.run({
        session,
        feeds: { ...feeds, ...coefficients(part) },
        keep: { 'next.x': x },
        fetch: [],
      });
      done += part.length;
      onProgress?.({ step: first * steps + done * count, steps: labels.length * steps });
    }
    out.set((await client.read(x)).subarray(0, count * width), first * width);
    first += count;
  }
  return out;
}

function coefficients(part: readonly SamplerStep[]): Record<string, HostTensor> {
  const shape = [part.length];
  const timesteps = BigInt64Array.from(part, ({ timestep }) => BigInt(timestep));
  return {
    timesteps: int64(timesteps, shape),
    signal: float32(
      part.map(({ signal }) => signal),
      shape,
    ),
    rest: float32(
      part.map(({ rest }) => rest),
      shape,
    ),
  };
}

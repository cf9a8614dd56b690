/** Sampling as graphs: the first noise, and any number of denoising steps within one run. */
import {
  add,
  concat,
  type DType,
  expand,
  Graph,
  mul,
  normals,
  ParameterLayout,
  reshape,
  type Shape,
  scan,
  slice,
  split,
  sub,
  UNKNOWN,
  type Value,
} from '../../graph/index.js';
import { stateName } from '../training/step-graph.js';
import type { MotionDiffusionConfig } from './config.js';
import { denoise, parametersOf } from './denoiser.js';
import { frameMask } from './mask.js';

/** The batch a sampler's graph is built for. */
export interface SamplerShape {
  batch: number;
  /** Frames of the longest motion in it. */
  frames: number;
  /** True if some are shorter: their `lengths` are an input then. */
  masked: boolean;
  /** True for classifier-free guidance: its weight is an input then. */
  guided: boolean;
  /** True if the steps add noise. */
  stochastic: boolean;
}

/** A sample's random numbers are 2^32 positions; each draw of a whole motion takes as many as a motion of full length. */
const PER_SAMPLE = 2n ** 32n;

/**
 * Draw `draw` of each sample: normals [batch, frames, D]. What a sample gets depends on the key, its index and the draw, not
 * on the other samples or on `frames`.
 * @param key uint64 []
 * @param samples uint64 [batch], the index of each sample
 * @param draw uint64 []
 */
export function sampleNoise(
  config: MotionDiffusionConfig,
  frames: number,
  key: Value,
  samples: Value,
  draw: Value,
): Value {
  const width = config.frames * config.features;
  const [batch] = samples.shape;
  const word = (value: bigint) => samples.graph.root.constant('uint64', [], BigUint64Array.of(value));
  const perDraw = word(BigInt(Math.ceil(width / 2)));
  const starts = add(mul(samples, word(PER_SAMPLE)), mul(draw, perDraw));
  return slice(reshape(normals(key, starts, width), [batch, config.frames, config.features]), 1, 0, frames);
}

/**
 * Inputs: `key` uint64 [], `samples` uint64 [batch], `scale` []. Output: `x` [batch, frames, D], the noise to start from, times
 * `scale`.
 */
export function noiseModel(config: MotionDiffusionConfig, batch: number, frames: number): Uint8Array {
  const graph = new Graph();
  const key = graph.input('uint64', [], 'key');
  const samples = graph.input('uint64', [batch], 'samples');
  const first = graph.constant('uint64', [], BigUint64Array.of(0n));
  const scale = graph.input('float32', [], 'scale');
  graph.output(mul(scale, sampleNoise(config, frames, key, samples, first)), 'x');
  return graph.toModel();
}

/**
 * Denoising steps with the averaged weights. Inputs: these weights; `x` [batch, frames, D]; for each step `timesteps` int64 [steps], `signal` and
 * `rest` [steps]; as the shape asks, `condition` and `none` [batch, ...] (the latter if guided), `lengths` int64 [batch],
 * `guidance` []: the prediction is `u + guidance (c - u)` of the unconditional u and the conditional c (Ho & Salimans
 * 2022); `sigma` [steps], `draws` uint64 [steps], `key`, `samples`. Output: `next.x`.
 */
export function samplerModel(
  config: MotionDiffusionConfig,
  { batch, frames, masked, guided, stochastic }: SamplerShape,
  condition: { dtype: DType; shape: Shape } | undefined,
): Uint8Array {
  const graph = new Graph();
  const layout = new ParameterLayout(parametersOf(config));
  const weights = layout.buckets.map(({ shape }, i) => graph.input('float32', shape, stateName('ema', i)));
  const p = layout.unpack(weights);
  const start = graph.input('float32', [batch, frames, config.features], 'x');
  const given = (name: string) =>
    condition && graph.input(condition.dtype, [batch, ...condition.shape], name);
  const asked = given('condition');
  const none = guided ? given('none') : undefined;
  const guidance = guided ? graph.input('float32', [], 'guidance') : undefined;
  const mask = masked ? frameMask(graph.input('int64', [batch], 'lengths'), frames) : undefined;
  const sequences = [
    graph.input('int64', [UNKNOWN], 'timesteps'),
    graph.input('float32', [UNKNOWN], 'signal'),
    graph.input('float32', [UNKNOWN], 'rest'),
  ];
  const noise = stochastic && {
    key: graph.input('uint64', [], 'key'),
    samples: graph.input('uint64', [batch], 'samples'),
  };
  if (noise)
    sequences.push(graph.input('float32', [UNKNOWN], 'sigma'), graph.input('uint64', [UNKNOWN], 'draws'));

  const predict = (x: Value, timestep: Value): Value => {
    const timesteps = (count: number) => expand(reshape(timestep, [1]), [count]);
    if (!guidance || !asked || !none)
      return denoise(config, p, x, { timesteps: timesteps(batch), condition: asked, mask });
    const both = denoise(config, p, concat([x, x], 0), {
      timesteps: timesteps(2 * batch),
      condition: concat([asked, none], 0),
      mask: mask && concat([mask, mask], 0),
    });
    const [conditional, unconditional] = split(both, 0, [batch, batch]);
    return add(unconditional, mul(guidance, sub(conditional, unconditional)));
  };
  const { state } = scan([start], sequences, ([x], [timestep, signal, rest, sigma, draw]) => {
    const next = add(mul(signal, predict(x, timestep)), mul(rest, x));
    if (!noise) return { state: [next], stacked: [] };
    const fresh = sampleNoise(config, frames, noise.key, noise.samples, draw);
    return { state: [add(next, mul(sigma, fresh))], stacked: [] };
  });
  graph.output(state[0], 'next.x');
  return graph.toModel();
}

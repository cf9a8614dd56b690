/** Sampling as graphs: the first noise, and any number of DDIM steps within one run. */
import {
  add,
  concat,
  expand,
  Graph,
  mul,
  normals,
  type ParameterLayout,
  reshape,
  scan,
  split,
  sub,
  UNKNOWN,
  type Value,
} from '../../graph/index.js';
import { stateName } from '../training/train-graph.js';
import { denoise, type MotionDiffusionConfig } from './mdm.js';

/**
 * Gaussian noise to start from. Inputs: `key` uint64 [], `counters` uint64 [batch], the index of each sample.
 * Output: `x` [batch, T, D].
 */
export function noiseModel({ frames, features }: MotionDiffusionConfig, batch: number): Uint8Array {
  const graph = new Graph();
  const key = graph.input('uint64', [], 'key');
  const counters = graph.input('uint64', [batch], 'counters');
  const starts = mul(counters, graph.constant('uint64', [], BigUint64Array.of(2n ** 32n)));
  graph.output(reshape(normals(key, starts, frames * features), [batch, frames, features]), 'x');
  return graph.toModel();
}

/**
 * Denoising steps with the averaged weights. Inputs: these weights; `x` [batch, T, D]; `labels` int64 [batch]; for each
 * step `timesteps` int64 [steps], `signal` and `rest` [steps]; if `guided`, also `guidance` []: the prediction is then
 * `u + guidance (c - u)` of the unconditional u and the conditional c (Ho & Salimans 2022). Output: `next.x`.
 */
export function samplerModel(
  config: MotionDiffusionConfig,
  layout: ParameterLayout,
  batch: number,
  guided: boolean,
): Uint8Array {
  const graph = new Graph();
  const weights = layout.buckets.map(({ shape }, i) => graph.input('float32', shape, stateName('ema', i)));
  const start = graph.input('float32', [batch, config.frames, config.features], 'x');
  const labels = graph.input('int64', [batch], 'labels');
  const sequences = [
    graph.input('int64', [UNKNOWN], 'timesteps'),
    graph.input('float32', [UNKNOWN], 'signal'),
    graph.input('float32', [UNKNOWN], 'rest'),
  ];
  const guidance = guided ? graph.input('float32', [], 'guidance') : undefined;
  const none = graph.constant('int64', [batch], new BigInt64Array(batch).fill(BigInt(config.classes)));
  const parameters = layout.unpack(weights);

  const predict = (x: Value, timestep: Value): Value => {
    const timesteps = (count: number) => expand(reshape(timestep, [1]), [count]);
    if (!guidance) return denoise(config, parameters, x, timesteps(batch), labels);
    const both = concat([x, x], 0);
    const prediction = denoise(config, parameters, both, timesteps(2 * batch), concat([labels, none], 0));
    const [conditional, unconditional] = split(prediction, 0, [batch, batch]);
    return add(unconditional, mul(guidance, sub(conditional, unconditional)));
  };
  const { state } = scan([start], sequences, ([x], [timestep, signal, rest]) => ({
    state: [add(mul(signal, predict(x, timestep)), mul(rest, x))],
    stacked: [],
  }));
  graph.output(state[0], 'next.x');
  return graph.toModel();
}

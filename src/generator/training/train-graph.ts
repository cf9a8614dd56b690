/** The training step as one graph: draw, noise, forward, backward, clip, AdamW and EMA, repeated within one run. */
import {
  adamW,
  add,
  clipByGlobalNorm,
  exponentialMovingAverage,
  Graph,
  gatherRows,
  gradient,
  meanSquaredError,
  mul,
  normals,
  type ParameterLayout,
  reshape,
  scan,
  UNKNOWN,
  type Value,
} from '../../graph/index.js';
import { denoise, type MotionDiffusionConfig } from '../diffusion/mdm.js';
import { cosineSchedule } from '../diffusion/schedule.js';

/** What is kept for each parameter bucket: the parameter, Adam's two moments, and the moving average. */
export const STATE_KINDS = ['model', 'adam_m', 'adam_v', 'ema'] as const;
export type StateKind = (typeof STATE_KINDS)[number];

/** Name of a state tensor: of the graph's input, of the resident tensor; the output has `next.` before it. */
export const stateName = (kind: StateKind, bucket: number): string => `${kind}.${bucket}`;

/**
 * Builds the graph of `steps` training steps on batches of `batch` motions.
 * Inputs, beside the state: `data` [N, T, D]; for each step `rows`, `timesteps` and `labels` int64 [steps, batch],
 * `noise` uint64 [steps] (the noise counter), `adamStep` (from 1) and `learningRate` [steps]; `noiseKey` uint64 [];
 * `clip` and `emaDecay` []. Outputs: the next state and `losses` [steps].
 */
export function trainModel(
  config: MotionDiffusionConfig,
  layout: ParameterLayout,
  batch: number,
): Uint8Array {
  const { frames, features } = config;
  const graph = new Graph();
  const state = STATE_KINDS.flatMap((kind) =>
    layout.buckets.map(({ shape }, i) => graph.input('float32', shape, stateName(kind, i))),
  );
  const data = graph.input('float32', [UNKNOWN, frames, features], 'data');
  const sequences = [
    graph.input('int64', [UNKNOWN, batch], 'rows'),
    graph.input('int64', [UNKNOWN, batch], 'timesteps'),
    graph.input('int64', [UNKNOWN, batch], 'labels'),
    graph.input('uint64', [UNKNOWN], 'noise'),
    graph.input('float32', [UNKNOWN], 'adamStep'),
    graph.input('float32', [UNKNOWN], 'learningRate'),
  ];
  const noiseKey = graph.input('uint64', [], 'noiseKey');
  const clip = graph.input('float32', [], 'clip');
  const emaDecay = graph.input('float32', [], 'emaDecay');
  const alphaBar = cosineSchedule(config.diffusionSteps);
  const table = (values: Float64Array) =>
    graph.constant('float32', [values.length, 1, 1], Float32Array.from(values));
  const signalShare = table(alphaBar.map(Math.sqrt));
  const noiseShare = table(alphaBar.map((share) => Math.sqrt(1 - share)));
  const count = layout.buckets.length;

  const result = scan(state, sequences, (current, [rows, timesteps, labels, noise, step, learningRate]) => {
    const [model, m, v, ema] = STATE_KINDS.map((_, kind) => current.slice(kind * count, (kind + 1) * count));
    const clean = gatherRows(data, rows);
    const start = reshape(mul(noise, graph.constant('uint64', [], BigUint64Array.of(2n ** 32n))), [1]);
    const gaussian = reshape(normals(noiseKey, start, batch * frames * features), clean.shape);
    const noisy = add(
      mul(clean, gatherRows(signalShare, timesteps)),
      mul(gaussian, gatherRows(noiseShare, timesteps)),
    );
    const prediction = denoise(config, layout.unpack(model), noisy, timesteps, labels);
    const loss = meanSquaredError(prediction, clean);
    const { gradients } = clipByGlobalNorm(gradient(loss, model), clip);
    const updated = model.map((parameter, i) =>
      adamW(parameter, gradients[i], { m: m[i], v: v[i] }, { learningRate, step }),
    );
    const averages = updated.map(({ parameter }, i) => exponentialMovingAverage(ema[i], parameter, emaDecay));
    return {
      state: [
        ...updated.map(({ parameter }) => parameter),
        ...updated.map((next) => next.m),
        ...updated.map((next) => next.v),
        ...averages,
      ],
      stacked: [loss],
    };
  });
  result.state.forEach((value: Value, i) => {
    graph.output(value, `next.${state[i].name}`);
  });
  graph.output(result.stacked[0], 'losses');
  return graph.toModel();
}

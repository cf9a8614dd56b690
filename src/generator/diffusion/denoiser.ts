/**
 * Motion diffusion model (Tevet et al., "Human Motion Diffusion Model", ICLR 2023): a transformer encoder over one token
 * for the diffusion timestep, one for the condition, and one for each frame, which predicts the clean motion x_0.
 */
import {
  add,
  attention,
  concat,
  feedForward,
  type Graph,
  gatherRows,
  layerNorm,
  linear,
  type RandomStream,
  reshape,
  silu,
  slice,
  type Value,
} from '../../graph/index.js';
import { encodeText, textEncoderParameters } from '../text/text-encoder.js';
import { denseParameters, encoderLayerParameters, type InitialisedParameter } from '../training/model.js';
import type { ConditionConfig, MotionDiffusionConfig } from './config.js';

type Parameters = Record<string, Value>;

function conditionParameters(condition: ConditionConfig, dModel: number): InitialisedParameter[] {
  switch (condition.kind) {
    case 'none':
      return [];
    case 'action': {
      const shape = [condition.classes.length + 1, dModel];
      return [{ name: 'class.weight', shape, start: { deviation: 1 } }];
    }
    case 'text':
      return textEncoderParameters({ vocabulary: condition.vocabulary.length, dModel });
    case 'embedding':
      return denseParameters('condition', condition.size, dModel);
  }
}

/** Parameters of the model, in a fixed order; the start values are those that PyTorch gives the same layers. */
export function parametersOf(config: MotionDiffusionConfig): InitialisedParameter[] {
  const { features, condition, dModel, layers, ff } = config;
  return [
    ...denseParameters('input', features, dModel),
    ...denseParameters('time1', dModel, dModel),
    ...denseParameters('time2', dModel, dModel),
    ...conditionParameters(condition, dModel),
    ...Array.from({ length: layers }, (_, i) => encoderLayerParameters(`layers.${i}`, dModel, ff)).flat(),
    ...denseParameters('output', dModel, features),
  ];
}

/** Sinusoidal code of positions 0 .. count-1 (Vaswani et al. 2017, section 3.5) as a constant [count, width]. */
export function positions(graph: Graph, count: number, width: number): Value {
  const table = new Float32Array(count * width);
  for (let position = 0; position < count; position++)
    for (let i = 0; i < width; i += 2) {
      const angle = position * 10000 ** (-i / width);
      table[position * width + i] = Math.sin(angle);
      table[position * width + i + 1] = Math.cos(angle);
    }
  return graph.constant('float32', [count, width], table);
}

const dense = (p: Parameters, name: string, x: Value) => linear(x, p[`${name}.weight`], p[`${name}.bias`]);

/** Tokens [batch, dModel] of conditions, as `encodeConditions` gives them; none if the model has no condition. */
function conditionTokens(config: MotionDiffusionConfig, p: Parameters, condition?: Value): Value[] {
  const { kind } = config.condition;
  if (kind === 'none') return [];
  if (!condition)
    throw new Error(`Expected a condition for denoise of a model with ${kind} but received none`);
  if (kind === 'action') return [gatherRows(p['class.weight'], condition)];
  return [kind === 'text' ? encodeText(p, condition) : dense(p, 'condition', condition)];
}

/** What the denoiser is told beside the noisy motion. */
export interface DenoiserContext {
  /** int64 [batch], 0 .. diffusionSteps-1 */
  timesteps: Value;
  /** As `encodeConditions` gives it: int64 [batch] or [batch, tokens], or float [batch, size]. */
  condition?: Value;
  /** Float [batch, frames], 1 for a frame of the motion and 0 for padding; left out if there is no padding. */
  mask?: Value;
  /** Source of dropout in training; without it nothing is dropped. */
  random?: RandomStream;
}

/**
 * The denoiser: prediction of x_0 [batch, frames, features] from a noisy motion of any number of frames.
 * @param p the parameters by name
 * @param x noisy motions [batch, frames, features]
 */
export function denoise(
  config: MotionDiffusionConfig,
  p: Parameters,
  x: Value,
  { timesteps, condition, mask, random }: DenoiserContext,
): Value {
  const { graph } = x;
  const { dModel, layers, heads, diffusionSteps, dropout: rate = 0 } = config;
  const [batch, frames] = x.shape;
  const dropout = (value: Value) => random?.dropout(value, rate) ?? value;
  const norm = (name: string, value: Value) => layerNorm(value, p[`${name}.weight`], p[`${name}.bias`]);

  const code = gatherRows(positions(graph.root, diffusionSteps, dModel), timesteps);
  const time = dense(p, 'time2', silu(dense(p, 'time1', code)));
  const context = [time, ...conditionTokens(config, p, condition)];
  const present = graph.root.constant(
    'float32',
    [batch, context.length],
    new Float32Array(batch * context.length).fill(1),
  );
  const keys = mask && concat([present, mask], 1);
  let h = concat([...context.map((token) => reshape(token, [batch, 1, dModel])), dense(p, 'input', x)], 1);
  h = dropout(add(h, positions(graph.root, context.length + frames, dModel)));
  for (let i = 0; i < layers; i++) {
    const name = `layers.${i}`;
    const heed = {
      qkvWeight: p[`${name}.qkv.weight`],
      qkvBias: p[`${name}.qkv.bias`],
      outWeight: p[`${name}.out.weight`],
      outBias: p[`${name}.out.bias`],
    };
    const feed = {
      inWeight: p[`${name}.ff1.weight`],
      inBias: p[`${name}.ff1.bias`],
      outWeight: p[`${name}.ff2.weight`],
      outBias: p[`${name}.ff2.bias`],
    };
    h = norm(`${name}.norm1`, add(h, dropout(attention(h, heed, heads, keys, dropout))));
    h = norm(`${name}.norm2`, add(h, dropout(feedForward(h, feed, dropout))));
  }
  return dense(p, 'output', slice(h, 1, context.length, context.length + frames));
}

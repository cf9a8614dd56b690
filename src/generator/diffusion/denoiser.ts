/**
 * Motion diffusion model (Tevet et al., "Human Motion Diffusion Model", ICLR 2023): a transformer encoder over one token
 * for the diffusion timestep, one for the condition, and one for each frame, which predicts the clean motion x_0.
 */
import {
  add,
  cast,
  concat,
  gatherRows,
  type RandomStream,
  reshape,
  silu,
  sinusoidalCode,
  sinusoidalPositions,
  slice,
  type Value,
} from '../../graph/index.js';
import { encodeText, textEncoderParameters } from '../text/text-encoder.js';
import {
  dense,
  denseParameters,
  encoderLayer,
  encoderLayerParameters,
  type Parameters,
} from '../training/layers.js';
import type { InitialisedParameter } from '../training/model.js';
import type { ConditionConfig, MotionDiffusionConfig } from './config.js';

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
  const { dModel, layers, heads, dropout: rate = 0 } = config;
  const [batch, frames] = x.shape;
  const dropout = (value: Value) => random?.dropout(value, rate) ?? value;

  const code = sinusoidalCode(cast(timesteps, 'float32'), dModel);
  const time = dense(p, 'time2', silu(dense(p, 'time1', code)));
  const context = [time, ...conditionTokens(config, p, condition)];
  const present = graph.root.constant(
    'float32',
    [batch, context.length],
    new Float32Array(batch * context.length).fill(1),
  );
  const keys = mask && concat([present, mask], 1);
  let h = concat([...context.map((token) => reshape(token, [batch, 1, dModel])), dense(p, 'input', x)], 1);
  h = dropout(add(h, sinusoidalPositions(graph.root, context.length + frames, dModel)));
  for (let i = 0; i < layers; i++) h = encoderLayer(p, `layers.${i}`, h, heads, keys, dropout);
  return dense(p, 'output', slice(h, 1, context.length, context.length + frames));
}

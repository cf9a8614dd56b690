/** What a motion diffusion model is: its sizes, and what it is told of the motion it shall make. */
import { expectArgument, expectInteger, expectRange, GeneratorError } from '../errors.js';

/** What a motion is conditioned on. */
export type ConditionConfig =
  /** Nothing. */
  | { kind: 'none' }
  /** One of some actions, by its place in the list. */
  | { kind: 'action'; classes: readonly string[] }
  /** A caption: words of a vocabulary (`Tokenizer`), read by a small encoder that is trained along. */
  | { kind: 'text'; vocabulary: readonly string[]; maxTokens: number }
  /** A vector from elsewhere, such as the embedding of a caption by CLIP. */
  | { kind: 'embedding'; size: number };

export interface MotionDiffusionConfig {
  /** Frames of the longest motion. */
  frames: number;
  /** Numbers that describe a frame. */
  features: number;
  condition: ConditionConfig;
  /** Width of a token; even, a multiple of `heads`. */
  dModel: number;
  layers: number;
  heads: number;
  /** Width of the feed-forward layers. */
  ff: number;
  /** Share of activations dropped in training, 0 to below 1; default 0. */
  dropout?: number;
  /** Steps of the noise schedule. */
  diffusionSteps: number;
}

/** Sizes to choose from; `full` is that of the published model (Tevet et al. 2023). */
export const MODEL_SIZES = {
  S: { dModel: 128, layers: 4, heads: 4, ff: 512 },
  M: { dModel: 256, layers: 6, heads: 4, ff: 1024 },
  full: { dModel: 512, layers: 8, heads: 4, ff: 1024 },
} as const;
export type ModelSize = keyof typeof MODEL_SIZES;

const INTEGERS = ['frames', 'features', 'dModel', 'layers', 'heads', 'ff', 'diffusionSteps'] as const;

function checkCondition(condition: ConditionConfig): ConditionConfig {
  const { kind } = condition;
  switch (kind) {
    case 'none':
      return { kind };
    case 'action': {
      const classes = [...condition.classes];
      expectArgument(classes.length > 0, 'condition.classes', 'one class or more', 'none');
      expectArgument(
        new Set(classes).size === classes.length,
        'condition.classes',
        'different names',
        classes,
      );
      return { kind, classes };
    }
    case 'text': {
      expectArgument(condition.vocabulary.length > 3, 'condition.vocabulary', 'words', condition.vocabulary);
      expectInteger('condition.maxTokens', condition.maxTokens, 2);
      return { kind, vocabulary: [...condition.vocabulary], maxTokens: condition.maxTokens };
    }
    case 'embedding':
      expectInteger('condition.size', condition.size, 1);
      return { kind, size: condition.size };
    default:
      throw new GeneratorError(
        'ERR_ARGUMENT',
        `Expected none, action, text or embedding for condition.kind but received ${kind}`,
      );
  }
}

/** A copy of the configuration with its fields in a fixed order. Throws ERR_ARGUMENT if one is out of range. */
export function checkConfig(config: MotionDiffusionConfig): Required<MotionDiffusionConfig> {
  for (const name of INTEGERS) expectInteger(name, config[name], name === 'diffusionSteps' ? 2 : 1);
  const { frames, features, dModel, layers, heads, ff, dropout = 0, diffusionSteps } = config;
  const what = `an even multiple of ${heads} heads`;
  expectArgument(dModel % 2 === 0 && dModel % heads === 0, 'dModel', what, dModel);
  expectRange('dropout', dropout, 0, 0.99);
  const condition = checkCondition(config.condition);
  return { frames, features, condition, dModel, layers, heads, ff, dropout, diffusionSteps };
}

/** Floating-point operations of one training step on `batch` motions, about: three times those of the matrix products. */
export function flopsPerStep({ frames, dModel, layers, ff }: MotionDiffusionConfig, batch: number): number {
  const tokens = frames + 2;
  return 6 * batch * tokens * layers * (4 * dModel ** 2 + 2 * dModel * ff + 2 * tokens * dModel);
}

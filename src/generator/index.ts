/** Generative models on onnxruntime. Importing this loads no runtime; creating a model does. */
export type { TrainingData } from './diffusion/batches.js';
export type { Conditions } from './diffusion/condition.js';
export {
  type ConditionConfig,
  MODEL_SIZES,
  type ModelSize,
  type MotionDiffusionConfig,
} from './diffusion/config.js';
export type { GeometricWeights } from './diffusion/loss.js';
export {
  type CreateOptions,
  MotionDiffusion,
  type MotionTrainOptions,
} from './diffusion/motion-diffusion.js';
export { Normalisation } from './diffusion/normalisation.js';
export type { SampleOptions } from './diffusion/sampler.js';
export { GeneratorError, type GeneratorErrorCode } from './errors.js';
export type { HostTensor } from './runtime/protocol.js';
export { PROVIDER_CHOICES, type Provider, type ProviderChoice } from './runtime/providers.js';
export { type ClipFiles, ClipText } from './text/clip.js';
export { type EncodedText, type FitOptions, fitVocabulary, Tokenizer } from './text/tokenizer.js';
export { wordsOf } from './text/words.js';
export * from './training/layers.js';
export type { Batches, BatchSource, InitialisedParameter, TrainableModel } from './training/model.js';
export type { StateDict } from './training/resident-state.js';
export { Trainer, type TrainerOptions, type TrainLog, type TrainOptions } from './training/trainer.js';

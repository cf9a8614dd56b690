/** Generative models on onnxruntime. Importing this loads no runtime; creating a model does. */
export type { TrainingData } from './batches.js';
export { GeneratorError, type GeneratorErrorCode } from './errors.js';
export type { MotionDiffusionConfig } from './mdm.js';
export { type CreateOptions, MotionDiffusion } from './motion-diffusion.js';
export type { StateDict } from './resident-state.js';
export type { SampleOptions } from './sampler.js';
export type { TrainOptions } from './trainer.js';

/** Generative models on onnxruntime. Importing this loads no runtime; creating a model does. */
export type { TrainingData } from './diffusion/batches.js';
export type { MotionDiffusionConfig } from './diffusion/mdm.js';
export { type CreateOptions, MotionDiffusion } from './diffusion/motion-diffusion.js';
export type { SampleOptions } from './diffusion/sampler.js';
export { GeneratorError, type GeneratorErrorCode } from './errors.js';
export type { StateDict } from './training/resident-state.js';
export type { TrainOptions } from './training/trainer.js';

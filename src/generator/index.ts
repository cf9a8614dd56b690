/** Generative models on onnxruntime. Importing this loads no runtime; creating a model does. */
export type { TrainingData } from './batches.js';
export { GeneratorError, type GeneratorErrorCode } from './errors.js';
export type { MotionDiffusionConfig } from './mdm.js';
export {
  type CreateOptions,
  MotionDiffusion,
  type SampleOptions,
  type StateDict,
  type StateTensor,
  type TrainOptions,
} from './motion-diffusion.js';

/** The motion diffusion model as the trainer sees it. */
import type { TrainableModel } from '../training/model.js';
import type { MotionDiffusionConfig } from './config.js';
import { parametersOf } from './denoiser.js';
import { motionLoss } from './loss.js';
import { Normalisation } from './normalisation.js';

/**
 * Parameters and loss of a model.
 * @param mean of each feature
 * @param deviation of each feature
 */
export function motionModel(
  config: MotionDiffusionConfig,
  mean: Float32Array,
  deviation: Float32Array,
): TrainableModel {
  return {
    parameters: parametersOf(config),
    loss: motionLoss(config, new Normalisation(mean, deviation)),
    recipe: { module: import.meta.url, name: 'motionModel', args: [config, mean, deviation] },
  };
}

import type { MotionSettings } from '../../src/tasks/motion/settings.js';

/** A motion model that is opened and trained in no time and has learned nothing. */
export const SMALL_MODEL: Partial<MotionSettings> = {
  frames: 20,
  dModel: 16,
  layers: 1,
  heads: 2,
  ff: 32,
  diffusionSteps: 8,
  samplerSteps: 4,
  batch: 4,
  warmup: 2,
  evaluationStride: 3,
  evaluatorSteps: 2,
};

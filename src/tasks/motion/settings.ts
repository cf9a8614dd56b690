import type { LoopConfig } from '../../loop/config.js';

/** The motion task's own settings; the loop's are in LoopConfig. */
export interface MotionSettings {
  /** Frames of a window at 20 fps. */
  frames: number;
  /** Denoiser: width, layers, attention heads, feed-forward width. */
  dModel: number;
  layers: number;
  heads: number;
  ff: number;
  /** Steps of the noise schedule, and how many of them DDIM takes. */
  diffusionSteps: number;
  samplerSteps: number;
  guidance: number;
  batch: number;
  /** Learning-rate warm-up of generation 0, in steps. */
  warmup: number;
  /** Decay of the averaged weights; lowered to 1 - 1 / steps where a generation has too few steps to fill the average. */
  emaDecay: number;
  /** Largest gradient norm. */
  clip: number;
  /** Probability that a label is dropped in training. */
  labelDrop: number;
  /** Caps of the corrector's outside help: body weights and N m. */
  assistForce: number;
  assistTorque: number;
  /** Mean displacement of the placebo where there is no corrected arm to match [mm]. */
  placeboDistance: number;
  /** Frames between windows that metrics are fitted on, and between windows real samples are chosen from. */
  evaluationStride: number;
  realStride: number;
  /** Training steps of the learned evaluator, which is trained once a run on real motion. */
  evaluatorSteps: number;
}

export const DEFAULT_MOTION_SETTINGS: Readonly<MotionSettings> = Object.freeze({
  frames: 60,
  dModel: 96,
  layers: 3,
  heads: 4,
  ff: 256,
  diffusionSteps: 50,
  samplerSteps: 25,
  guidance: 1,
  batch: 32,
  warmup: 50,
  emaDecay: 0.99,
  clip: 1,
  labelDrop: 0.1,
  assistForce: 0.5,
  assistTorque: 300,
  placeboDistance: 45,
  evaluationStride: 8,
  realStride: 5,
  evaluatorSteps: 300,
});

/** A run of a minute that goes through every stage; too short to say anything about collapse. */
export const QUICK_CONFIG: Readonly<Partial<LoopConfig>> = Object.freeze({
  generations: 2,
  n: 32,
  stepsGen0: 150,
  stepsPerGeneration: 20,
  evaluationCount: 32,
  noiseRepeats: 2,
});

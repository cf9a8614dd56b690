import { LoopError } from '../../loop/errors.js';

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
  /** Factor of the noise that every sample starts from, those of the evaluation too, in all arms; 1 as trained. */
  noiseScale: number;
  batch: number;
  /**
   * The heights of pelvis, ankles and feet are normalised as if they varied this many times less: a few millimetres there are what stands
   * between a body and the floor, and little beside a raised arm. 1: as HumanML3D.
   */
  groundWeight: number;
  /**
   * The learning rate over the steps of generation 0, and of every later generation: always that of the configuration, or from it to 0 along a
   * cosine, where most of a model's quality comes in the last third.
   */
  scheduleGen0: 'constant' | 'cosine';
  schedule: 'constant' | 'cosine';
  /** Learning-rate warm-up of generation 0, and of every later one, in steps. */
  warmup: number;
  warmupLater: number;
  /** Decay of the averaged weights; lowered to 1 - 1 / steps where a generation has too few steps to fill the average. */
  emaDecay: number;
  /** Largest gradient norm. */
  clip: number;
  /** Probability that a label is dropped in training. */
  labelDrop: number;
  /** Show every second motion in training, drawn at random, as its mirror image. */
  mirror: boolean;
  /** Decoupled decay of the weights, 0 for none. */
  weightDecay: number;
  /**
   * `official`: the corrector repeats what is known to be wrong in the code of Gillman et al. 2024, so that its cost can be measured. Motions
   * of 20 frames a second are simulated as if they had 30, 1.5 times too fast; outside forces as large as the body asks for, from the
   * first rung; no verdict on success, so that a gate lets everything pass. (Not repeated: its teleports of a body that is lost.)
   */
  fidelity: 'fixed' | 'official';
  /** Of the correctors `calibrated` and `restored`: {@link CalibrationOptions}. */
  calibrationStrength: number;
  calibrationWithin: boolean;
  calibrationMeans: number;
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
  noiseScale: 1,
  batch: 32,
  groundWeight: 1,
  scheduleGen0: 'cosine',
  schedule: 'constant',
  warmup: 50,
  warmupLater: 0,
  emaDecay: 0.99,
  clip: 1,
  labelDrop: 0.1,
  mirror: false,
  weightDecay: 0,
  fidelity: 'fixed',
  calibrationStrength: 1,
  calibrationWithin: true,
  calibrationMeans: 0.5,
  assistForce: 0.5,
  assistTorque: 300,
  placeboDistance: 45,
  evaluationStride: 8,
  realStride: 5,
  evaluatorSteps: 300,
});

const SCHEDULES = ['constant', 'cosine'];
const CHOICES: Partial<Record<keyof MotionSettings, readonly unknown[]>> = {
  scheduleGen0: SCHEDULES,
  schedule: SCHEDULES,
  mirror: [true, false],
  calibrationWithin: [true, false],
  fidelity: ['fixed', 'official'],
};
/** Smallest and largest values, and whether they are integers; the generator and the corrector check those of their own. */
const RANGES: Partial<Record<keyof MotionSettings, [low: number, high: number, integer: boolean]>> = {
  frames: [9, 10_000, true],
  noiseScale: [0, 1000, false],
  groundWeight: [0.1, 100, false],
  calibrationStrength: [0, 10, false],
  calibrationMeans: [0, 1, false],
  warmup: [0, 2 ** 31, true],
  warmupLater: [0, 2 ** 31, true],
  weightDecay: [0, 1000, false],
  emaDecay: [0, 1, false],
  labelDrop: [0, 1, false],
  placeboDistance: [0, 10_000, false],
  evaluationStride: [1, 10_000, true],
  realStride: [1, 10_000, true],
};

/**
 * The settings with what is left out filled in.
 * @throws LoopError ERR_RANGE that names the first value out of range
 */
export function resolveSettings(partial: Partial<MotionSettings> = {}): MotionSettings {
  const settings: MotionSettings = { ...DEFAULT_MOTION_SETTINGS, ...partial };
  const refuse = (what: string, name: keyof MotionSettings): never => {
    throw new LoopError('ERR_RANGE', `Expected ${what} for ${name} but received ${String(settings[name])}`);
  };
  for (const [key, values] of Object.entries(CHOICES)) {
    const name = key as keyof MotionSettings;
    if (!values.includes(settings[name])) refuse(`one of ${values.join(', ')}`, name);
  }
  for (const [key, [low, high, integer]] of Object.entries(RANGES)) {
    const name = key as keyof MotionSettings;
    const value = settings[name];
    if (
      typeof value !== 'number' ||
      !(value >= low && value <= high) ||
      (integer && !Number.isInteger(value))
    )
      refuse(`${integer ? 'an integer' : 'a number'} from ${low} to ${high}`, name);
  }
  return settings;
}

import { MotionDiffusion, type MotionDiffusionConfig, type Normalisation } from '../../generator/index.js';
import { constantRate, cosineDecay, type LearningRateSchedule } from '../../graph/index.js';
import type { NdArray, NumberArray } from '../../io/array.js';
import { readSafetensors, writeSafetensors } from '../../io/safetensors.js';
import { LoopError } from '../../loop/errors.js';
import type { Fs } from '../../loop/fs.js';
import type { Generator } from '../../loop/task.js';
import { FEATURE_SIZE } from '../../motion/features.js';
import type { MotionSamples } from './samples.js';
import type { MotionSettings } from './settings.js';

const FILE = 'model.safetensors';
/** Optimiser moments: where every generation begins with a fresh optimiser, they need not be stored. */
const MOMENTS = ['adam_m', 'adam_v'];
const WEIGHTS = 'model';
/** What extrapolation moves. */
const MOVED = [WEIGHTS, 'ema'];
const OPTIMIZER_STEP = 'optimizer_step';

/**
 * The learning rate of each step since the optimiser's start, over the `steps` steps of a generation that follow the first `start` of
 * them: always `from`, or from there to 0 along a cosine.
 */
export function learningRates(
  kind: MotionSettings['schedule'],
  { from, steps, start }: { from: number; steps: number; start: number },
): LearningRateSchedule {
  if (kind === 'constant') return constantRate(from);
  const decay = cosineDecay({ from, steps });
  return (step) => decay(step - start);
}

/** The motion diffusion model as the loop sees it. */
export class MotionGenerator implements Generator<MotionSamples> {
  private constructor(
    private readonly model: MotionDiffusion,
    private readonly settings: MotionSettings,
    /** Class of each real item. */
    private readonly realLabels: Int32Array,
    private readonly keepOptimizer: boolean,
  ) {}

  static async create(
    settings: MotionSettings,
    normalisation: Normalisation,
    realLabels: Int32Array,
    options: {
      classes: readonly string[];
      seed: number;
      threads: number;
      keepOptimizer: boolean;
      signal?: AbortSignal;
    },
  ): Promise<MotionGenerator> {
    const { frames, dModel, layers, heads, ff, diffusionSteps } = settings;
    const config: MotionDiffusionConfig = {
      frames,
      features: FEATURE_SIZE,
      condition: { kind: 'action', classes: options.classes },
      dModel,
      layers,
      heads,
      ff,
      diffusionSteps,
    };
    const { seed, threads, signal, keepOptimizer } = options;
    return new MotionGenerator(
      await MotionDiffusion.create(config, { seed, threads, signal, normalisation }),
      settings,
      realLabels,
      keepOptimizer,
    );
  }

  async train(
    data: MotionSamples,
    options: Parameters<Generator<MotionSamples>['train']>[1],
  ): Promise<{ loss: number }> {
    const { steps, learningRate, seed, initial, resetOptimizer, weights, signal, onProgress } = options;
    const {
      batch,
      clip,
      emaDecay,
      labelDrop,
      mirror,
      schedule,
      scheduleGen0,
      warmup,
      warmupLater,
      weightDecay,
    } = this.settings;
    if (steps === 0) return { loss: 0 };
    const { losses } = await this.model.train(
      // A motion that counts twice is drawn twice as often: the same loss in the mean.
      { features: this.finite(data.features), conditions: data.labels, weights },
      {
        steps,
        batch,
        lr: learningRates(initial ? scheduleGen0 : schedule, {
          from: learningRate,
          steps,
          start: resetOptimizer ? 0 : this.model.optimizerStep,
        }),
        warmup: initial ? warmup : warmupLater,
        // An average that reaches further back than one generation would hide what the generation did.
        emaDecay: Math.min(emaDecay, 1 - 1 / steps),
        clip,
        conditionDrop: labelDrop,
        mirror,
        weightDecay,
        seed,
        resetOptimizer,
        signal,
        onProgress: ({ step, steps: total, loss }) => onProgress?.(step, total, loss),
      },
    );
    return { loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
  }

  /** Neon: theta_r - weight (theta_s - theta_r), of the weights and of their moving average. */
  async extrapolate(
    data: MotionSamples,
    options: Parameters<NonNullable<Generator<MotionSamples>['extrapolate']>>[1],
  ): Promise<{ loss: number }> {
    const before = await this.model.state();
    const result = await this.train(data, options);
    const after = await this.model.state();
    for (const [name, { data: from }] of before) {
      if (!MOVED.includes(name.split('.')[0])) continue;
      const tensor = after.get(name) as NdArray<NumberArray>;
      const to = tensor.data as Float32Array;
      const start = from as Float32Array;
      tensor.data = start.map((value, i) => value - options.weight * (to[i] - value));
    }
    // The optimiser goes on from where it was before the copy was trained.
    for (const name of after.keys())
      if (MOMENTS.includes(name.split('.')[0]) || name === OPTIMIZER_STEP)
        after.set(name, before.get(name) as NdArray<NumberArray>);
    await this.model.load(after);
    return result;
  }

  /** A sample that diverged must not end the loop: what is not a number becomes the mean of its feature. */
  private finite(features: Float32Array): Float32Array {
    if (features.every(Number.isFinite)) return features;
    const { mean } = this.model.normalisation;
    return features.map((value, i) => (Number.isFinite(value) ? value : mean[i % FEATURE_SIZE]));
  }

  async sample(
    items: Int32Array,
    options: Parameters<Generator<MotionSamples>['sample']>[1],
  ): Promise<MotionSamples> {
    const { frames, samplerSteps, guidance, noiseScale } = this.settings;
    const { dispersion = 0 } = options;
    const labels = items.map((item) => this.realLabels[item]);
    const { seed, signal, onProgress } = options;
    const values = await this.model.sample({
      conditions: labels,
      seed,
      steps: samplerSteps,
      guidance,
      noiseScale: noiseScale * (1 + dispersion),
      signal,
      onProgress: ({ step, steps }) => onProgress?.(step, steps),
    });
    return { frames, features: values, labels };
  }

  async save(directory: string, fs: Fs): Promise<void> {
    const state = await this.model.state();
    for (const name of this.keepOptimizer ? [] : [...state.keys()])
      if (MOMENTS.includes(name.split('.')[0]) || name === OPTIMIZER_STEP) state.delete(name);
    await fs.write(
      `${directory}/${FILE}`,
      writeSafetensors(state, { config: JSON.stringify(this.model.config) }),
    );
  }

  async restore(directory: string, fs: Fs): Promise<void> {
    const data = await fs.read(`${directory}/${FILE}`);
    if (!data)
      throw new LoopError('ERR_CHECKPOINT', `Expected the file ${directory}/${FILE} but there is none`);
    const state: Map<string, NdArray<NumberArray>> = readSafetensors(data).tensors;
    for (const [name, { shape, data: values }] of this.keepOptimizer ? [] : [...state]) {
      if (!name.startsWith(`${WEIGHTS}.`)) continue;
      for (const moment of MOMENTS)
        state.set(`${moment}${name.slice(WEIGHTS.length)}`, { shape, data: new Float32Array(values.length) });
    }
    if (!this.keepOptimizer) state.set(OPTIMIZER_STEP, { shape: [], data: BigInt64Array.of(0n) });
    await this.model.load(state);
  }

  close(): Promise<void> {
    return this.model.close();
  }
}

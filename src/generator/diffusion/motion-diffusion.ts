/** A motion diffusion model with its training state, in a thread of its own. */

import { FEATURE_SIZE } from '../../motion/features.js';
import { expectArgument, expectRange, GeneratorError } from '../errors.js';
import type { Provider } from '../runtime/providers.js';
import { readCheckpoint, writeCheckpoint } from '../training/checkpoint.js';
import type { BatchSource } from '../training/model.js';
import type { StateDict } from '../training/resident-state.js';
import { Trainer, type TrainerOptions, type TrainLog, type TrainOptions } from '../training/trainer.js';
import { motionBatches, type TrainingData } from './batches.js';
import { checkConfig, flopsPerStep, type MotionDiffusionConfig } from './config.js';
import { GEOMETRIC_TERMS, type GeometricWeights } from './loss.js';
import { motionModel } from './motion-model.js';
import { Normalisation } from './normalisation.js';
import { type SampleOptions, sample } from './sampler.js';

export interface CreateOptions extends TrainerOptions {
  /** The scale on which the model sees features, kept with it. Default: that of the numbers as they are. */
  normalisation?: Normalisation;
}

export interface MotionTrainOptions extends TrainOptions {
  /** Motions in a batch, drawn with replacement. */
  batch: number;
  /** Probability that a motion is shown without its condition, which guidance needs; default 0.1. */
  conditionDrop?: number;
  /** Show every second motion as its mirror image; default false. */
  mirror?: boolean;
  /** Losses about joints in the world, beside that of the features; default none. */
  geometric?: GeometricWeights;
}

/** Work in one run of the graph: enough that entering and leaving it costs nothing, little enough to stop soon. */
const FLOPS_PER_RUN = 4e11;
const MOST_STEPS_PER_RUN = 8;
/** On a GPU every run carries the whole state there and back. */
const CUDA_STEPS_PER_RUN = 48;

const MEAN = 'normalisation.mean';
const DEVIATION = 'normalisation.deviation';

/**
 * A motion diffusion model that can be trained, sampled and saved.
 * Operations of one model run one after another in the order they were called; several models run side by side.
 */
export class MotionDiffusion {
  private constructor(
    readonly config: Readonly<Required<MotionDiffusionConfig>>,
    private readonly trainer: Trainer,
    readonly normalisation: Normalisation,
  ) {}

  /**
   * A model with fresh weights. Close it after use.
   * @throws GeneratorError ERR_ARGUMENT, ERR_RUNTIME_MISSING, ERR_CUDA; the signal's reason
   */
  static async create(config: MotionDiffusionConfig, options: CreateOptions = {}): Promise<MotionDiffusion> {
    const checked = checkConfig(config);
    const { normalisation = Normalisation.none(checked.features) } = options;
    const { width } = normalisation;
    expectArgument(width === checked.features, 'normalisation', `one of ${checked.features} features`, width);
    const model = motionModel(checked, normalisation.mean, normalisation.deviation);
    return new MotionDiffusion(checked, await Trainer.create(model, options), normalisation);
  }

  /**
   * The model that `save` wrote, with its training state. Close it after use.
   * @throws GeneratorError ERR_CHECKPOINT, ERR_RUNTIME_MISSING, ERR_CUDA; the signal's reason
   */
  static async open(path: string, options: Omit<TrainerOptions, 'seed'> = {}): Promise<MotionDiffusion> {
    const { tensors, config } = await readCheckpoint(path);
    const normalisation = takeNormalisation(tensors);
    let model: MotionDiffusion;
    try {
      model = await MotionDiffusion.create(config as MotionDiffusionConfig, { ...options, normalisation });
    } catch (error) {
      if (!(error instanceof TypeError || (error as GeneratorError).code === 'ERR_ARGUMENT')) throw error;
      const message = `${path} holds no motion diffusion model: ${(error as Error).message}`;
      throw new GeneratorError('ERR_CHECKPOINT', message, { cause: error });
    }
    try {
      await model.trainer.write(tensors);
      return model;
    } catch (error) {
      await model.close();
      throw error;
    }
  }

  /** Number of scalars in the model. */
  get parameterCount(): number {
    return this.trainer.state.layout.size;
  }

  /** Training steps ever taken. */
  get step(): number {
    return this.trainer.state.step;
  }

  /** Training steps since the optimiser's start. */
  get optimizerStep(): number {
    return this.trainer.state.optimizerStep;
  }

  /** What runs the graphs, and why that. */
  get provider(): Provider {
    return this.trainer.provider;
  }

  /**
   * Trains on motions drawn at random.
   * @returns the loss of each step
   * @throws GeneratorError ERR_ARGUMENT, ERR_DIVERGED, ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  train(data: TrainingData, options: MotionTrainOptions): Promise<TrainLog> {
    const affordable = Math.round(FLOPS_PER_RUN / flopsPerStep(this.config, options.batch));
    const stepsPerRun =
      this.provider.name === 'cuda'
        ? CUDA_STEPS_PER_RUN
        : Math.min(MOST_STEPS_PER_RUN, Math.max(1, affordable));
    return this.trainer.train(this.batches(data, options), { stepsPerRun, ...options });
  }

  private async batches(data: TrainingData, options: MotionTrainOptions): Promise<BatchSource> {
    const { batch, conditionDrop = 0.1, mirror = false, geometric = {}, seed = this.trainer.seed } = options;
    const terms = GEOMETRIC_TERMS.flatMap((name) => {
      const weight = geometric[name] ?? 0;
      expectRange(`geometric.${name}`, weight, 0, Number.MAX_VALUE);
      return weight > 0 ? [{ name, weight }] : [];
    });
    const { features } = this.config;
    if (terms.length > 0)
      expectArgument(
        features === FEATURE_SIZE,
        'geometric',
        `nothing for features that are not ${FEATURE_SIZE}`,
        features,
      );
    const source = await motionBatches(this.config, this.normalisation, data, {
      seed,
      batch,
      conditionDrop,
      mirror,
    });
    if (terms.length === 0) return source;
    return async (first, limit, used) => {
      const batches = await source(first, limit, used);
      for (const { name, weight } of terms) {
        const data = new Float32Array(batches.steps).fill(weight);
        batches.inputs[name] = { dtype: 'float32', shape: [batches.steps], data };
      }
      return batches;
    };
  }

  /**
   * Draws motions with the averaged weights by DDIM, or with noise in every step.
   * @returns features of all samples one after another [sum of lengths, features], on the scale of the training data
   * @throws GeneratorError ERR_ARGUMENT, ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  sample(options: SampleOptions): Promise<Float32Array> {
    return this.trainer.exclusive(async () =>
      this.normalisation.denormalise(await sample(this.config, this.trainer, options)),
    );
  }

  /** Everything a continued training needs: weights, their average, AdamW's moments, counts of steps, seed, normalisation. */
  async state(): Promise<StateDict> {
    const dict = await this.trainer.read();
    const { mean, deviation, width } = this.normalisation;
    return dict.set(MEAN, { shape: [width], data: mean }).set(DEVIATION, { shape: [width], data: deviation });
  }

  /**
   * Replaces weights and training state.
   * @throws GeneratorError ERR_CHECKPOINT if a tensor is missing, unknown, of another shape or of another normalisation;
   *   nothing has changed then
   */
  async load(dict: StateDict): Promise<void> {
    const tensors = new Map(dict);
    const { mean, deviation } = takeNormalisation(tensors);
    const same = (a: Float32Array, b: Float32Array) =>
      a.length === b.length && a.every((value, i) => value === b[i]);
    if (!(same(mean, this.normalisation.mean) && same(deviation, this.normalisation.deviation)))
      throw new GeneratorError(
        'ERR_CHECKPOINT',
        'Expected the normalisation of this model but received another',
      );
    await this.trainer.write(tensors);
  }

  /** Writes the state to a safetensors file; an older file at `path` is replaced in one piece. */
  async save(path: string): Promise<void> {
    await writeCheckpoint(path, await this.state(), this.config);
  }

  /**
   * Reads a file that `save` wrote into this model.
   * @throws GeneratorError ERR_CHECKPOINT if the file is of a model with another configuration
   */
  async restore(path: string): Promise<void> {
    const { tensors, config } = await readCheckpoint(path);
    const [expected, received] = [this.config, config].map((value) => JSON.stringify(value));
    if (received !== expected)
      throw new GeneratorError(
        'ERR_CHECKPOINT',
        `Expected a model of ${expected} in ${path} but received ${received}`,
      );
    await this.load(tensors);
  }

  /** Ends the thread; what runs is finished first, later calls are refused. */
  close(): Promise<void> {
    return this.trainer.close();
  }
}

/** Takes the normalisation out of a checkpoint's tensors. */
function takeNormalisation(tensors: StateDict): Normalisation {
  const [mean, deviation] = [MEAN, DEVIATION].map((name) => {
    const data = tensors.get(name)?.data;
    if (!(data instanceof Float32Array))
      throw new GeneratorError(
        'ERR_CHECKPOINT',
        `Expected float32 numbers for ${name} but received ${data ?? 'none'}`,
      );
    tensors.delete(name);
    return data;
  });
  try {
    return new Normalisation(mean, deviation);
  } catch (error) {
    throw new GeneratorError('ERR_CHECKPOINT', (error as Error).message, { cause: error });
  }
}

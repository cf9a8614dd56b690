/** A motion diffusion model with its training state, in a thread of its own. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { readSafetensors, writeSafetensors } from '../../io/safetensors.js';
import { expectInteger, GeneratorError } from '../errors.js';
import { OrtClient } from '../runtime/ort-client.js';
import { ResidentState, type StateDict } from '../training/resident-state.js';
import { type TrainOptions, train } from '../training/trainer.js';
import type { TrainingData } from './batches.js';
import { checkConfig, type MotionDiffusionConfig } from './mdm.js';
import { type SampleOptions, sample } from './sampler.js';

export interface CreateOptions {
  /** Cores one run may use; default 1. With 1, equal seeds give equal bytes. */
  threads?: number;
  /** Seed of the start values; default 0. */
  seed?: number;
  signal?: AbortSignal;
}

/**
 * A motion diffusion model that can be trained, sampled and saved.
 * Operations of one model run one after another in the order they were called; several models run side by side.
 */
export class MotionDiffusion {
  private readonly resident: ResidentState;
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly config: Readonly<MotionDiffusionConfig>,
    private readonly client: OrtClient,
  ) {
    this.resident = new ResidentState(config, client);
  }

  /**
   * A model with fresh weights. Close it after use.
   * @throws GeneratorError ERR_ARGUMENT, ERR_RUNTIME_MISSING
   */
  static async create(config: MotionDiffusionConfig, options: CreateOptions = {}): Promise<MotionDiffusion> {
    const { threads = 1, seed = 0, signal } = options;
    const checked = checkConfig(config);
    expectInteger('threads', threads, 1, 1024);
    expectInteger('seed', seed, 0);
    signal?.throwIfAborted();
    const model = new MotionDiffusion(checked, await OrtClient.start({ threads }));
    try {
      await model.resident.initialise(seed);
      signal?.throwIfAborted();
      return model;
    } catch (error) {
      await model.close();
      throw error;
    }
  }

  /** Number of scalars in the model. */
  get parameterCount(): number {
    return this.resident.layout.size;
  }

  /** Training steps ever taken. */
  get step(): number {
    return this.resident.step;
  }

  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => {});
    return result;
  }

  /**
   * Trains on motions drawn at random.
   * @returns the mean squared error of each step
   * @throws GeneratorError ERR_ARGUMENT, ERR_DIVERGED, ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  train(data: TrainingData, options: TrainOptions): Promise<{ losses: Float32Array }> {
    return this.exclusive(() => train(this.config, this.client, this.resident, data, options));
  }

  /**
   * Draws motions with the averaged weights by DDIM (η = 0).
   * @returns [N, frames, features], normalised as the training data was
   * @throws GeneratorError ERR_ARGUMENT, ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  sample(options: SampleOptions): Promise<Float32Array> {
    return this.exclusive(() => sample(this.config, this.client, this.resident, options));
  }

  /** Everything a continued training needs: weights, their average, AdamW's moments, counts of steps. */
  state(): Promise<StateDict> {
    return this.exclusive(() => this.resident.read());
  }

  /**
   * Replaces weights and training state.
   * @throws GeneratorError ERR_CHECKPOINT if a tensor is missing, unknown or of another shape; nothing has changed then
   */
  load(dict: StateDict): Promise<void> {
    return this.exclusive(() => this.resident.write(dict));
  }

  /** Writes the state to a safetensors file; an older file at `path` is replaced in one piece. */
  async save(path: string): Promise<void> {
    const bytes = writeSafetensors(await this.state(), { config: JSON.stringify(this.config) });
    const partial = `${path}.${process.pid}.partial`;
    await writeFile(partial, bytes);
    await rename(partial, path);
  }

  /**
   * Reads a file that `save` wrote.
   * @throws GeneratorError ERR_CHECKPOINT if the file is of a model with another configuration; FormatError
   */
  async restore(path: string): Promise<void> {
    const { tensors, metadata } = readSafetensors(await readFile(path));
    const expected = JSON.stringify(this.config);
    if (metadata.config !== undefined && metadata.config !== expected)
      throw new GeneratorError(
        'ERR_CHECKPOINT',
        `Expected a model of ${expected} in ${path} but received ${metadata.config}`,
      );
    await this.load(tensors);
  }

  /** Ends the thread; what runs is finished first, later calls are refused. */
  close(): Promise<void> {
    return this.client.close();
  }
}

/** What can be trained: named parameters with start values, and the loss of one batch as a graph. */
import {
  type DType,
  type Parameter,
  type RandomStream,
  type Shape,
  sizeOf,
  type Value,
} from '../../graph/index.js';
import { Random } from '../../random/random.js';
import type { HostTensor, Recipe } from '../runtime/protocol.js';

/** A parameter and how it starts: uniform in ±bound, a constant, or normal with a deviation. */
export interface InitialisedParameter extends Parameter {
  start: { bound: number } | { value: number } | { deviation: number };
}

/** A model as the trainer sees it. */
export interface TrainableModel {
  /** In a fixed order, which is that of the checkpoint. */
  readonly parameters: readonly InitialisedParameter[];
  /**
   * Loss of one batch, a float value of shape [].
   * @param p the parameters by name
   * @param inputs one step's batch by name, as the batch source gives it
   * @param random noise and dropout of this step: a function of the training seed and the step alone
   */
  loss(p: Record<string, Value>, inputs: Record<string, Value>, random: RandomStream): Value;
  /**
   * How the training thread makes this very model itself, so that building its graph (some 100 ms) doesn't hold up the
   * thread of the caller: an exported function that returns it, and its arguments.
   */
  readonly recipe?: Recipe;
}

/** Batches of some consecutive steps: every input is stacked along a new first axis, `[steps, ...]`. */
export interface Batches {
  steps: number;
  inputs: Record<string, HostTensor>;
}

/**
 * Gives the batches of steps `first`, `first + 1`, ... : of one step at least and of `limit` at most. A step's batch must
 * depend on the step alone, so that a resumed training sees the same. The trainer takes the arrays over; `used` are those of
 * a run that is done, which may be filled again.
 */
export type BatchSource = (
  first: number,
  limit: number,
  used?: Readonly<Record<string, HostTensor>>,
) => Batches | Promise<Batches>;

/** Type and shape of one step's inputs, by name. */
export type InputSpecs = Readonly<Record<string, { dtype: DType; shape: Shape }>>;

/** Start values of all parameters; those of one depend on the seed, its name and its shape alone. */
export function initialise(
  parameters: readonly InitialisedParameter[],
  seed: number,
): Map<string, Float32Array> {
  return new Map(
    parameters.map(({ name, shape, start }) => {
      const random = new Random(seed, 'parameter', name);
      const data = new Float32Array(sizeOf(shape));
      if ('deviation' in start)
        random.normals(data).forEach((value, i) => (data[i] = value * start.deviation));
      else if ('value' in start) data.fill(start.value);
      else for (let i = 0; i < data.length; i++) data[i] = random.uniform(-start.bound, start.bound);
      return [name, data];
    }),
  );
}

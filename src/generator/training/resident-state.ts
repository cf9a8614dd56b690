/** What training changes, as it lies in the onnxruntime thread: weights, Adam's moments, averaged weights, step counts. */
import { type Graph, ParameterLayout, sizeOf, type Value } from '../../graph/index.js';
import type { NdArray, NumberArray } from '../../io/array.js';
import { GeneratorError } from '../errors.js';
import type { OrtClient } from '../runtime/ort-client.js';
import { type InitialisedParameter, initialise } from './model.js';
import { STATE_KINDS, type StateKind, stateName } from './step-graph.js';

/** Named tensors of a checkpoint. */
export type StateDict = Map<string, NdArray<NumberArray>>;

const STEP = 'step';
const OPTIMIZER_STEP = 'optimizer_step';

function mismatch(name: string, what: string, value: string): GeneratorError {
  return new GeneratorError('ERR_CHECKPOINT', `Expected ${what} for ${name} but received ${value}`);
}

export class ResidentState {
  readonly layout: ParameterLayout;
  /** Training steps ever taken. */
  step = 0;
  /** Training steps since the optimiser was reset. */
  optimizerStep = 0;

  constructor(
    private readonly parameters: readonly InitialisedParameter[],
    private readonly client: OrtClient,
  ) {
    this.layout = new ParameterLayout(parameters);
  }

  /** Names of the resident tensors of one kind, which are also those of graph inputs. */
  names(kind: StateKind): string[] {
    return this.layout.buckets.map((_, i) => stateName(kind, i));
  }

  /** Adds the inputs that read one kind of state to a graph, one for each bucket. */
  inputs(graph: Graph, kind: StateKind): Value[] {
    return this.names(kind).map((name, i) => graph.input('float32', this.layout.buckets[i].shape, name));
  }

  private async place(kind: StateKind, arrays: readonly Float32Array[]): Promise<void> {
    for (const [i, name] of this.names(kind).entries())
      await this.client.place(name, this.layout.buckets[i].shape, arrays[i]);
  }

  /** Fresh weights, which are their own average, and a fresh optimiser. */
  async initialise(seed: number): Promise<void> {
    const start = this.layout.join(initialise(this.parameters, seed));
    await this.place('model', start);
    await this.place('ema', start);
    await this.resetOptimizer();
  }

  /** Forgets the moments of the gradient. */
  async resetOptimizer(): Promise<void> {
    const zeros = this.layout.buckets.map(({ shape }) => new Float32Array(sizeOf(shape)));
    await this.place('adam_m', zeros);
    await this.place('adam_v', zeros);
    this.optimizerStep = 0;
  }

  async read(): Promise<StateDict> {
    const dict: StateDict = new Map();
    const shapes = new Map(this.layout.parameters.map(({ name, shape }) => [name, [...shape]]));
    for (const kind of STATE_KINDS) {
      const arrays: Float32Array[] = [];
      for (const name of this.names(kind)) arrays.push(await this.client.read(name));
      for (const [name, data] of this.layout.part(arrays))
        dict.set(`${kind}.${name}`, { shape: shapes.get(name)!, data });
    }
    const count = (value: number) => ({ shape: [], data: BigInt64Array.of(BigInt(value)) });
    return dict.set(STEP, count(this.step)).set(OPTIMIZER_STEP, count(this.optimizerStep));
  }

  /** Throws ERR_CHECKPOINT if a tensor is missing, unknown or of another shape; nothing has changed then. */
  async write(dict: StateDict): Promise<void> {
    const known = new Set([STEP, OPTIMIZER_STEP]);
    const kinds = STATE_KINDS.map((kind) => {
      const named = new Map<string, Float32Array>();
      for (const { name, shape } of this.layout.parameters) {
        const key = `${kind}.${name}`;
        const tensor = dict.get(key);
        if (!(tensor?.data instanceof Float32Array && tensor.shape.join() === shape.join()))
          throw mismatch(
            key,
            `float32 [${shape}]`,
            tensor ? `${tensor.data.constructor.name} [${tensor.shape}]` : 'none',
          );
        named.set(name, tensor.data);
        known.add(key);
      }
      return { kind, arrays: this.layout.join(named) };
    });
    const [step, optimizerStep] = [STEP, OPTIMIZER_STEP].map((name) => {
      const data = dict.get(name)?.data;
      if (!(data instanceof BigInt64Array && data.length === 1 && data[0] >= 0n))
        throw mismatch(name, 'one int64 of at least 0', data ? `${data.constructor.name} ${data}` : 'none');
      return Number(data[0]);
    });
    for (const name of dict.keys()) if (!known.has(name)) throw mismatch(name, 'no tensor', 'one');
    for (const { kind, arrays } of kinds) await this.place(kind, arrays);
    this.step = step;
    this.optimizerStep = optimizerStep;
  }
}

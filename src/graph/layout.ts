/**
 * How named parameters are stored in a graph's state: each matrix is a tensor of its own, and all vectors lie one after
 * another in a single one, so that the optimiser has few, large tensors to update.
 */
import { type Shape, sizeOf, type Value } from './graph.js';
import { reshape, split } from './ops/index.js';

export interface Parameter {
  name: string;
  shape: Shape;
}

/** One stored tensor and the parameters in it. */
interface Bucket {
  shape: Shape;
  members: Parameter[];
}

export class ParameterLayout {
  readonly buckets: readonly Bucket[];

  constructor(readonly parameters: readonly Parameter[]) {
    const names = new Set(parameters.map(({ name }) => name));
    if (names.size !== parameters.length)
      throw new Error('Expected different names for parameters but received one twice');
    const matrices = parameters.filter(({ shape }) => shape.length !== 1);
    const vectors = parameters.filter(({ shape }) => shape.length === 1);
    const length = vectors.reduce((sum, { shape }) => sum + shape[0], 0);
    this.buckets = [
      ...matrices.map((parameter) => ({ shape: parameter.shape, members: [parameter] })),
      ...(vectors.length > 0 ? [{ shape: [length], members: vectors }] : []),
    ];
  }

  /** Number of scalars in all parameters. */
  get size(): number {
    return this.buckets.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** In a graph: the parameters by name, from one value for each bucket. */
  unpack(values: readonly Value[]): Record<string, Value> {
    const named: Record<string, Value> = {};
    this.buckets.forEach(({ members }, i) => {
      const sizes = members.map(({ shape }) => sizeOf(shape));
      const parts = members.length === 1 ? [values[i]] : split(values[i], 0, sizes);
      members.forEach(({ name, shape }, j) => {
        named[name] = reshape(parts[j], shape);
      });
    });
    return named;
  }

  /** Outside: bucket arrays from named arrays. Throws if one is missing or has another size. */
  join(named: ReadonlyMap<string, Float32Array>): Float32Array[] {
    return this.buckets.map(({ shape, members }) => {
      const out = new Float32Array(sizeOf(shape));
      let offset = 0;
      for (const { name, shape: memberShape } of members) {
        const data = named.get(name);
        if (data?.length !== sizeOf(memberShape))
          throw new Error(
            `Expected ${sizeOf(memberShape)} numbers for parameter ${name} but received ${data?.length ?? 'none'}`,
          );
        out.set(data, offset);
        offset += data.length;
      }
      return out;
    });
  }

  /** Outside: named arrays (copies) from bucket arrays. */
  part(arrays: readonly Float32Array[]): Map<string, Float32Array> {
    const named = new Map<string, Float32Array>();
    this.buckets.forEach(({ members }, i) => {
      let offset = 0;
      for (const { name, shape } of members) {
        named.set(name, arrays[i].slice(offset, offset + sizeOf(shape)));
        offset += sizeOf(shape);
      }
    });
    return named;
  }
}

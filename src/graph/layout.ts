/**
 * How named parameters are stored in a graph's state. The optimiser's work is elementwise, so parameters may share a
 * tensor as they like: fewer tensors are fewer nodes, but cutting a large one into parts copies it.
 */
import { type Graph, type Shape, sizeOf, type Value } from './graph.js';
import { concat, expand, reshape, split } from './ops/index.js';

export interface Parameter {
  name: string;
  shape: Shape;
}

/** One stored tensor and the parameters in it. */
interface Bucket {
  shape: Shape;
  members: Parameter[];
}

/**
 * - `bucket`: each matrix alone, all vectors one after another in one tensor, which comes last
 * - `many`: each parameter alone
 * - `stack`: those of equal shape together
 * - `flat`: all in one vector
 */
export type LayoutKind = 'bucket' | 'many' | 'stack' | 'flat';

const vector = (members: Parameter[]): Bucket => ({
  shape: [members.reduce((sum, { shape }) => sum + sizeOf(shape), 0)],
  members,
});
const alone = (parameter: Parameter): Bucket => ({ shape: parameter.shape, members: [parameter] });

/** How each kind groups the parameters. */
const GROUPINGS: Record<LayoutKind, (parameters: readonly Parameter[]) => Bucket[]> = {
  bucket: (parameters) => {
    const vectors = parameters.filter(({ shape }) => shape.length === 1);
    const matrices = parameters.filter(({ shape }) => shape.length !== 1);
    return [...matrices.map(alone), ...(vectors.length > 0 ? [vector(vectors)] : [])];
  },
  many: (parameters) => parameters.map(alone),
  stack: (parameters) => {
    const equal = new Map<string, Parameter[]>();
    for (const parameter of parameters) {
      const key = parameter.shape.join();
      equal.set(key, [...(equal.get(key) ?? []), parameter]);
    }
    return [...equal.values()].map((members) =>
      members.length === 1 ? alone(members[0]) : { shape: [members.length, ...members[0].shape], members },
    );
  },
  flat: (parameters) => (parameters.length > 0 ? [vector([...parameters])] : []),
};

export class ParameterLayout {
  readonly buckets: readonly Bucket[];

  /** @throws if two parameters have one name, or the kind is unknown */
  constructor(
    readonly parameters: readonly Parameter[],
    readonly kind: LayoutKind = 'bucket',
  ) {
    const names = new Set(parameters.map(({ name }) => name));
    if (names.size !== parameters.length)
      throw new Error('Expected different names for parameters but received one twice');
    if (!Object.hasOwn(GROUPINGS, kind))
      throw new Error(`Expected one of ${Object.keys(GROUPINGS).join(', ')} for kind but received ${kind}`);
    this.buckets = GROUPINGS[kind](parameters);
  }

  /** Number of scalars in all parameters. */
  get size(): number {
    return this.buckets.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** In a graph: the parameters by name, from one value for each bucket. */
  unpack(values: readonly Value[]): Record<string, Value> {
    const named: Record<string, Value> = {};
    this.buckets.forEach(({ shape, members }, i) => {
      const sizes = members.map((member) => sizeOf(member.shape));
      const parts = members.length === 1 ? [values[i]] : split(reshape(values[i], [sizeOf(shape)]), 0, sizes);
      members.forEach((member, j) => {
        named[member.name] = reshape(parts[j], member.shape);
      });
    });
    return named;
  }

  /**
   * In a graph: a number for each parameter, such as its weight decay, over one bucket. A number if it is the same for
   * all in the bucket, otherwise a value of the bucket's shape.
   */
  spread(graph: Graph, bucket: number, numberOf: (parameter: Parameter) => number): number | Value {
    const { shape, members } = this.buckets[bucket];
    const numbers = members.map(numberOf);
    if (numbers.every((value) => value === numbers[0])) return numbers[0];
    const parts = members.map((member, i) => expand(graph.scalar(numbers[i]), [sizeOf(member.shape)]));
    return reshape(concat(parts, 0), shape);
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

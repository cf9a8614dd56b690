/**
 * A graph of ONNX operations with shapes known while it is built. Operations are functions over `Value`s (see `ops/`);
 * a node is placed in the innermost graph among those of its inputs, so what a loop body computes from constants alone
 * is computed once, outside. Constants live in the root, deduplicated by content; nodes nobody reads are left out.
 * Equal nodes are left to the runtime, which merges them: an eighth of a training step's, at no gain in time.
 */
import { createHash } from 'node:crypto';
import {
  type AttributeValue,
  type DType,
  graphProto,
  type Message,
  modelBytes,
  nodeProto,
  type TensorData,
  tensorProto,
  valueInfoProto,
} from './proto.js';

export type Shape = readonly number[];

/** Size of an axis known only when the graph runs; allowed for graph inputs that `scan` or `gatherRows` read. */
export const UNKNOWN = -1;

const READS_UNKNOWN = new Set(['Scan', 'Gather']);

export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);
export const show = (...values: { dtype: DType; shape: Shape }[]): string =>
  values.map(({ dtype, shape }) => `${dtype} [${shape}]`).join(' and ');

/** A tensor in a graph: an input, a constant, or one output of a node. */
export class Value {
  /** Name in the file; undefined until encoding for all but named inputs and outputs. */
  name: string | undefined;
  constructor(
    readonly graph: Graph,
    readonly dtype: DType,
    readonly shape: Shape,
    readonly id: number,
  ) {}
}

/** Attributes as the builder takes them: subgraphs are still graphs. */
export type Attributes = Readonly<Record<string, Exclude<AttributeValue, { graph: Message }> | Graph>>;

interface Node {
  op: string;
  inputs: (Value | null)[];
  outputs: Value[];
  attributes: Attributes;
}

/** A differentiable step: given gradients of the outputs, returns those of the inputs (null: none flows). */
export interface TapeEntry {
  id: number;
  outputs: Value[];
  inputs: Value[];
  pullback(gradients: Value[]): (Value | null)[];
}

interface Constant {
  value: Value;
  data: TensorData;
}

export class Graph {
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly tape: TapeEntry[] = [];
  private readonly nodes: Node[] = [];
  private readonly constants = new Map<string, Constant>();
  private readonly names = new Set<string>();
  private count = 0;

  /**
   * @param parent graph whose values this one may read; absent for the root
   * @param target `cpu`: it may use operations that only the processor has, where they are faster; results are the same
   */
  constructor(
    readonly parent?: Graph,
    readonly target: 'any' | 'cpu' = parent?.target ?? 'any',
  ) {}

  get root(): Graph {
    return this.parent ? this.parent.root : this;
  }

  /** Distance from the root. */
  get depth(): number {
    return this.parent ? this.parent.depth + 1 : 0;
  }

  /** True if values of `other` may be read here. */
  private sees(other: Graph): boolean {
    return this === other || (this.parent?.sees(other) ?? false);
  }

  /** The innermost graph among those of `values`. Throws if two of them cannot see each other. */
  static innermost(values: readonly Value[]): Graph {
    if (values.length === 0) throw new Error('Expected one input or more for a node but received none');
    let graph = values[0].graph;
    for (const value of values) if (value.graph.depth > graph.depth) graph = value.graph;
    for (const value of values)
      if (!graph.sees(value.graph))
        throw new Error('Expected inputs of one graph or its parents but received values of two bodies');
    return graph;
  }

  nextId(): number {
    return this.root.count++;
  }

  private reserve(name: string): string {
    const { names } = this.root;
    if (name === '' || names.has(name))
      throw new Error(`Expected a new name for a graph input or output but received '${name}'`);
    names.add(name);
    return name;
  }

  /** An input of this graph; a body's inputs need no name of their own. */
  input(dtype: DType, shape: Shape, name?: string): Value {
    const value = new Value(this, dtype, [...shape], this.nextId());
    if (name !== undefined) value.name = this.reserve(name);
    this.inputs.push(value);
    return value;
  }

  /** Declares `value` the next output, called `name` (a body's outputs need no name of their own). */
  output(value: Value, name?: string): void {
    // An output must be produced by a node of this very graph, once; anything else passes through Identity.
    const own = value.graph === this && !this.isConstant(value);
    const direct = own && !this.inputs.includes(value) && !this.outputs.includes(value);
    const [named] = direct ? [value] : this.node('Identity', [value], [value], {}, this);
    if (name !== undefined) named.name = this.reserve(name);
    this.outputs.push(named);
  }

  private isConstant(value: Value): boolean {
    for (const constant of this.root.constants.values()) if (constant.value === value) return true;
    return false;
  }

  /** A constant tensor, shared with every equal one. `data` must not change afterwards. */
  constant(dtype: DType, shape: Shape, data: TensorData): Value {
    if (data.length !== sizeOf(shape))
      throw new Error(
        `Expected ${sizeOf(shape)} values for a constant of ${show({ dtype, shape })} but received ${data.length}`,
      );
    const { root } = this;
    const key = `${dtype} ${shape.join()} ${contentKey(data)}`;
    const known = root.constants.get(key);
    if (known) return known.value;
    const value = new Value(root, dtype, [...shape], root.nextId());
    root.constants.set(key, { value, data });
    return value;
  }

  /** A float32 constant of shape []. */
  scalar(value: number): Value {
    return this.constant('float32', [], Float32Array.of(value));
  }

  /** An int64 constant vector. */
  integers(values: readonly number[]): Value {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Appends one operation and returns its outputs; `where` overrules the choice of graph. */
  node(
    op: string,
    inputs: (Value | null)[],
    outputs: readonly { dtype: DType; shape: Shape }[],
    attributes: Attributes = {},
    where: Graph = Graph.innermost(inputs.filter((input) => input !== null)),
  ): Value[] {
    for (const input of inputs)
      if (input?.shape.includes(UNKNOWN) && !READS_UNKNOWN.has(op))
        throw new Error(`Expected a known shape for an input of ${op} but received ${show(input)}`);
    const values = outputs.map(({ dtype, shape }) => new Value(where, dtype, [...shape], this.nextId()));
    where.nodes.push({ op, inputs, outputs: values, attributes });
    return values;
  }

  /** Number of nodes that encoding keeps, in this graph and its subgraphs. */
  get nodeCount(): number {
    const bodies = (node: Node) => Object.values(node.attributes).filter((value) => value instanceof Graph);
    return this.liveNodes().reduce(
      (sum, node) => sum + 1 + bodies(node).reduce((inner, body) => inner + body.nodeCount, 0),
      0,
    );
  }

  /** Nodes an output depends on, in order; `needed` collects the values they and their bodies read. */
  private liveNodes(needed = new Set<Value>()): Node[] {
    for (const output of this.outputs) needed.add(output);
    const live: Node[] = [];
    for (const node of this.nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output))) continue;
      live.push(node);
      for (const input of node.inputs) if (input) needed.add(input);
      for (const body of Object.values(node.attributes)) if (body instanceof Graph) body.liveNodes(needed);
    }
    return live.reverse();
  }

  /** Values of outer graphs that this body reads. */
  captures(): Value[] {
    const needed = new Set<Value>();
    this.liveNodes(needed);
    return [...needed].filter(({ graph }) => graph !== this && this.sees(graph));
  }

  private encode(name: string): Message {
    const needed = new Set<Value>();
    const nameOf = (value: Value | null) => (value ? (value.name ?? `v${value.id}`) : '');
    const nodes = this.liveNodes(needed).map(({ op, inputs, outputs, attributes }) => {
      const encoded = Object.entries(attributes).map(([key, value]): [string, AttributeValue] => [
        key,
        value instanceof Graph ? { graph: value.encode(`${op}_${key}`) } : value,
      ]);
      return nodeProto(op, inputs.map(nameOf), outputs.map(nameOf), Object.fromEntries(encoded));
    });
    const initializers = [...this.constants.values()]
      .filter(({ value }) => needed.has(value))
      .map(({ value, data }) => tensorProto(nameOf(value), value.dtype, value.shape, data));
    const info = (value: Value) => valueInfoProto(nameOf(value), value.dtype, value.shape);
    return graphProto(name, nodes, initializers, this.inputs.map(info), this.outputs.map(info));
  }

  /** The ONNX model of this root graph. */
  toModel(): Uint8Array {
    if (this.parent) throw new Error('Expected the root graph for toModel but received a body');
    for (const name of this.names)
      if (/^v\d+$/.test(name))
        throw new Error(`Expected a name not of the form v<number> but received '${name}'`);
    return modelBytes(this.encode('graph'));
  }
}

/** Equal data, equal key: the bytes themselves when short, otherwise their SHA-256. */
function contentKey(data: TensorData): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length <= 64) return Buffer.from(bytes).toString('base64');
  return createHash('sha256').update(bytes).digest('base64');
}

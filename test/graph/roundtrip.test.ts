// A model that is read and written again is the same bytes: for every operation, its gradient, and both kinds of graph.
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  adamW,
  add,
  clipByGlobalNorm,
  Graph,
  gradient,
  RandomStream,
  scan,
  square,
  sum,
  UNKNOWN,
} from '../../src/graph/index.js';
import {
  type AttributeValue,
  DATA_TYPE,
  type DType,
  graphProto,
  type Message,
  modelBytes,
  nodeProto,
  tensorProto,
  valueInfoProto,
} from '../../src/graph/proto.js';
import { ELEMENTWISE } from './cases/elementwise.js';
import { LAYERS } from './cases/layers.js';
import { TENSORS } from './cases/tensors.js';
import { build } from './differences.js';
import { type ReadAttribute, type ReadGraph, type ReadValue, readModel } from './onnx-reader.js';

const typeOf = (code: number) =>
  Object.keys(DATA_TYPE).find((name) => DATA_TYPE[name as DType] === code) as DType;

function writeAttribute(value: ReadAttribute): AttributeValue {
  return typeof value === 'object' && 'nodes' in value ? { graph: write(value) } : value;
}

function write(graph: ReadGraph): Message {
  const info = ({ name, type, shape }: ReadValue) => {
    const sizes = shape.map((size, axis) => {
      if (typeof size === 'string') assert.is(size, `${name}_${axis}`);
      return typeof size === 'string' ? UNKNOWN : size;
    });
    return valueInfoProto(name, typeOf(type), sizes);
  };
  return graphProto(
    graph.name,
    graph.nodes.map(({ op, inputs, outputs, attributes }) => {
      const written = Object.entries(attributes).map(([name, value]) => [name, writeAttribute(value)]);
      return nodeProto(op, inputs, outputs, Object.fromEntries(written));
    }),
    graph.initializers.map(({ name, type, shape, bytes }) => tensorProto(name, typeOf(type), shape, bytes)),
    graph.inputs.map(info),
    graph.outputs.map(info),
  );
}

const seen = new Set<string>();

/** Every value is made once and before it is read, and no constant lies idle; returns the number of nodes. */
function wellFormed(
  graph: ReadGraph,
  outer: ReadonlySet<string> = new Set(),
  read = new Set<string>(),
): number {
  const known = new Set(outer);
  const make = (name: string) => {
    assert.not.ok(known.has(name), `${name} is made twice`);
    known.add(name);
  };
  for (const { name } of [...graph.inputs, ...graph.initializers]) make(name);
  let count = 0;
  for (const { op, inputs, outputs, attributes } of graph.nodes) {
    seen.add(op);
    count++;
    for (const name of inputs) {
      assert.ok(name === '' || known.has(name), `${op} reads ${name}, which is not there yet`);
      read.add(name);
    }
    for (const value of Object.values(attributes))
      if (typeof value === 'object' && 'nodes' in value) count += wellFormed(value, known, read);
    for (const name of outputs) make(name);
  }
  for (const { name } of graph.outputs) assert.ok(known.has(name), `the output ${name} is not there`);
  for (const { name } of graph.initializers) assert.ok(read.has(name), `nothing reads the constant ${name}`);
  return count;
}

function roundTrip(graph: Graph): void {
  const bytes = graph.toModel();
  const model = readModel(bytes);
  assert.is(wellFormed(model.graph), graph.nodeCount);
  assert.ok(Buffer.from(modelBytes(write(model.graph))).equals(Buffer.from(bytes)), 'other bytes');
}

for (const [name, definition] of Object.entries({ ...ELEMENTWISE, ...TENSORS, ...LAYERS }))
  test(name, () => roundTrip(build(definition, (size) => new Float32Array(size).fill(0.5))));

const trainingSteps = (target: 'any' | 'cpu') => {
  const graph = new Graph(undefined, target);
  const state = ['p', 'm', 'v'].map((name) => graph.input('float32', [3], name));
  const key = graph.input('uint64', [], 'key');
  const steps = graph.input('uint64', [UNKNOWN], 'steps');
  const result = scan(state, [steps], ([p, m, v], [position]) => {
    const random = new RandomStream(key, position);
    const noisy = random.dropout(add(add(p, random.normals([3])), random.uniforms([3])), 0.25);
    const loss = sum(square(noisy), [0]);
    const { gradients, norm } = clipByGlobalNorm(gradient(loss, [p]), graph.scalar(1));
    const options = { learningRate: graph.scalar(0.1), step: graph.scalar(1) };
    const next = adamW(p, gradients[0], { m, v }, options);
    return { state: [next.parameter, next.m, next.v], stacked: [loss, norm] };
  });
  for (const [i, value] of [...result.state, ...result.stacked, graph.scalar(2)].entries())
    graph.output(value, `y${i}`);
  roundTrip(graph);
};
test('steps of training in a scan, with noise, dropout and an unknown number of steps', () => {
  trainingSteps('any');
  trainingSteps('cpu');
});

test('an omitted optional input, and constants of every type', () => {
  const graph = new Graph();
  const x = graph.input('float32', [2], 'x');
  graph.output(graph.node('Clip', [x, null, graph.scalar(1)], [x])[0], 'clipped');
  const data = {
    float32: Float32Array.of(-0, 1.5),
    float64: Float64Array.of(Math.PI, Number.NaN),
    int32: Int32Array.of(-1, 2 ** 30),
    int64: BigInt64Array.of(-1n, 2n ** 62n),
    uint64: BigUint64Array.of(0n, 2n ** 64n - 1n),
    bool: Uint8Array.of(0, 1),
  };
  assert.equal(Object.keys(data).sort(), Object.keys(DATA_TYPE).sort());
  for (const [dtype, values] of Object.entries(data))
    graph.output(graph.constant(dtype as DType, [2], values), dtype);
  roundTrip(graph);
  const { nodes, initializers } = readModel(graph.toModel()).graph;
  assert.equal(nodes[0].inputs[1], '');
  for (const [dtype, values] of Object.entries(data)) {
    const written = initializers.find(
      ({ type, shape }) => type === DATA_TYPE[dtype as DType] && shape.length === 1,
    );
    assert.equal(Buffer.from(written!.bytes), Buffer.from(values.buffer), dtype);
  }
});

test('every ONNX operation that the library writes has been here', () => {
  const sources = readdirSync('src/graph', { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(`src/graph/${file}`, 'utf8'));
  const written = new Set(sources.flatMap((text) => text.match(/(?<=')[A-Z][a-z][A-Za-z]*(?=')/g) ?? []));
  assert.ok(written.size > 40);
  assert.equal([...written].filter((op) => !seen.has(op)).sort(), []);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  add,
  attention,
  concat,
  exp,
  expand,
  Graph,
  gatherRows,
  layerNorm,
  linear,
  matmul,
  mul,
  neg,
  reshape,
  type Shape,
  scale,
  scan,
  shift,
  slice,
  split,
  square,
  sum,
  transpose,
  UNKNOWN,
  type Value,
} from '../../src/graph/index.js';
import { type ReadGraph, readModel } from './onnx-reader.js';
import { evaluate, floats, integers } from './session.js';

const read = (graph: Graph) => readModel(graph.toModel());

test('a model is written as ONNX describes it', () => {
  const graph = new Graph();
  const x = graph.input('float32', [2, 300], 'x');
  graph.output(transpose(shift(x, -1.5), [1, 0]), 'y');
  const { ir, opset, graph: model } = read(graph);
  assert.is(ir, 9);
  assert.is(opset, 20);
  assert.equal(model.inputs, [{ name: 'x', type: 1, shape: [2, 300] }]);
  assert.equal(model.outputs, [{ name: 'y', type: 1, shape: [300, 2] }]);
  const [constant] = model.initializers;
  assert.equal([constant.type, constant.shape], [1, []]);
  assert.is(new DataView(constant.bytes.slice().buffer).getFloat32(0, true), -1.5);
  assert.equal(
    model.nodes.map(({ op, attributes }) => [op, attributes]),
    [
      ['Add', {}],
      ['Transpose', { perm: [1, 0] }],
    ],
  );
  assert.equal(model.nodes[0].inputs, ['x', constant.name]);
  assert.equal(model.nodes[1].inputs, model.nodes[0].outputs);
  assert.equal(model.nodes[1].outputs, ['y']);
});

test('attributes of every kind survive', () => {
  const graph = new Graph();
  const x = graph.input('float32', [2, 4], 'x');
  const attributes = { axis: -1, large: 2 ** 40, epsilon: { float: 0.25 }, mode: 'edge', pads: [0, -3, 300] };
  graph.output(graph.node('Anything', [x], [x], attributes)[0], 'y');
  assert.equal(read(graph).graph.nodes[0].attributes, { ...attributes, epsilon: 0.25 });
});

test('equal constants are one, different ones are not', () => {
  const graph = new Graph();
  const x = graph.input('float32', [100], 'x');
  const long = () => graph.constant('float32', [100], new Float32Array(100).fill(3));
  const other = graph.constant('float32', [100], new Float32Array(100).fill(3).with(99, 4));
  const bits = graph.constant('int64', [1], BigInt64Array.of(0n));
  assert.is(long(), long());
  assert.is(graph.scalar(2), graph.scalar(2));
  assert.is.not(graph.scalar(0), graph.scalar(-0)); // 1/x tells them apart
  assert.is.not(long(), other);
  assert.is.not(bits, graph.constant('int64', [], BigInt64Array.of(0n)));
  graph.output(add(add(x, long()), mul(x, long())), 'y');
  assert.is(read(graph).graph.initializers.length, 1);
});

test('nodes nobody reads are left out, in bodies too, with their constants', () => {
  const graph = new Graph();
  const x = graph.input('float32', [3], 'x');
  exp(scale(x, 7));
  const unused = square(x);
  const { state } = scan([sum(x, [0])], [x], ([total], [item]) => {
    exp(mul(sum(unused, [0]), item));
    return { state: [add(total, item)], stacked: [] };
  });
  graph.output(state[0], 'y');
  const model = read(graph).graph;
  assert.equal(
    model.nodes.map(({ op }) => op),
    ['ReduceSum', 'Scan'],
  );
  assert.equal(
    (model.nodes[1].attributes.body as ReadGraph).nodes.map(({ op }) => op),
    ['Add'],
  );
  assert.is(graph.nodeCount, 3);
  assert.is(model.initializers.length, 1); // the axis of the sum
});

test('what a body computes from constants alone is computed outside', () => {
  const graph = new Graph();
  const x = graph.input('float32', [3], 'x');
  const { state } = scan([sum(x, [0])], [x], ([total], [item]) => ({
    state: [add(total, mul(item, exp(graph.scalar(2))))],
    stacked: [],
  }));
  graph.output(state[0], 'y');
  assert.equal(
    read(graph).graph.nodes.map(({ op }) => op),
    ['ReduceSum', 'Exp', 'Scan'],
  );
});

test('a producing node carries the name of its output; inputs and second names pass through Identity', async () => {
  const graph = new Graph();
  const x = graph.input('float32', [2], 'x');
  const y = neg(x);
  graph.output(y, 'y');
  graph.output(y, 'again');
  graph.output(x, 'same');
  graph.output(graph.scalar(5), 'five');
  assert.equal(
    read(graph).graph.nodes.map(({ op }) => op),
    ['Neg', 'Identity', 'Identity', 'Identity'],
  );
  const result = await evaluate(graph, { x: floats([1, -2], [2]) });
  const values = Object.entries(result).map(([name, { data }]) => [name, ...(data as Float32Array)]);
  assert.equal(values, [
    ['y', -1, 2],
    ['again', -1, 2],
    ['same', 1, -2],
    ['five', 5],
  ]);
});

test('names are given once', () => {
  const graph = new Graph();
  const x = graph.input('float32', [2], 'x');
  assert.throws(() => graph.input('float32', [2], 'x'), /new name .* but received 'x'/);
  assert.throws(() => graph.output(neg(x), 'x'), /new name .* but received 'x'/);
  graph.output(neg(x), 'v12');
  assert.throws(() => graph.toModel(), /not of the form v<number> but received 'v12'/);
});

test('a scan runs as many steps as its sequences have, and passes unchanged state on', async () => {
  const graph = new Graph();
  const items = graph.input('float32', [UNKNOWN, 2], 'items');
  const start = graph.input('float32', [2], 'start');
  const { state, stacked } = scan([start, start], [items], ([total, constant], [item]) => ({
    state: [add(total, item), constant],
    stacked: [mul(item, constant), item],
  }));
  for (const [i, value] of [...state, ...stacked].entries()) graph.output(value, `out${i}`);
  assert.equal(read(graph).graph.inputs[0].shape, ['items_0', 2]);
  for (const steps of [1, 3]) {
    const data = Array.from({ length: 2 * steps }, (_, i) => i + 1);
    const result = await evaluate(graph, { items: floats(data, [steps, 2]), start: floats([10, 20], [2]) });
    const values = (name: string) => [...(result[name].data as Float32Array)];
    assert.equal(values('out0'), steps === 1 ? [11, 22] : [19, 32]);
    assert.equal(values('out1'), [10, 20]);
    assert.equal(
      values('out2'),
      data.map((value, i) => value * (i % 2 ? 20 : 10)),
    );
    assert.equal(values('out3'), data);
  }
});

test('rows of a table whose length is known only when it runs', async () => {
  const graph = new Graph();
  const table = graph.input('float32', [UNKNOWN, 2], 'table');
  const ids = graph.input('int64', [3], 'ids');
  graph.output(gatherRows(table, ids), 'rows');
  const result = await evaluate(graph, {
    table: floats([1, 2, 3, 4], [2, 2]),
    ids: integers([1, 0, 1], [3]),
  });
  assert.equal([...(result.rows.data as Float32Array)], [3, 4, 1, 2, 3, 4]);
});

test('shapes that do not fit are refused with the operation and the shapes', () => {
  const graph = new Graph();
  let count = 0;
  const value = (...shape: number[]): Value => graph.input('float32', shape as Shape, `input${count++}`);
  const ids = graph.input('int64', [3], 'ids');
  const a = value(2, 3);
  const cases: [() => unknown, RegExp][] = [
    [() => add(a, value(2)), /broadcast for Add but received float32 \[2,3\] and float32 \[2\]/],
    [() => add(a, graph.integers([1])), /one type .* for Add but received float32 \[2,3\] and int64 \[1\]/],
    [
      () => matmul(a, value(2, 3)),
      /\[\.\.\., n, k\] and \[\.\.\., k, m\] .* for matmul but received .*\[2,3\] and .*\[2,3\]/,
    ],
    [() => matmul(value(4, 2, 3), value(2, 3, 2)), /for matmul but received/],
    [() => linear(a, value(3, 4), value(3)), /bias \[out\] for linear but received .*\[3\]/],
    [() => linear(a, value(2, 4), value(4)), /for linear/],
    [() => layerNorm(a, value(3), value(2)), /for layerNorm/],
    [
      () => attention(value(1, 4, 6), {} as never, 4),
      /multiple of 4 heads for attention but received float32 \[1,4,6\]/,
    ],
    [() => reshape(a, [4]), /as many elements as \[4\] for reshape but received float32 \[2,3\]/],
    [() => expand(a, [2, 4]), /broadcasts to \[2,4\] for expand/],
    [() => transpose(a, [0, 0]), /order \[0,0\] for transpose/],
    [() => slice(a, 1, 2, 4), /range within the axis, not 2\.\.4, for slice/],
    [() => slice(a, 2, 0, 1), /axis within the rank, not 2, for slice/],
    [() => sum(a, [-3]), /axis within the rank, not -3, for sum/],
    [() => concat([a, value(3, 3)], 1), /equal but for axis 1 for concat/],
    [() => split(a, 1, [1, 1]), /sizes \[1,1\] that fill axis 1 for split/],
    [() => gatherRows(a, value(2)), /int64 ids for gather but/],
    [() => neg(value(UNKNOWN, 3)), /known shape for an input of Neg but received float32 \[-1,3\]/],
    [() => scan([a], [ids, value(2)], () => ({ state: [], stacked: [] })), /sequences of 3 steps for scan/],
    [
      () => scan([a], [ids], () => ({ state: [neg(value(3))], stacked: [] })),
      /float32 \[2,3\] for the next state of scan/,
    ],
    [
      () => graph.constant('float32', [2], new Float32Array(3)),
      /2 values for a constant of float32 \[2\] but received 3/,
    ],
  ];
  for (const [build, message] of cases) assert.throws(build, message, String(message));
});

test('values of two bodies do not mix', () => {
  const graph = new Graph();
  const x = graph.input('float32', [3], 'x');
  let leaked: Value | undefined;
  scan([], [x], (_, [item]) => {
    leaked = item;
    return { state: [], stacked: [item] };
  });
  scan([], [x], (_, [item]) => {
    assert.throws(() => add(item, leaked!), /one graph or its parents/);
    return { state: [], stacked: [item] };
  });
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  add,
  exp,
  Graph,
  gatherRows,
  mul,
  neg,
  scale,
  scan,
  shift,
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
  assert.equal(read(graph).graph.nodes[0].attributes, attributes);
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

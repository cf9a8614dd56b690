// Where parameters lie makes no difference to what is learned.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  adamW,
  add,
  clipByGlobalNorm,
  exponentialMovingAverage,
  Graph,
  gradient,
  type LayoutKind,
  linear,
  meanSquaredError,
  ParameterLayout,
  sizeOf,
  sub,
  tanh,
} from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { evaluate, floats, open } from './session.js';

const PARAMETERS = [
  { name: 'w', shape: [2, 2] },
  { name: 'b', shape: [2] },
  { name: 'u', shape: [1, 3] },
  { name: 'c', shape: [3] },
];

test('the default keeps matrices apart and vectors together, and finds each again', async () => {
  const layout = new ParameterLayout(PARAMETERS);
  assert.equal(
    layout.buckets.map(({ shape }) => shape),
    [[2, 2], [1, 3], [5]],
  );
  assert.is(layout.size, 12);
  const named = new Map([
    ['c', Float32Array.of(1, 2, 3)],
    ['w', Float32Array.of(4, 5, 6, 7)],
    ['u', Float32Array.of(8, 9, 10)],
    ['b', Float32Array.of(11, 12)],
  ]);
  const joined = layout.join(named);
  assert.equal(joined[2], Float32Array.of(11, 12, 1, 2, 3));
  assert.equal(new Map([...layout.part(joined)].sort()), new Map([...named].sort()));

  const graph = new Graph();
  const inputs = layout.buckets.map(({ shape }, i) => graph.input('float32', shape, `bucket${i}`));
  const { b, c, w } = layout.unpack(inputs);
  assert.equal(w.shape, [2, 2]);
  graph.output(sub(w, b), 'w-b');
  graph.output(c, 'c');
  const feeds = Object.fromEntries(
    joined.map((data, i) => [`bucket${i}`, floats(data, layout.buckets[i].shape)]),
  );
  const result = await evaluate(graph, feeds);
  assert.equal(result['w-b'].data, Float32Array.of(-7, -7, -5, -5));
  assert.equal(result.c.data, Float32Array.of(1, 2, 3));

  named.delete('u');
  assert.throws(() => layout.join(named), /Expected 3 numbers for parameter u but received none/);
  assert.throws(
    () =>
      new ParameterLayout([
        { name: 'a', shape: [1] },
        { name: 'a', shape: [2] },
      ]),
    /one twice/,
  );
});

test('each kind groups the parameters in its own way', () => {
  const parameters = [...PARAMETERS, { name: 'd', shape: [2] }, { name: 'v', shape: [2, 2] }];
  const groups = (kind: LayoutKind) =>
    new ParameterLayout(parameters, kind).buckets.map(({ shape, members }) => [
      members.map(({ name }) => name).join(''),
      ...shape,
    ]);
  assert.equal(groups('bucket'), [
    ['w', 2, 2],
    ['u', 1, 3],
    ['v', 2, 2],
    ['bcd', 7],
  ]);
  assert.equal(groups('many'), [
    ['w', 2, 2],
    ['b', 2],
    ['u', 1, 3],
    ['c', 3],
    ['d', 2],
    ['v', 2, 2],
  ]);
  assert.equal(groups('stack'), [
    ['wv', 2, 2, 2],
    ['bd', 2, 2],
    ['u', 1, 3],
    ['c', 3],
  ]);
  assert.equal(groups('flat'), [['wbucdv', 18]]);
  assert.throws(() => new ParameterLayout(parameters, 'heap' as LayoutKind), /for kind but received heap/);
});

// Two layers and a residual block of equal shapes, so that every kind groups them differently.
const WIDTH = 5;
const NETWORK = [
  { name: 'in.weight', shape: [3, WIDTH] },
  { name: 'in.bias', shape: [WIDTH] },
  { name: 'middle.weight', shape: [WIDTH, WIDTH] },
  { name: 'middle.bias', shape: [WIDTH] },
  { name: 'more.weight', shape: [WIDTH, WIDTH] },
  { name: 'more.bias', shape: [WIDTH] },
  { name: 'out.weight', shape: [WIDTH, 2] },
  { name: 'out.bias', shape: [2] },
];
const STATE = ['p', 'm', 'v', 'e'];

/** The state by parameter name after five training steps; `limit` clips the gradient. */
async function train(kind: LayoutKind, limit: number | undefined): Promise<Map<string, Float32Array>> {
  const layout = new ParameterLayout(NETWORK, kind);
  const graph = new Graph();
  const [p, m, v, e] = STATE.map((name) =>
    layout.buckets.map(({ shape }, i) => graph.input('float32', shape, `${name}.${i}`)),
  );
  const named = layout.unpack(p);
  const x = graph.input('float32', [4, 3], 'x');
  const target = graph.input('float32', [4, 2], 'target');
  const layer = (name: string, value: typeof x) =>
    linear(value, named[`${name}.weight`], named[`${name}.bias`]);
  const first = tanh(layer('in', x));
  const second = add(first, tanh(layer('more', tanh(layer('middle', first)))));
  const raw = gradient(meanSquaredError(layer('out', second), target), p);
  const gradients = limit === undefined ? raw : clipByGlobalNorm(raw, graph.scalar(limit)).gradients;
  const step = graph.input('float32', [], 'step');
  const next = p.map((parameter, i) => {
    const weightDecay = layout.spread(graph, i, ({ shape }) => (shape.length > 1 ? 0.1 : 0));
    const options = { learningRate: graph.scalar(0.05), step, weightDecay };
    const updated = adamW(parameter, gradients[i], { m: m[i], v: v[i] }, options);
    const average = exponentialMovingAverage(e[i], updated.parameter, graph.scalar(0.9));
    return [updated.parameter, updated.m, updated.v, average];
  });
  next.forEach((values, i) => {
    values.forEach((value, k) => {
      graph.output(value, `next.${STATE[k]}.${i}`);
    });
  });

  const random = new Random(3);
  const normals = (shape: readonly number[]) => random.normals(new Float32Array(sizeOf(shape)));
  const start = layout.join(new Map(NETWORK.map(({ name, shape }) => [name, normals(shape)])));
  const zeros = start.map(({ length }) => new Float32Array(length));
  let state = [start, zeros, zeros, start];
  const run = await open(graph);
  for (let t = 1; t <= 5; t++) {
    const feeds = state.flatMap((arrays, k) =>
      arrays.map((data, i) => [`${STATE[k]}.${i}`, floats(data, layout.buckets[i].shape)]),
    );
    const result = await run({
      ...Object.fromEntries(feeds),
      x: floats(normals([4, 3]), [4, 3]),
      target: floats(normals([4, 2]), [4, 2]),
      step: floats([t], []),
    });
    state = STATE.map((name) =>
      layout.buckets.map((_, i) => result[`next.${name}.${i}`].data as Float32Array),
    );
  }
  await run.close();
  return new Map(
    state.flatMap((arrays, k) =>
      [...layout.part(arrays)].map(([name, data]) => [`${STATE[k]}.${name}`, data] as const),
    ),
  );
}

test('training gives the same bytes in every layout', async () => {
  const expected = await train('bucket', undefined);
  assert.is(expected.size, 4 * NETWORK.length);
  for (const kind of ['many', 'stack', 'flat'] as const) {
    const actual = await train(kind, undefined);
    for (const [name, data] of expected) assert.equal(actual.get(name), data, `${name} in ${kind}`);
  }
});

test('with a clipped gradient it gives the same but for the rounding of the norm', async () => {
  const expected = await train('bucket', 0.1);
  let changed = 0; // the clip does something
  const unclipped = await train('bucket', undefined);
  for (const kind of ['many', 'stack', 'flat'] as const) {
    const actual = await train(kind, 0.1);
    for (const [name, data] of expected) {
      data.forEach((value, i) => {
        const other = actual.get(name)![i];
        assert.ok(Math.abs(other - value) < 1e-6, `${name}[${i}] in ${kind}: ${other} is not ${value}`);
        if (Math.abs(unclipped.get(name)![i] - value) > 1e-3) changed++;
      });
    }
  }
  assert.ok(changed > 100, `${changed}`);
});

test.run();

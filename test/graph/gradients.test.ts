// Every vector-Jacobian product against central differences of a random projection of the output, run by onnxruntime.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  add,
  attention,
  concat,
  cos,
  div,
  erf,
  exp,
  expand,
  Graph,
  gatherRows,
  gelu,
  gradient,
  layerNorm,
  linear,
  log,
  matmul,
  mean,
  meanSquaredError,
  minimum,
  mul,
  neg,
  reshape,
  type Shape,
  scale,
  scan,
  shift,
  sigmoid,
  silu,
  sin,
  sizeOf,
  slice,
  softmax,
  split,
  sqrt,
  square,
  sub,
  sum,
  transpose,
  transposeLast,
  type Value,
} from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { floats, open } from './session.js';

const STEP = 1e-2; // float32: smaller steps drown in rounding, larger ones in curvature
const TOLERANCE = 5e-3;
const PROBES = 12; // elements of each input that are moved

interface Case {
  shapes: Shape[];
  build: (...inputs: Value[]) => Value;
  /** Range of the inputs; default -1..1. */
  range?: [number, number];
}

async function check(name: string, { shapes, build, range = [-1, 1] }: Case): Promise<void> {
  const random = new Random(1, name);
  const graph = new Graph();
  const inputs = shapes.map((shape, i) => graph.input('float32', shape, `x${i}`));
  const y = build(...inputs);
  const weights = Float32Array.from({ length: sizeOf(y.shape) }, () => random.uniform(-1, 1));
  const loss = sum(mul(y, graph.constant('float32', y.shape, weights)), [...y.shape.keys()]);
  graph.output(y, 'y');
  gradient(loss, inputs).forEach((value, i) => {
    graph.output(value, `d${i}`);
  });

  const run = await open(graph);
  const data = shapes.map((shape) =>
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(...range)),
  );
  const evaluate = () => run(Object.fromEntries(shapes.map((shape, i) => [`x${i}`, floats(data[i], shape)])));
  // The projection is summed here in double precision: the differences must not vanish in a float32 sum.
  const project = async () => (await evaluate()).y.data as Float32Array;
  const dot = (values: Float32Array) => values.reduce((total, value, i) => total + value * weights[i], 0);

  const gradients = await evaluate();
  for (let i = 0; i < shapes.length; i++) {
    const exact = gradients[`d${i}`].data as Float32Array;
    const probes = Math.min(PROBES, exact.length);
    for (let probe = 0; probe < probes; probe++) {
      const at = Math.floor((probe * exact.length) / probes);
      const original = data[i][at];
      data[i][at] = original + STEP;
      const high = data[i][at];
      const above = dot(await project());
      data[i][at] = original - STEP;
      const low = data[i][at];
      const below = dot(await project());
      data[i][at] = original;
      const difference = (above - below) / (high - low);
      const error = Math.abs(difference - exact[at]) / Math.max(0.2, Math.abs(difference));
      assert.ok(
        error < TOLERANCE,
        `${name}: input ${i} element ${at}: gradient ${exact[at]}, difference ${difference}`,
      );
    }
  }
  await run.close();
}

const attentionOf = (x: Value, qkvWeight: Value, qkvBias: Value, outWeight: Value, outBias: Value) =>
  attention(x, { qkvWeight, qkvBias, outWeight, outBias }, 2);

const CASES: Record<string, Case> = {
  add: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: add,
  },
  'add, broadcast': { shapes: [[2, 3, 4], [4]], build: add },
  'sub, broadcast both ways': {
    shapes: [
      [2, 1, 4],
      [3, 1],
    ],
    build: sub,
  },
  'mul, broadcast': {
    shapes: [
      [2, 3, 4],
      [2, 1, 4],
    ],
    build: mul,
  },
  'div, broadcast': { shapes: [[2, 3, 4], [4]], build: (a, b) => div(a, b), range: [0.5, 2] },
  neg: { shapes: [[3, 4]], build: neg },
  scale: { shapes: [[3, 4]], build: (x) => scale(x, -2.5) },
  shift: { shapes: [[3, 4]], build: (x) => square(shift(x, 0.5)) },
  square: { shapes: [[3, 4]], build: square },
  exp: { shapes: [[3, 4]], build: exp },
  log: { shapes: [[3, 4]], build: log, range: [0.5, 2] },
  sqrt: { shapes: [[3, 4]], build: sqrt, range: [0.5, 2] },
  sin: { shapes: [[3, 4]], build: sin, range: [-3, 3] },
  cos: { shapes: [[3, 4]], build: cos, range: [-3, 3] },
  erf: { shapes: [[3, 4]], build: erf, range: [-2, 2] },
  sigmoid: { shapes: [[3, 4]], build: sigmoid, range: [-3, 3] },
  minimum: { shapes: [[4, 4], [4]], build: (a, b) => minimum(scale(a, 3), b) },
  'sum, axes dropped': { shapes: [[2, 3, 4]], build: (x) => sum(square(x), [0, 2]) },
  'sum, axes kept': { shapes: [[2, 3, 4]], build: (x) => sum(square(x), [-2], true) },
  'mean, axes dropped': { shapes: [[2, 3, 4]], build: (x) => mean(square(x), [1]) },
  'mean, axes kept': { shapes: [[2, 3, 4]], build: (x) => mean(square(x), [0, -1], true) },
  expand: { shapes: [[3, 1]], build: (x) => expand(x, [2, 3, 4]) },
  reshape: { shapes: [[2, 3, 4]], build: (x) => reshape(x, [4, 6]) },
  transpose: { shapes: [[2, 3, 4]], build: (x) => transpose(x, [2, 0, 1]) },
  transposeLast: { shapes: [[2, 3, 4]], build: transposeLast },
  slice: { shapes: [[2, 6, 3]], build: (x) => slice(x, 1, 1, 4) },
  concat: {
    shapes: [
      [2, 1, 3],
      [2, 4, 3],
    ],
    build: (a, b) => concat([a, b, square(a)], 1),
  },
  'split, all parts used': {
    shapes: [[2, 6]],
    build: (x) => {
      const [a, b, c] = split(x, 1, [1, 3, 2]);
      return mul(concat([a, c], 1), b);
    },
  },
  'split, one part unused': { shapes: [[2, 6]], build: (x) => square(split(x, 1, [1, 3, 2])[1]) },
  matmul: {
    shapes: [
      [2, 2, 3, 4],
      [2, 2, 4, 5],
    ],
    build: matmul,
  },
  'matmul with a transpose': {
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    build: (a, b) => matmul(a, transposeLast(b)),
  },
  gatherRows: {
    shapes: [[5, 3]],
    build: (table) =>
      gatherRows(table, table.graph.constant('int64', [2, 2], BigInt64Array.of(1n, 3n, 1n, 0n))),
  },
  linear: { shapes: [[2, 3, 4], [4, 5], [5]], build: linear },
  'linear of a linear': {
    shapes: [[3, 4], [4, 4], [4]],
    build: (x, w, b) => linear(linear(x, w, b), w, b),
  },
  softmax: { shapes: [[2, 3, 5]], build: (x) => softmax(scale(x, 2)) },
  layerNorm: { shapes: [[2, 3, 8], [8], [8]], build: layerNorm },
  gelu: { shapes: [[3, 8]], build: gelu, range: [-3, 3] },
  silu: { shapes: [[3, 8]], build: silu, range: [-3, 3] },
  attention: { shapes: [[2, 3, 4], [4, 12], [12], [4, 4], [4]], build: attentionOf },
  meanSquaredError: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: meanSquaredError,
  },
};

for (const [name, definition] of Object.entries(CASES)) test(name, () => check(name, definition));

// A second derivative goes through the pullback itself; it covers the operations that only gradients use.
const SECOND: Record<string, Case> = {
  slice: { shapes: [[2, 6]], build: (x) => slice(square(square(x)), 1, 1, 4) },
  sigmoid: { shapes: [[2, 6]], build: sigmoid, range: [-2, 2] },
  layerNorm: { shapes: [[2, 6], [6], [6]], build: (x, gamma, beta) => square(layerNorm(x, gamma, beta)) },
  softmax: { shapes: [[2, 6]], build: softmax, range: [-2, 2] },
  gelu: { shapes: [[2, 6]], build: gelu, range: [-2, 2] },
  erf: { shapes: [[2, 6]], build: erf, range: [-2, 2] },
  linear: { shapes: [[3, 4], [4, 4], [4]], build: (x, w, b) => square(linear(x, w, b)) },
  matmul: {
    shapes: [
      [2, 3],
      [3, 2],
    ],
    build: (a, b) => square(matmul(a, b)),
  },
  minimum: { shapes: [[4], [4]], build: (a, b) => square(minimum(scale(a, 3), b)) },
};
for (const [name, { shapes, build, range }] of Object.entries(SECOND))
  test(`second derivative of ${name}`, () =>
    check(`second ${name}`, {
      shapes,
      range,
      build: (...inputs) => {
        const y = build(...inputs);
        const ramp = Float32Array.from({ length: sizeOf(y.shape) }, (_, i) => 1 + 0.3 * i);
        const projected = sum(mul(y, y.graph.constant('float32', y.shape, ramp)), [...y.shape.keys()]);
        return gradient(projected, [inputs[0]])[0];
      },
    }));

test('gradient inside the body of a scan', async () => {
  // Three steps of gradient descent on (x - a)²: x ← x - 0.25 · 2 (x - a) halves the distance to a each time.
  const graph = new Graph();
  const start = graph.input('float32', [], 'start');
  const targets = graph.input('float32', [3], 'targets');
  const { state, stacked } = scan([start], [targets], ([x], [target]) => {
    const loss = square(sub(x, target));
    return { state: [sub(x, scale(gradient(loss, [x])[0], 0.25))], stacked: [loss] };
  });
  graph.output(state[0], 'x');
  graph.output(stacked[0], 'losses');
  const run = await open(graph);
  const result = await run({ start: floats([8], []), targets: floats([0, 0, 3], [3]) });
  assert.equal([...(result.x.data as Float32Array)], [2.5]);
  assert.equal([...(result.losses.data as Float32Array)], [64, 16, 1]);
  await run.close();
});

test('a gradient through a scan is an error, not a part of the truth', () => {
  const graph = new Graph();
  const x = graph.input('float32', [], 'x');
  const items = graph.input('float32', [3], 'items');
  for (const start of [x, graph.scalar(0)]) {
    // x enters as the state, then as a value that the body reads from outside.
    const { state } = scan([start], [items], ([total], [item]) => ({
      state: [add(total, mul(item, x))],
      stacked: [],
    }));
    assert.throws(() => gradient(add(state[0], x), [x]), /inside the step of scan/);
  }
});

test('a variable without effect is an error', () => {
  const graph = new Graph();
  const x = graph.input('float32', [], 'x');
  const unused = graph.input('float32', [2], 'unused');
  assert.throws(() => gradient(square(x), [x, unused]), /depend on every variable .* float32 \[2\]/);
  assert.throws(() => gradient(unused, [unused]), /scalar for y of gradient .* float32 \[2\]/);
});

test.run();

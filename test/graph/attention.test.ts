// Attention against the same formulas in double precision, with padding, dropout, and nothing left to attend to.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attention, feedForward, Graph, gradient, scale, square, sum } from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { evaluate, floats } from './session.js';

const [BATCH, TIME, WIDTH, HEADS] = [3, 5, 4, 2];
const LENGTHS = [5, 2, 0];
const SHAPES = {
  x: [BATCH, TIME, WIDTH],
  qkvWeight: [WIDTH, 3 * WIDTH],
  qkvBias: [3 * WIDTH],
  outWeight: [WIDTH, WIDTH],
  outBias: [WIDTH],
};
type Name = keyof typeof SHAPES;

function numbers(seed: number): Record<Name, Float32Array> {
  const random = new Random(seed, 'attention');
  const entries = Object.entries(SHAPES).map(([name, shape]) => [
    name,
    random.normals(new Float32Array(shape.reduce((a, b) => a * b))),
  ]);
  return Object.fromEntries(entries);
}

/** One sequence of `length` moments, by the formula. */
function reference(data: Record<Name, Float32Array>, batch: number, length: number): number[][] {
  const size = WIDTH / HEADS;
  const row = (time: number) =>
    data.x.subarray((batch * TIME + time) * WIDTH, (batch * TIME + time + 1) * WIDTH);
  const apply = (x: ArrayLike<number>, weight: Float32Array, bias: Float32Array) =>
    Array.from(bias, (offset, j) =>
      Array.from({ length: x.length }, (_, i) => x[i] * weight[i * bias.length + j]).reduce(
        (a, b) => a + b,
        offset,
      ),
    );
  const qkv = Array.from({ length: TIME }, (_, time) => apply(row(time), data.qkvWeight, data.qkvBias));
  return qkv.map((mine) => {
    const mixed = Array.from({ length: WIDTH }, (_, at) => {
      const from = at - (at % size);
      const weights = qkv.slice(0, length).map((other) => {
        let dot = 0;
        for (let i = from; i < from + size; i++) dot += mine[i] * other[WIDTH + i];
        return Math.exp(dot / Math.sqrt(size));
      });
      const total = weights.reduce((a, b) => a + b, 0);
      return weights.reduce((value, weight, time) => value + (weight / total) * qkv[time][2 * WIDTH + at], 0);
    });
    return apply(mixed, data.outWeight, data.outBias);
  });
}

async function run(data: Record<Name, Float32Array>, masked: boolean) {
  const graph = new Graph();
  const inputs = Object.entries(SHAPES).map(([name, shape]) => graph.input('float32', shape, name));
  const [x, qkvWeight, qkvBias, outWeight, outBias] = inputs;
  const mask = graph.input('float32', [BATCH, TIME], 'mask');
  const parameters = { qkvWeight, qkvBias, outWeight, outBias };
  const y = attention(x, parameters, HEADS, masked ? mask : undefined);
  graph.output(y, 'y');
  graph.output(gradient(sum(square(y), [0, 1, 2]), [x])[0], 'd');
  const present = LENGTHS.flatMap((length) => Array.from({ length: TIME }, (_, i) => Number(i < length)));
  const feeds = Object.entries(SHAPES).map(([name, shape]) => [name, floats(data[name as Name], shape)]);
  const result = await evaluate(graph, {
    ...Object.fromEntries(feeds),
    mask: floats(present, [BATCH, TIME]),
  });
  return { y: result.y.data as Float32Array, d: result.d.data as Float32Array };
}

const at = (batch: number, time: number, i: number) => (batch * TIME + time) * WIDTH + i;

for (const masked of [false, true])
  test(`attention${masked ? ' with a padding mask' : ''} is its formula`, async () => {
    const data = numbers(1);
    const { y } = await run(data, masked);
    LENGTHS.forEach((length, batch) => {
      if (masked && length === 0) return;
      reference(data, batch, masked ? length : TIME).forEach((row, time) => {
        row.forEach((exact, i) => {
          const value = y[at(batch, time, i)];
          assert.ok(Math.abs(value - exact) < 1e-5, `batch ${batch} time ${time}: ${value} is not ${exact}`);
        });
      });
    });
  });

test('padding changes nothing that is present, and nothing but padding is finite', async () => {
  const data = numbers(2);
  const before = await run(data, true);
  for (let time = 2; time < TIME; time++)
    for (let i = 0; i < WIDTH; i++) data.x[at(1, time, i)] = 1000 + time;
  const after = await run(data, true);
  for (let time = 0; time < 2; time++)
    for (let i = 0; i < WIDTH; i++) assert.is(after.y[at(1, time, i)], before.y[at(1, time, i)]);
  for (const { y, d } of [before, after]) {
    assert.ok(y.every(Number.isFinite));
    assert.ok(d.every(Number.isFinite));
  }
});

test('dropout acts on the weights of attention and on the wide activation', async () => {
  const graph = new Graph();
  const shapes: string[] = [];
  const seen = (factor: number) => (value: Parameters<typeof scale>[0]) => {
    shapes.push(value.shape.join());
    return scale(value, factor);
  };
  const [x, qkvWeight, qkvBias, outWeight, outBias] = Object.entries(SHAPES).map(([name, shape]) =>
    graph.input('float32', shape, name),
  );
  const parameters = { qkvWeight, qkvBias, outWeight, outBias };
  const wide = {
    inWeight: qkvWeight,
    inBias: qkvBias,
    outWeight: graph.constant(
      'float32',
      [12, 2],
      Float32Array.from({ length: 24 }, (_, i) => i / 24),
    ),
    outBias: graph.constant('float32', [2], Float32Array.of(0, 0)),
  };
  graph.output(attention(x, parameters, HEADS, undefined, seen(0)), 'attended');
  graph.output(feedForward(x, wide), 'plain');
  graph.output(feedForward(x, wide, seen(3)), 'tripled');
  assert.equal(shapes, [`${BATCH},${HEADS},${TIME},${TIME}`, `${BATCH},${TIME},12`]);
  const data = numbers(3);
  const feeds = Object.entries(SHAPES).map(([name, shape]) => [name, floats(data[name as Name], shape)]);
  const result = await evaluate(graph, Object.fromEntries(feeds));
  const [attended, plain, tripled] = ['attended', 'plain', 'tripled'].map(
    (name) => result[name].data as Float32Array,
  );
  attended.forEach((value, i) => assert.ok(Math.abs(value - data.outBias[i % WIDTH]) < 1e-6));
  tripled.forEach((value, i) => assert.ok(Math.abs(value - 3 * plain[i]) < 1e-4 * Math.abs(value) + 1e-5));
  assert.ok(Math.abs(plain[0]) > 0.01);
});

test('a mask of another shape is refused', () => {
  const graph = new Graph();
  const x = graph.input('float32', [2, 3, 4], 'x');
  const mask = graph.input('float32', [2, 4], 'mask');
  assert.throws(
    () => attention(x, {} as never, 2, mask),
    /a mask \[batch, time\] for attention but received .*\[2,3,4\] and float32 \[2,4\]/,
  );
});

test.run();

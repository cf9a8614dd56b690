// What operations compute, against their definitions in double precision. Their gradients: gradients.test.ts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  abs,
  add,
  avgPool2d,
  type ConvolutionTransposeOptions,
  clamp,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  crossEntropy,
  cumsum,
  embedding,
  equal,
  Graph,
  gather,
  gradient,
  greater,
  groupNorm,
  layerNorm,
  less,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  maxPool2d,
  minimum,
  not,
  oneHot,
  pad,
  pow,
  relu,
  type Shape,
  sinusoidalCode,
  sinusoidalPositions,
  sizeOf,
  softmax,
  sum,
  tanh,
  upsampleNearest2d,
  type Value,
  where,
} from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { evaluate, floats } from './session.js';

type Numbers = readonly number[];

/** The result of `build` on constants of these shapes, and their data. */
async function run(
  inputs: readonly { shape: Shape; data: ArrayLike<number> }[],
  build: (...values: Value[]) => Value,
): Promise<{ data: Numbers; shape: Numbers }> {
  const graph = new Graph();
  const values = inputs.map(({ shape }, i) => graph.input('float32', shape, `x${i}`));
  const y = build(...values);
  graph.output(y, 'y');
  const feeds = inputs.map(({ shape, data }, i) => [`x${i}`, floats(data, shape)]);
  const result = (await evaluate(graph, Object.fromEntries(feeds))).y;
  assert.equal([...result.dims], [...y.shape]); // the shape foreseen is the shape there is
  return { data: Array.from(result.data as Float32Array, Number), shape: [...y.shape] };
}

const random = new Random(5, 'operations');
const normal = (...shape: number[]) => ({ shape, data: random.normals(new Float32Array(sizeOf(shape))) });
const list = (...data: number[]) => ({ shape: [data.length], data });

function close(actual: Numbers, expected: Numbers, what: string, tolerance = 1e-5): void {
  assert.is(actual.length, expected.length, what);
  actual.forEach((value, i) => {
    const error = Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i]));
    assert.ok(value === expected[i] || error < tolerance, `${what}[${i}]: ${value} is not ${expected[i]}`);
  });
}

/** Every index of a shape, in order. */
function* indices(shape: Numbers): Generator<number[]> {
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    let rest = flat;
    const index = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    yield index;
  }
}
/** Element at an index; 0 outside. */
function at({ shape, data }: { shape: Shape; data: ArrayLike<number> }, index: Numbers): number {
  if (index.some((i, axis) => i < 0 || i >= shape[axis])) return 0;
  return data[index.reduce((flat, i, axis) => flat * shape[axis] + i, 0)];
}

const integers = (graph: Graph, ...data: number[]) =>
  graph.constant('int64', [data.length], BigInt64Array.from(data, BigInt));

test('functions of an element', async () => {
  const x = list(-2, -0.5, 0, 0.5, 2);
  close((await run([x], relu)).data, [0, 0, 0, 0.5, 2], 'relu');
  close((await run([x], tanh)).data, x.data.map(Math.tanh), 'tanh');
  close((await run([x], (v) => clamp(v, -0.5, 1))).data, [-0.5, -0.5, 0, 0.5, 1], 'clamp');
  close((await run([x], (v) => pow(v, 3))).data, [-8, -0.125, 0, 0.125, 8], 'pow 3');
  close((await run([list(4, 0.25)], (v) => pow(v, -0.5))).data, [0.5, 2], 'pow -0.5');
  close((await run([list(4, 0.25)], (v) => pow(v, 1))).data, [4, 0.25], 'pow 1');
});

test('comparisons and choices', async () => {
  const [a, b] = [list(1, 2, 3), list(3, 2, 1)];
  const bits = async (compare: (x: Value, y: Value) => Value) => (await run([a, b], compare)).data;
  assert.equal(await bits(less), [1, 0, 0]);
  assert.equal(await bits(greater), [0, 0, 1]);
  assert.equal(await bits(equal), [0, 1, 0]);
  assert.equal(await bits((x, y) => not(equal(x, y))), [1, 0, 1]);
  assert.equal(await bits(minimum), [1, 2, 1]);
  assert.equal(await bits(maximum), [3, 2, 3]);
  assert.equal(await bits((x, y) => where(less(x, y), x, x.graph.scalar(9))), [1, 9, 9]);
});

test('reductions', async () => {
  const x = normal(2, 3, 4);
  const rows = (f: (values: number[]) => number) =>
    [0, 1].map((i) => f(Array.from(x.data.subarray(12 * i, 12 * i + 12))));
  close(
    (await run([x], (v) => max(v, [1, 2]))).data,
    rows((values) => Math.max(...values)),
    'max',
  );
  const total = (values: number[]) => Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
  close((await run([x], (v) => logSumExp(v, [1, 2]))).data, rows(total), 'logSumExp');
  const large = await run([list(1000, 1000, -1000)], (v) => logSumExp(v, [0]));
  close(large.data, [1000 + Math.log(2)], 'logSumExp of large numbers');
  assert.equal((await run([x], (v) => max(v, [1], true))).shape, [2, 1, 4]);
});

test('cumulative sums in both directions, with and without the element', async () => {
  const x = list(1, 2, 3, 4);
  const sums = async (exclusive: boolean, reverse: boolean) =>
    (await run([x], (v) => cumsum(v, 0, { exclusive, reverse }))).data;
  assert.equal(await sums(false, false), [1, 3, 6, 10]);
  assert.equal(await sums(true, false), [0, 1, 3, 6]);
  assert.equal(await sums(false, true), [10, 9, 7, 4]);
  assert.equal(await sums(true, true), [9, 7, 4, 0]);
});

test('padding with a value', async () => {
  const x = { shape: [2, 2], data: [1, 2, 3, 4] };
  const { data, shape } = await run([x], (v) => pad(v, [0, 1], [1, 0], 7));
  assert.equal(shape, [3, 3]);
  assert.equal(data, [7, 1, 2, 7, 3, 4, 7, 7, 7]);
});

test('matrices broadcast over leading axes', async () => {
  for (const [left, right] of [
    [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    [
      [2, 3, 4],
      [4, 2],
    ],
    [
      [3, 4],
      [2, 4, 2],
    ],
  ]) {
    const [a, b] = [normal(...left), normal(...right)];
    const y = await run([a, b], matmul);
    const expected = [...indices(y.shape)].map((index) => {
      const of = (shape: Numbers, last: Numbers) => [
        ...shape.slice(0, -2).map((size, axis) => {
          const i = index[axis + index.length - shape.length];
          return size === 1 ? 0 : i;
        }),
        ...last,
      ];
      const [row, column] = index.slice(-2);
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += at(a, of(left, [row, k])) * at(b, of(right, [k, column]));
      return sum;
    });
    close(y.data, expected, `[${left}] by [${right}]`);
  }
});

test('look-ups along an axis', async () => {
  const x = normal(2, 4, 3);
  const ids = [3, 0, 3];
  const { data, shape } = await run([x], (v) => gather(v, integers(v.graph, ...ids), 1));
  assert.equal(shape, [2, 3, 3]);
  assert.equal(
    data,
    [...indices(shape)].map(([i, j, k]) => at(x, [i, ids[j], k])),
  );
  const table = { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] };
  assert.equal((await run([table], (v) => embedding(v, integers(v.graph, 2, 0)))).data, [5, 6, 1, 2]);
  assert.equal((await run([table], (v) => oneHot(integers(v.graph, 2, 0), 3))).data, [0, 0, 1, 1, 0, 0]);
});

test('softmax, its logarithm and cross-entropy', async () => {
  const logits = { shape: [2, 3], data: [1, 2, 3, 100, 0, -100] };
  const exact = [0, 3].flatMap((from) => {
    const row = logits.data.slice(from, from + 3);
    const norm = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
    return row.map((value) => value - norm);
  });
  close((await run([logits], softmax)).data, exact.map(Math.exp), 'softmax');
  close((await run([logits], logSoftmax)).data, exact, 'logSoftmax');
  const loss = await run([logits], (v) => crossEntropy(v, integers(v.graph, 1, 2)));
  assert.equal(loss.shape, []);
  close(loss.data, [-(exact[1] + exact[5]) / 2], 'crossEntropy');
});

test('layer and group normalisation', async () => {
  const x = normal(2, 4, 3);
  const [gamma, beta] = [normal(4), normal(4)];
  const standard = (values: Numbers) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return values.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
  };
  const parts = (size: number) =>
    Array.from({ length: 24 / size }, (_, i) =>
      standard(Array.from(x.data.subarray(i * size, (i + 1) * size))),
    ).flat();
  const grouped = parts(6).map(
    (h, i) => h * gamma.data[Math.floor(i / 3) % 4] + beta.data[Math.floor(i / 3) % 4],
  );
  close((await run([x, gamma, beta], (v, g, b) => groupNorm(v, 2, g, b))).data, grouped, 'groupNorm');
  const ones = { shape: [3], data: [1, 2, 3] };
  const zeros = { shape: [3], data: [4, 5, 6] };
  const layered = parts(3).map((h, i) => h * ones.data[i % 3] + zeros.data[i % 3]);
  close((await run([x, ones, zeros], layerNorm)).data, layered, 'layerNorm');
});

interface Convolution {
  x: number[];
  weight: number[];
  options: Omit<ConvolutionTransposeOptions, 'bias'>;
}

const each = (option: number | readonly number[] | undefined, other: number, axis: number) =>
  typeof option === 'number' ? option : (option?.[axis] ?? other);

test('convolutions are sums over the kernel', async () => {
  const cases: Convolution[] = [
    { x: [2, 2, 5, 6], weight: [3, 2, 3, 2], options: {} },
    { x: [1, 2, 7, 6], weight: [2, 2, 2, 3], options: { stride: [3, 2], padding: [0, 2], dilation: [2, 1] } },
    { x: [2, 4, 5, 5], weight: [6, 2, 3, 3], options: { padding: 1, groups: 2 } },
    { x: [2, 3, 8], weight: [2, 3, 3], options: { stride: 2, padding: 1 } },
  ];
  for (const { x: shape, weight: kernel, options } of cases) {
    const [x, weight, bias] = [normal(...shape), normal(...kernel), normal(kernel[0])];
    const apply = shape.length === 3 ? conv1d : conv2d;
    const y = await run([x, weight, bias], (v, w, b) => apply(v, w, { ...options, bias: b }));
    const perGroup = kernel[0] / (options.groups ?? 1);
    const expected = [...indices(y.shape)].map(([n, m, ...place]) => {
      let sum = bias.data[m];
      for (const [c, ...k] of indices(kernel.slice(1))) {
        const source = place.map(
          (o, axis) =>
            o * each(options.stride, 1, axis) +
            k[axis] * each(options.dilation, 1, axis) -
            each(options.padding, 0, axis),
        );
        const channel = Math.floor(m / perGroup) * kernel[1] + c;
        sum += at(x, [n, channel, ...source]) * at(weight, [m, c, ...k]);
      }
      return sum;
    });
    close(y.data, expected, `x [${shape}] weight [${kernel}]`);
  }
});

test('transposed convolutions spread the kernel', async () => {
  const cases: Convolution[] = [
    { x: [2, 3, 3, 4], weight: [3, 2, 3, 2], options: { stride: 2, padding: 1, outputPadding: [1, 0] } },
    { x: [1, 4, 3, 3], weight: [4, 2, 2, 3], options: { stride: [1, 3], dilation: [2, 1], groups: 2 } },
    { x: [2, 3, 4], weight: [3, 2, 4], options: { stride: 2, padding: 1 } },
  ];
  for (const { x: shape, weight: kernel, options } of cases) {
    const groups = options.groups ?? 1;
    const [x, weight, bias] = [normal(...shape), normal(...kernel), normal(kernel[1] * groups)];
    const apply = shape.length === 3 ? convTranspose1d : convTranspose2d;
    const y = await run([x, weight, bias], (v, w, b) => apply(v, w, { ...options, bias: b }));
    const expected = [...indices(y.shape)].map(([, m]) => bias.data[m]);
    for (const [n, c, ...place] of indices(shape))
      for (const [m, ...k] of indices(kernel.slice(1))) {
        const target = place.map(
          (i, axis) =>
            i * each(options.stride, 1, axis) +
            k[axis] * each(options.dilation, 1, axis) -
            each(options.padding, 0, axis),
        );
        if (target.some((o, axis) => o < 0 || o >= y.shape[axis + 2])) continue;
        const channel = Math.floor(c / (shape[1] / groups)) * kernel[1] + m;
        const flat = [n, channel, ...target].reduce((sum, i, axis) => sum * y.shape[axis] + i, 0);
        expected[flat] += at(x, [n, c, ...place]) * at(weight, [c, m, ...k]);
      }
    close(y.data, expected, `x [${shape}] weight [${kernel}]`);
  }
});

test('pooling and upsampling', async () => {
  const x = { shape: [1, 1, 2, 4], data: [1, 2, 3, 4, 5, 6, 7, 9] };
  assert.equal((await run([x], (v) => avgPool2d(v, 2))).data, [3.5, 5.75]);
  assert.equal((await run([x], (v) => maxPool2d(v, 2))).data, [6, 9]);
  const fine = await run([{ shape: [1, 1, 1, 2], data: [1, 2] }], (v) => upsampleNearest2d(v, 2));
  assert.equal(fine.shape, [1, 1, 2, 4]);
  assert.equal(fine.data, [1, 1, 2, 2, 1, 1, 2, 2]);
});

test('gradients where a function has a kink', async () => {
  const slope = async (x: readonly number[], build: (x: Value) => Value) =>
    (await run([list(...x)], (v) => gradient(sum(build(v), [0]), [v])[0])).data;
  assert.equal(await slope([-1, 0, 1], relu), [0, 0, 1]);
  assert.equal(await slope([-1, 0, 1], abs), [-1, 0, 1]);
  assert.equal(await slope([0, 1, 2, 3, 4], (v) => clamp(v, 1, 3)), [0, 1, 1, 1, 0]);
  const one = (v: Value) => v.graph.scalar(1);
  assert.equal(await slope([0, 1, 2], (v) => minimum(v, one(v))), [1, 0.5, 0]);
  assert.equal(await slope([0, 1, 2], (v) => maximum(v, one(v))), [0, 0.5, 1]);
  assert.equal(await slope([3, 1, 3, 2], (v) => max(v, [0], true)), [0.5, 0, 0.5, 0]);
});

test('sinusoidal codes of positions', async () => {
  const table = await run([list(0)], (v) => add(sinusoidalPositions(v.graph, 3, 4), v));
  const exact = [0, 1, 2].flatMap((p) => [Math.sin(p), Math.cos(p), Math.sin(p / 100), Math.cos(p / 100)]);
  close(table.data, exact, 'positions');
  close(
    (await run([list(2, 0)], (v) => sinusoidalCode(v, 4))).data,
    [...exact.slice(8), ...exact.slice(0, 4)],
    'code',
  );
});

test.run();

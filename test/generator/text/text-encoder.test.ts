import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeText, textEncoderParameters } from '../../../src/generator/text/text-encoder.js';
import { initialise } from '../../../src/generator/training/model.js';
import { Graph, gradient, square, sum } from '../../../src/graph/index.js';
import { Random } from '../../../src/random/random.js';
import { evaluate, integers } from '../../graph/session.js';
import { largestDifference } from '../../io/shared-data.js';

const CONFIG = { vocabulary: 7, dModel: 24 };
const WIDTH = 16; // half of dModel, rounded to a multiple of 8
const HEADS = 4;
const LAYERS = 2;

/** Start values; norms and biases, which start as constants, are varied so that a mix-up shows. */
function startValues(seed: number): Map<string, Float32Array> {
  const p = initialise(textEncoderParameters(CONFIG), seed);
  for (const [name, data] of p)
    if (new Set(data).size === 1) data.set(new Random(4, name).normals(data).map((v) => 0.5 + 0.2 * v));
  return p;
}

function build(p: Map<string, Float32Array>, texts: number[][]) {
  const graph = new Graph();
  const values = Object.fromEntries(
    textEncoderParameters(CONFIG).map(({ name, shape }) => [
      name,
      graph.constant('float32', shape, p.get(name)!),
    ]),
  );
  const shape = [texts.length, texts[0].length];
  const tokens = graph.input('int64', shape, 'tokens');
  return { graph, values, y: encodeText(values, tokens), feeds: { tokens: integers(texts.flat(), shape) } };
}

async function vectors(p: Map<string, Float32Array>, texts: number[][]): Promise<Float32Array[]> {
  const { graph, y, feeds } = build(p, texts);
  graph.output(y, 'y');
  const data = (await evaluate(graph, feeds)).y.data as Float32Array;
  return texts.map((_, i) => data.slice(i * CONFIG.dModel, (i + 1) * CONFIG.dModel));
}

/** The encoder of one text without padding once more, in double precision and plain loops. */
function reference(p: Map<string, Float32Array>, words: number[]): number[] {
  const dense = (name: string, rows: number[][]): number[][] => {
    const [w, b] = [p.get(`${name}.weight`)!, p.get(`${name}.bias`)!];
    return rows.map((row) =>
      Array.from(b, (bias, j) => row.reduce((total, v, i) => total + v * w[i * b.length + j], bias)),
    );
  };
  const norm = (name: string, rows: number[][]): number[][] => {
    const [w, b] = [p.get(`${name}.weight`)!, p.get(`${name}.bias`)!];
    return rows.map((row) => {
      const mean = row.reduce((total, v) => total + v, 0) / row.length;
      const variance = row.reduce((total, v) => total + (v - mean) ** 2, 0) / row.length;
      return row.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * w[i] + b[i]);
    });
  };
  const plus = (a: number[][], b: number[][]) => a.map((row, i) => row.map((v, j) => v + b[i][j]));
  // Φ by its series: exact to double precision for the small arguments here.
  const cdf = (z: number) => {
    let [term, total] = [z, z];
    for (let k = 1; k < 200; k++) total += term = (term * z * z) / (2 * k + 1);
    return 0.5 + (total * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  };
  const table = p.get('text.embedding.weight')!;
  let h = words.map((word, position) =>
    Array.from({ length: WIDTH }, (_, i) => {
      const angle = position / 10000 ** ((i - (i % 2)) / WIDTH);
      return table[word * WIDTH + i] + (i % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
    }),
  );
  const size = WIDTH / HEADS;
  for (let layer = 0; layer < LAYERS; layer++) {
    const name = `text.layers.${layer}`;
    const qkv = dense(`${name}.qkv`, h);
    const mixed = qkv.map((mine) =>
      Array.from({ length: WIDTH }, (_, at) => {
        const from = at - (at % size);
        const weights = qkv.map((other) => {
          let dot = 0;
          for (let i = from; i < from + size; i++) dot += mine[i] * other[WIDTH + i];
          return Math.exp(dot / Math.sqrt(size));
        });
        const total = weights.reduce((a, b) => a + b);
        return weights.reduce((value, weight, t) => value + (weight / total) * qkv[t][2 * WIDTH + at], 0);
      }),
    );
    h = norm(`${name}.norm1`, plus(h, dense(`${name}.out`, mixed)));
    const inner = dense(`${name}.ff1`, h).map((row) => row.map((v) => v * cdf(v)));
    h = norm(`${name}.norm2`, plus(h, dense(`${name}.ff2`, inner)));
  }
  return dense('text.output', h.slice(0, 1))[0];
}

test('the encoder is the transformer it is said to be; padding has no influence', async () => {
  const p = startValues(3);
  const texts = [[1, 3, 4, 5, 6], [1, 4, 3], [1, 2, 6, 6], [1]];
  const padded = texts.map((words) => [...words, ...Array<number>(5 - words.length).fill(0)]);
  const results = await vectors(p, padded);
  texts.forEach((words, i) => {
    const difference = largestDifference(results[i], reference(p, words));
    assert.ok(difference < 1e-5, `text ${i}: ${difference}`);
  });
  // however long the padding, and whatever the other texts
  const [longer] = await vectors(p, [[1, 4, 3, ...Array<number>(20).fill(0)]]);
  assert.ok(largestDifference(longer, results[1]) < 1e-5);
});

test('words, their order and their number matter', async () => {
  const p = startValues(5);
  const results = await vectors(p, [
    [1, 3, 4, 5],
    [1, 5, 4, 3],
    [1, 3, 4, 6],
    [1, 3, 4, 0],
    [1, 0, 0, 0],
  ]);
  // rounding makes less than 1e-5, as above
  for (let i = 0; i < results.length; i++)
    for (let j = 0; j < i; j++) assert.ok(largestDifference(results[i], results[j]) > 1e-3, `${i}, ${j}`);
});

test('every parameter has a gradient: that of finite differences', async () => {
  const p = startValues(7);
  const texts = [
    [1, 3, 4, 5],
    [1, 6, 2, 0],
  ];
  const { graph, values, y, feeds } = build(p, texts);
  const names = Object.keys(values);
  graph.output(sum(square(y), [0, 1]), 'loss');
  gradient(
    sum(square(y), [0, 1]),
    names.map((name) => values[name]),
  ).forEach((value, i) => graph.output(value, names[i]));
  const analytic = await evaluate(graph, feeds);
  const loss = (words: number[][]) =>
    words
      .flatMap((row) =>
        reference(
          p,
          row.filter((word) => word !== 0),
        ),
      )
      .reduce((total, v) => total + v * v, 0);
  for (const name of names) {
    const data = p.get(name)!;
    const computed = analytic[name].data as Float32Array;
    // along one random direction
    const direction = new Random(9, name).normals(new Float32Array(data.length));
    const start = data.slice();
    const at = (step: number) => {
      data.set(start.map((v, i) => v + step * direction[i]));
      return loss(texts);
    };
    const h = 1e-3;
    const numeric = (at(h) - at(-h)) / (2 * h);
    data.set(start);
    const product = direction.reduce((total, v, i) => total + v * computed[i], 0);
    const scale = Math.max(1, Math.abs(numeric));
    assert.ok(Math.abs(product - numeric) < 5e-3 * scale, `${name}: ${product} and ${numeric}`);
  }
});

test('the width follows that of the output and every head gets numbers', () => {
  for (const [dModel, width] of [
    [128, 64],
    [256, 128],
    [512, 256],
    [6, 8],
  ]) {
    const [embedding] = textEncoderParameters({ vocabulary: 10, dModel });
    assert.equal(embedding.shape, [10, width]);
  }
});

test.run();

// Optimiser steps against the same formulas in double precision.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  adamW,
  clipByGlobalNorm,
  exponentialMovingAverage,
  Graph,
  ParameterLayout,
  sub,
} from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { evaluate, floats, open } from './session.js';

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string) => {
  assert.is(actual.length, expected.length, what);
  for (let i = 0; i < actual.length; i++)
    assert.ok(
      Math.abs(actual[i] - expected[i]) <= tolerance,
      `${what}[${i}]: ${actual[i]} is not ${expected[i]}`,
    );
};

for (const weightDecay of [0, 0.1])
  test(`AdamW with weight decay ${weightDecay}`, async () => {
    const size = 5;
    const names = ['p', 'm', 'v', 'e'] as const;
    const graph = new Graph();
    const [p, m, v, e] = names.map((name) => graph.input('float32', [size], name));
    const gradient = graph.input('float32', [size], 'g');
    const learningRate = graph.input('float32', [], 'lr');
    const step = graph.input('float32', [], 'step');
    const next = adamW(p, gradient, { m, v }, { learningRate, step, weightDecay });
    const decay = graph.input('float32', [], 'decay');
    const average = exponentialMovingAverage(e, next.parameter, decay);
    [next.parameter, next.m, next.v, average].forEach((value, i) => {
      graph.output(value, `next.${names[i]}`);
    });
    const run = await open(graph);

    const random = new Random(7);
    const normals = () => random.normals(new Float32Array(size));
    const start = normals();
    let state = [start, new Float32Array(size), new Float32Array(size), start];
    const exact = state.map((values) => Float64Array.from(values));
    for (let t = 1; t <= 20; t++) {
      const g = normals();
      const lr = 0.02 / t;
      const result = await run({
        ...Object.fromEntries(names.map((name, i) => [name, floats(state[i], [size])])),
        g: floats(g, [size]),
        lr: floats([lr], []),
        step: floats([t], []),
        decay: floats([0.9], []),
      });
      state = names.map((name) => result[`next.${name}`].data as Float32Array);
      for (let i = 0; i < size; i++) {
        const [P, M, V, E] = exact;
        M[i] = 0.9 * M[i] + 0.1 * g[i];
        V[i] = 0.999 * V[i] + 0.001 * g[i] ** 2;
        const denominator = Math.sqrt(V[i] / (1 - 0.999 ** t)) + 1e-8;
        P[i] = P[i] * (1 - lr * weightDecay) - (lr * (M[i] / (1 - 0.9 ** t))) / denominator;
        E[i] = 0.9 * E[i] + 0.1 * P[i];
      }
      names.forEach((name, i) => {
        close(state[i], exact[i], 2e-6, `${name} after step ${t}`);
      });
    }
    await run.close();
  });

test('clipping scales all gradients to the limit, and only when they exceed it', async () => {
  const graph = new Graph();
  const a = graph.input('float32', [2], 'a');
  const b = graph.input('float32', [1, 1], 'b');
  const { gradients, norm } = clipByGlobalNorm([a, b], graph.input('float32', [], 'limit'));
  graph.output(gradients[0], 'clipped.a');
  graph.output(gradients[1], 'clipped.b');
  graph.output(norm, 'norm');
  const run = await open(graph);
  for (const [limit, factor] of [
    [3.5, 0.5],
    [7, 1],
    [1000, 1],
    [Number.POSITIVE_INFINITY, 1],
  ]) {
    const feeds = { a: floats([2, -3], [2]), b: floats([6], [1, 1]), limit: floats([limit], []) };
    const result = await run(feeds); // norm 7
    close(result.norm.data as Float32Array, [7], 1e-6, 'norm');
    close(result['clipped.a'].data as Float32Array, [2 * factor, -3 * factor], 1e-6, `a, limit ${limit}`);
    close(result['clipped.b'].data as Float32Array, [6 * factor], 1e-6, `b, limit ${limit}`);
  }
  await run.close();
});

test('a layout keeps matrices apart and vectors together, and finds each again', async () => {
  const layout = new ParameterLayout([
    { name: 'w', shape: [2, 2] },
    { name: 'b', shape: [2] },
    { name: 'u', shape: [1, 3] },
    { name: 'c', shape: [3] },
  ]);
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

test.run();

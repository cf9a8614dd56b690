// Optimiser steps against the same formulas in double precision.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  adamW,
  clipByGlobalNorm,
  exponentialMovingAverage,
  Graph,
  warmedUpDecay,
} from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { floats, open } from './session.js';

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

test('a decay that warms up', async () => {
  const graph = new Graph();
  const [decay, step] = ['decay', 'step'].map((name) => graph.input('float32', [], name));
  graph.output(warmedUpDecay(decay, step), 'y');
  const run = await open(graph);
  for (const [at, expected] of [
    [0, 0.1],
    [8, 0.5],
    [80, 0.9],
    [1e6, 0.9],
  ]) {
    const { y } = await run({ decay: floats([0.9], []), step: floats([at], []) });
    close(y.data as Float32Array, [expected], 1e-6, `step ${at}`);
  }
  await run.close();
});

test.run();

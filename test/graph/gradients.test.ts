// Every vector-Jacobian product, and those of the products themselves, against central differences.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { add, Graph, gradient, mul, scale, scan, square, sub } from '../../src/graph/index.js';
import { ELEMENTWISE } from './cases/elementwise.js';
import { LAYERS } from './cases/layers.js';
import { TENSORS } from './cases/tensors.js';
import { check, derivative } from './differences.js';
import { floats, open } from './session.js';

for (const [name, definition] of Object.entries({ ...ELEMENTWISE, ...TENSORS, ...LAYERS })) {
  test(name, () => check(name, definition));
  test(`second derivative: ${name}`, () => check(`second derivative: ${name}`, derivative(definition)));
}

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

// A model of one's own on the trainer: what docs/training.md promises.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type BatchSource,
  dense,
  denseParameters,
  type TrainableModel,
  Trainer,
} from '../../../src/generator/index.js';
import { crossEntropy, meanSquaredError, relu, type Value } from '../../../src/graph/index.js';
import { Random } from '../../../src/random/random.js';
import { rejection } from '../model.js';

const network = (p: Record<string, Value>, x: Value) => dense(p, 'out', relu(dense(p, 'hidden', x)));
const MODEL: TrainableModel = {
  parameters: [...denseParameters('hidden', 2, 32), ...denseParameters('out', 32, 1)],
  loss: (p, { x, y }) => meanSquaredError(network(p, x), y),
};
const BATCH = 64;

/** Points in a square and their product, batch after batch; a step's batch is a function of the step. */
const products: BatchSource = (first, steps) => {
  const x = new Float32Array(steps * BATCH * 2);
  for (let step = 0; step < steps; step++) {
    const random = new Random(1, first + step);
    for (let i = 0; i < 2 * BATCH; i++) x[2 * BATCH * step + i] = random.uniform(-1, 1);
  }
  const y = Float32Array.from({ length: steps * BATCH }, (_, i) => x[2 * i] * x[2 * i + 1]);
  return {
    steps,
    inputs: {
      x: { dtype: 'float32', shape: [steps, BATCH, 2], data: x },
      y: { dtype: 'float32', shape: [steps, BATCH, 1], data: y },
    },
  };
};

test('a network of one layer learns a product, is saved and read, and predicts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'selfcorrect-'));
  const path = join(folder, 'product.safetensors');
  const trainer = await Trainer.create(MODEL, { seed: 3 });
  assert.match(trainer.provider.name, /^(cpu|cuda)$/);
  const { losses } = await trainer.train(products, {
    steps: 800,
    lr: (step) => 1e-2 * (1 - step / 800),
    emaDecay: 0.9,
  });
  assert.ok(losses[0] > 0.05 && losses[799] < 2e-3, `${losses[0]} ${losses[799]}`);
  const x = Float32Array.of(0.5, 0.5, -0.5, 0.8, 0, 0.3);
  const predict = async (of: Trainer) => {
    const inputs = { x: { dtype: 'float32', shape: [3, 2], data: x.slice() } } as const;
    const { y } = await of.evaluate('predict', (p, given) => ({ y: network(p, given.x) }), inputs);
    return y.data as Float32Array;
  };
  const y = await predict(trainer);
  [0.25, -0.4, 0].forEach((product, i) => assert.ok(Math.abs(y[i] - product) < 0.12, `${y}`));
  await trainer.save(path, { kind: 'product' });
  await trainer.close();

  const other = await Trainer.create(MODEL, { seed: 4 });
  assert.equal(await other.restore(path), { kind: 'product' });
  assert.is(other.seed, 3);
  assert.is(other.state.step, 800);
  assert.equal(await predict(other), y);
  await other.close();
  await rm(folder, { recursive: true });
});

test('dropout and weight decay are options of a few words', async () => {
  const noisy: TrainableModel = {
    ...MODEL,
    loss: (p, { x, y }, random) =>
      meanSquaredError(dense(p, 'out', random.dropout(relu(dense(p, 'hidden', x)), 0.5)), y),
  };
  const first = async (model: TrainableModel, weightDecay: number) => {
    const trainer = await Trainer.create(model, { seed: 3 });
    const { losses } = await trainer.train(products, { steps: 8, lr: 1e-2, weightDecay });
    await trainer.close();
    return [...losses];
  };
  const [plain, dropped, again, decayed] = [
    await first(MODEL, 0),
    await first(noisy, 0),
    await first(noisy, 0),
    await first(MODEL, 0.5),
  ];
  assert.equal(dropped, again);
  assert.ok(Math.abs(dropped[0] - plain[0]) > 1e-4);
  assert.is(decayed[0], plain[0]);
  assert.ok(Math.abs(decayed[7] - plain[7]) > 1e-6);
});

test('classes from points: another loss, batches of other shapes', async () => {
  const model: TrainableModel = {
    parameters: [...denseParameters('hidden', 2, 16), ...denseParameters('out', 16, 2)],
    loss: (p, { x, label }) => crossEntropy(network(p, x), label),
  };
  const source: BatchSource = async (first, limit) => {
    const { steps, inputs } = await products(first, Math.min(limit, 3));
    const size = first % 2 ? BATCH : BATCH / 2; // two shapes in turn: two graphs
    const part = (data: Float32Array, width: number) =>
      Float32Array.from({ length: steps * size * width }, (_, i) => {
        const step = Math.floor(i / (size * width));
        return data[step * BATCH * width + (i - step * size * width)];
      });
    const y = part(inputs.y.data as Float32Array, 1);
    return {
      steps,
      inputs: {
        x: { dtype: 'float32', shape: [steps, size, 2], data: part(inputs.x.data as Float32Array, 2) },
        label: {
          dtype: 'int64',
          shape: [steps, size],
          data: BigInt64Array.from(y, (value) => (value > 0 ? 1n : 0n)),
        },
      },
    };
  };
  const trainer = await Trainer.create(model);
  const { losses } = await trainer.train(source, { steps: 300, lr: 2e-2 });
  await trainer.close();
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(
    mean(losses.subarray(0, 10)) > 0.6 && mean(losses.subarray(-30)) < 0.2,
    `${mean(losses.subarray(-30))}`,
  );
});

test('a source that fails or gives the wrong number of steps ends training with its reason', async () => {
  const trainer = await Trainer.create(MODEL);
  const cause = new Error('no more data');
  const failing: BatchSource = (first, limit) => {
    if (first >= 8) throw cause;
    return products(first, limit);
  };
  assert.is(await rejection(trainer.train(failing, { steps: 40, lr: 1e-3 })), cause);
  assert.is(trainer.state.step, 8);
  const greedy: BatchSource = (first, limit) => products(first, limit + 1);
  assert.match(
    (await rejection(trainer.train(greedy, { steps: 4, lr: 1e-3 }))).message,
    /Expected 1\.\.4 for the steps of a batch source but received 5/,
  );
  assert.is(await rejection(trainer.train(Promise.reject(cause), { steps: 4, lr: 1e-3 })), cause);
  await trainer.close();
});

test.run();

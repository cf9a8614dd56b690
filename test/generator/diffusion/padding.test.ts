// Padding is not there: what fills a batch up to its longest motion changes nothing, neither in training nor in sampling.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { denoise, parametersOf } from '../../../src/generator/diffusion/denoiser.js';
import { motionLoss } from '../../../src/generator/diffusion/loss.js';
import { frameMask } from '../../../src/generator/diffusion/mask.js';
import { Normalisation } from '../../../src/generator/diffusion/normalisation.js';
import { MotionDiffusion } from '../../../src/generator/index.js';
import { initialise } from '../../../src/generator/training/model.js';
import { Graph, gradient, RandomStream, type Value } from '../../../src/graph/index.js';
import { Random } from '../../../src/random/random.js';
import { evaluate, floats, words } from '../../graph/session.js';
import { CLASSES, OPTIONS, TINY } from '../model.js';

const { features: D } = TINY;
const START = initialise(parametersOf(TINY), 1);
const parameters = (graph: Graph) =>
  Object.fromEntries(
    parametersOf(TINY).map(({ name, shape }) => [name, graph.constant('float32', shape, START.get(name)!)]),
  );
const largest = (a: Float32Array, b: Float32Array) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

test('the denoiser says of a padded motion what it says of it alone', async () => {
  const lengths = [6, 4, 1];
  const motions = lengths.map((length, i) => new Random(i).normals(new Float32Array(length * D)));
  const predict = async (batch: number[], frames: number, filler: number, masked: boolean) => {
    const graph = new Graph();
    const x = graph.input('float32', [batch.length, frames, D], 'x');
    const timesteps = graph.integers(batch.map((i) => 3 * i));
    const condition = graph.integers(batch.map((i) => i % CLASSES));
    const mask = masked ? frameMask(graph.integers(batch.map((i) => lengths[i])), frames) : undefined;
    graph.output(denoise(TINY, parameters(graph), x, { timesteps, condition, mask }), 'y');
    const data = new Float32Array(batch.length * frames * D).fill(filler);
    batch.forEach((i, row) => data.set(motions[i], row * frames * D));
    return (await evaluate(graph, { x: floats(data, [batch.length, frames, D]) })).y.data as Float32Array;
  };
  const together = await predict([0, 1, 2], 6, 7, true);
  for (const i of [0, 1, 2]) {
    const alone = await predict([i], lengths[i], 0, false);
    assert.ok(largest(alone, together.subarray(i * 6 * D, i * 6 * D + alone.length)) < 2e-6, `motion ${i}`);
  }
  const unmasked = await predict([0, 1, 2], 6, 7, false);
  assert.ok(largest(unmasked.subarray(6 * D, 10 * D), together.subarray(6 * D, 10 * D)) > 1e-2);
});

test('the loss is the mean over each motion, then over the batch, and padding has no gradient', async () => {
  const lengths = [6, 2];
  const build = (batch: number[], frames: number, graph: Graph, clean: Value) => {
    const inputs: Record<string, Value> = {
      clean,
      timesteps: graph.integers(batch.map(() => 19)), // nothing but noise: see below
      condition: graph.integers(batch.map(() => 1)),
      lengths: graph.integers(batch.map((i) => lengths[i])),
    };
    const random = new RandomStream(graph.input('uint64', [], 'key'), graph.input('uint64', [], 'at'));
    const p = parameters(graph);
    const loss = motionLoss({ ...TINY, frames }, Normalisation.none(D))(p, inputs, random);
    graph.output(loss, 'loss');
    graph.output(gradient(loss, [clean])[0], 'd');
  };
  const run = async (filler: number) => {
    const graph = new Graph();
    const clean = graph.input('float32', [2, 6, D], 'clean');
    build([0, 1], 6, graph, clean);
    const data = new Float32Array(2 * 6 * D).fill(filler);
    data.set(new Random(1).normals(new Float32Array(6 * D)));
    data.set(new Random(2).normals(new Float32Array(2 * D)), 6 * D);
    return evaluate(graph, { clean: floats(data, [2, 6, D]), key: words([77n], []), at: words([0n], []) });
  };
  const [zero, wild] = [await run(0), await run(9)];
  assert.ok(Math.abs((zero.loss.data as Float32Array)[0] - (wild.loss.data as Float32Array)[0]) < 1e-6);
  const d = wild.d.data as Float32Array;
  assert.ok(d.subarray(0, 8 * D).every((value) => value !== 0));
  assert.ok(d.subarray(8 * D).every((value) => value === 0));
});

/** Motions of several lengths: waves. */
function waves(lengths: readonly number[]) {
  const rows = lengths.flatMap((length, item) =>
    Array.from({ length: length * D }, (_, i) => Math.sin(Math.floor(i / D) * (1 + (item % 3)) + (i % D))),
  );
  return {
    features: Float32Array.from(rows),
    lengths,
    conditions: Int32Array.from(lengths, (_, i) => i % CLASSES),
  };
}

test('a model learns motions of any length and samples them at theirs', async () => {
  const lengths = [6, 3, 5, 2, 6, 4];
  const model = await MotionDiffusion.create(TINY, { seed: 1 });
  const data = waves(lengths);
  const { losses } = await model.train(data, { ...OPTIONS, steps: 400, lr: 3e-3 });
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(mean(losses.subarray(-50)) < 0.6 * mean(losses.subarray(0, 20)), `${losses[0]} ${losses.at(-1)}`);
  const options = { conditions: data.conditions, seed: 1, steps: 10 };
  const samples = await model.sample({ ...options, lengths });
  assert.is(samples.length, 26 * D);
  assert.ok(samples.every(Number.isFinite));
  // A sample is the same beside shorter and longer ones as alone.
  const alone = await model.sample({ ...options, lengths: lengths.map(() => 3) });
  assert.ok(largest(samples.subarray(6 * D, 9 * D), alone.subarray(3 * D, 6 * D)) < 2e-5);
  await model.close();
});

test.run();

import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Graph } from '../../../src/graph/index.js';
import { runLoop } from '../../../src/loop/engine.js';
import type { FloorRow } from '../../../src/loop/layout.js';
import { matchingDistance, rPrecision } from '../../../src/metrics/matching.js';
import { columnMeans } from '../../../src/metrics/table.js';
import { contrastiveLoss } from '../../../src/tasks/motion/evaluation/encoder.js';
import { LearnedEvaluator } from '../../../src/tasks/motion/evaluation/learned-evaluator.js';
import { motionTask } from '../../../src/tasks/motion/task.js';
import { cutWindows, stackWindows } from '../../../src/tasks/motion/windows.js';
import { evaluate, floats, integers } from '../../graph/session.js';
import { MemoryFs } from '../../loop/memory-fs.js';
import { figureDataset } from '../figures.js';
import { SMALL_MODEL } from '../small-model.js';

const frames = 20;
const dataset = figureDataset();
const cut = (split: 'train' | 'test') =>
  stackWindows(cutWindows(dataset, split, { frames, stride: 3, mirrored: true }), frames);
const train = cut('train');
const config = { frames, classes: 2 };
const learn = (steps: number): Promise<LearnedEvaluator> =>
  LearnedEvaluator.train(train, { ...config, steps });

test('the contrast of a batch by hand: motions of one label are no mismatch', async () => {
  const graph = new Graph();
  const motions = graph.input('float32', [3, 2], 'motions');
  const conditions = graph.input('float32', [3, 2], 'conditions');
  const labels = graph.input('int64', [3], 'labels');
  graph.output(contrastiveLoss(motions, conditions, labels, 2, 0.5), 'loss');
  const { loss } = await evaluate(graph, {
    motions: floats([1, 0, 0, 1, 0.6, 0.8], [3, 2]),
    conditions: floats([1, 0, 1, 0, 0, 1], [3, 2]),
    labels: integers([0, 0, 1], [3]),
  });
  // Scores u_i . c_j / 0.5, without the pairs (0, 1) and (1, 0): rows 2 0 | 0 2 | 1.2 1.2 1.6, columns 2 1.2 | 0 1.2 | 0 2 1.6.
  const surprise = (right: number, ...scores: number[]): number =>
    Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - right;
  const rows = surprise(2, 2, 0) + surprise(0, 0, 2) + surprise(1.6, 1.2, 1.2, 1.6);
  const columns = surprise(2, 2, 1.2) + surprise(0, 0, 1.2) + surprise(1.6, 0, 2, 1.6);
  assert.ok(Math.abs((loss.data[0] as number) - (rows + columns) / 6) < 1e-6);
});

test('it learns two actions, of motions it has not seen, in units of the real spread', async () => {
  const evaluator = await learn(60);
  const test = cut('test');
  const { embedding, shared } = await evaluator.embed(test.joints);
  const [top] = rPrecision(shared, evaluator.conditions, test.labels);
  assert.ok(top > 0.95, `top 1: ${top}`);
  const swapped = test.labels.map((label) => 1 - label);
  assert.ok(
    matchingDistance(shared, evaluator.conditions, test.labels) <
      matchingDistance(shared, evaluator.conditions, swapped),
  );
  for (const table of [shared, evaluator.conditions])
    for (let i = 0; i < table.rows; i++) {
      const row = table.data.subarray(i * table.columns, (i + 1) * table.columns);
      assert.ok(Math.abs(row.reduce((sum, value) => sum + value * value, 0) - 1) < 1e-4);
    }
  assert.is(embedding.columns, 32);
  const own = (await evaluator.embed(train.joints)).embedding;
  const mean = columnMeans(own);
  const variance = own.data.reduce((sum, value, i) => sum + (value - mean[i % 32]) ** 2, 0) / own.data.length;
  assert.ok(Math.abs(variance - 1) < 1e-9, `${variance}`);
  await evaluator.close();
});

test('equal training gives equal bytes; read back it says the same, and its hash names it', async () => {
  const [one, two, other] = [await learn(4), await learn(4), await learn(5)];
  assert.equal(one.bytes(), two.bytes());
  assert.is(one.hash, two.hash);
  assert.is.not(one.hash, other.hash);
  const read = LearnedEvaluator.read(one.bytes(), config);
  assert.is(read.hash, one.hash);
  assert.equal(await read.embed(train.joints), await one.embed(train.joints));
  await read.close();
  // Closed, it starts again when it is asked; what a motion gets does not depend on its neighbours.
  const size = frames * 66;
  const whole = await read.embed(train.joints);
  const last = await read.embed(train.joints.slice(train.joints.length - size));
  assert.equal(last.embedding.data, whole.embedding.data.slice(-32));
  for (const evaluator of [one, two, other, read]) await evaluator.close();
});

test('motions with numbers that are not finite get an embedding, others than whole motions are refused', async () => {
  const evaluator = await learn(1);
  const joints = train.joints.slice(0, frames * 66);
  joints[100] = Number.NaN;
  joints[200] = Number.POSITIVE_INFINITY;
  const { embedding, shared } = await evaluator.embed(joints);
  assert.ok([...embedding.data, ...shared.data].every(Number.isFinite));
  const message = await evaluator.embed(joints.subarray(1)).catch((error: Error) => error.message);
  assert.match(
    String(message),
    /Expected motions of 20 frames of 22 x 3 numbers for joints but received 1319/,
  );
  await evaluator.close();
});

test('a file that is damaged, or of another configuration, is refused by name', async () => {
  const evaluator = await learn(1);
  await evaluator.close();
  const bytes = evaluator.bytes();
  const read =
    (of: Uint8Array, wanted = config) =>
    () =>
      LearnedEvaluator.read(of, wanted);
  assert.throws(read(bytes.subarray(0, bytes.length - 4)), /an undamaged file for the evaluator/);
  assert.throws(
    read(bytes, { frames, classes: 3 }),
    /"classes":3.* for the evaluator but received .*"classes":2/,
  );
  const text = Buffer.from(bytes);
  text.write('evaluator 9', text.indexOf('evaluator 1'));
  assert.throws(read(text), /format selfcorrect evaluator 1/);
});

test('a run keeps its evaluator: named in the floor, read by whoever goes on', async () => {
  const settings = { ...SMALL_MODEL, frames };
  const loop = {
    arms: ['baseline' as const],
    n: 8,
    stepsGen0: 2,
    stepsPerGeneration: 1,
    evaluationCount: 10,
  };
  const run = async (fs: MemoryFs): Promise<{ floor: FloorRow; file: Uint8Array }> => {
    const task = motionTask({ dataset: figureDataset(), settings });
    const rows = await runLoop(task, { ...loop, generations: 1, noiseRepeats: 2 }, { out: 'out', fs });
    const floor = rows.find((row): row is FloorRow => row.kind === 'floor')!;
    return { floor, file: (await fs.read('out/evaluator.safetensors'))! };
  };
  const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const first = await run(new MemoryFs());
  assert.is(first.floor.evaluator, sha(first.file));
  // One trained elsewhere, which differs in its last bits at least: it is used as it is.
  const elsewhere = new MemoryFs();
  const other = await learn(9);
  await other.close();
  await elsewhere.mkdir('out');
  await elsewhere.write('out/evaluator.safetensors', other.bytes());
  const second = await run(elsewhere);
  assert.is(second.floor.evaluator, other.hash);
  assert.equal(Buffer.from(second.file), Buffer.from(other.bytes()));
  assert.is.not(second.floor.metrics.matching, first.floor.metrics.matching);
  assert.is(second.floor.metrics.fid, first.floor.metrics.fid);
});

test.run();

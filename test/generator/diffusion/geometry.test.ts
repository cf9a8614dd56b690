// Joints inside the graph are those that decoding gives, and the geometric losses are what their formulas say.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parametersOf } from '../../../src/generator/diffusion/denoiser.js';
import { worldJoints } from '../../../src/generator/diffusion/geometry.js';
import { motionLoss } from '../../../src/generator/diffusion/loss.js';
import { type MotionDiffusionConfig, Normalisation } from '../../../src/generator/index.js';
import { Graph, RandomStream, sizeOf, type Value } from '../../../src/graph/index.js';
import { decodeFeatures, encodeFeatures, FEATURE_SIZE } from '../../../src/motion/features.js';
import { Random } from '../../../src/random/random.js';
import { evaluate, floats, words } from '../../graph/session.js';
import { waving } from '../../support/motions.js';

const FRAMES = 24;
const features = encodeFeatures(waving(FRAMES + 1, 2));
const JOINTS = 22;

async function inGraph(values: Float32Array): Promise<Float32Array> {
  const graph = new Graph();
  const { x, y, z } = worldJoints(graph.input('float32', [1, FRAMES, FEATURE_SIZE], 'f'));
  for (const [name, value] of Object.entries({ x, y, z })) graph.output(value, name);
  const result = await evaluate(graph, { f: floats(values, [1, FRAMES, FEATURE_SIZE]) });
  return Float32Array.from({ length: FRAMES * JOINTS * 3 }, (_, i) => {
    const axis = ['x', 'y', 'z'][i % 3];
    return (result[axis].data as Float32Array)[Math.floor(i / 3)];
  });
}

test('joints in the graph are those of decodeFeatures', async () => {
  for (const values of [features, features.map((value, i) => value + 0.02 * Math.sin(i))]) {
    const [graph, decoded] = [await inGraph(values), decodeFeatures(values)];
    const worst = Math.max(...graph.map((value, i) => Math.abs(value - decoded[i])));
    assert.ok(worst < 1e-5, `${worst} m`);
  }
});

test('each geometric term is its formula', async () => {
  const config: MotionDiffusionConfig = {
    frames: FRAMES,
    features: FEATURE_SIZE,
    condition: { kind: 'none' },
    dModel: 16,
    layers: 1,
    heads: 2,
    ff: 16,
    diffusionSteps: 10,
  };
  const normalisation = Normalisation.fit(features);
  const length = 17;
  // All weights are 0 but the output's bias, which is then the prediction in every frame.
  const bias = new Random(4).normals(new Float32Array(FEATURE_SIZE)).map((value) => 0.1 * value);
  const graph = new Graph();
  const p = Object.fromEntries(
    parametersOf(config).map(({ name, shape }) => {
      const data = name === 'output.bias' ? bias : new Float32Array(sizeOf(shape));
      return [name, graph.constant('float32', shape, data)];
    }),
  );
  const inputs: Record<string, Value> = {
    clean: graph.constant('float32', [1, FRAMES, FEATURE_SIZE], normalisation.normalise(features)),
    timesteps: graph.integers([4]),
    lengths: graph.integers([length]),
  };
  const loss = motionLoss(config, normalisation);
  const random = new RandomStream(graph.input('uint64', [], 'key'), graph.input('uint64', [], 'at'));
  graph.output(loss(p, inputs, random), 'plain');
  for (const name of ['position', 'velocity', 'foot'])
    graph.output(loss(p, { ...inputs, [name]: graph.scalar(2) }, random), name);
  const result = await evaluate(graph, { key: words([12345n], []), at: words([0n], []) });
  const value = (name: string) => (result[name].data as Float32Array)[0];

  const clean = features.subarray(0, length * FEATURE_SIZE);
  const predicted = normalisation.denormalise(Float32Array.from(clean, (_, i) => bias[i % FEATURE_SIZE]));
  const [truth, guess] = [decodeFeatures(clean), decodeFeatures(predicted)];
  const at = (joints: Float32Array, t: number, j: number, axis: number) => joints[3 * (22 * t + j) + axis];
  const mean = (
    frames: number,
    joints: readonly number[],
    square: (t: number, j: number, axis: number) => number,
  ) => {
    let sum = 0;
    for (let t = 0; t < frames; t++)
      for (const j of joints) for (const axis of [0, 1, 2]) sum += square(t, j, axis);
    return sum / (frames * joints.length);
  };
  const step = (joints: Float32Array, t: number, j: number, axis: number) =>
    at(joints, t + 1, j, axis) - at(joints, t, j, axis);
  const all = Array.from({ length: 22 }, (_, j) => j);
  const feet = [7, 10, 8, 11];
  const expected = {
    position: mean(length, all, (t, j, axis) => (at(guess, t, j, axis) - at(truth, t, j, axis)) ** 2),
    velocity: mean(length - 1, all, (t, j, axis) => (step(guess, t, j, axis) - step(truth, t, j, axis)) ** 2),
    foot: mean(
      length - 1,
      feet,
      (t, j, axis) => clean[t * FEATURE_SIZE + 259 + feet.indexOf(j)] * step(guess, t, j, axis) ** 2,
    ),
  };
  for (const [name, term] of Object.entries(expected)) {
    const measured = (value(name) - value('plain')) / 2;
    assert.ok(term > 1e-6, `${name} ${term} must not vanish`);
    assert.ok(Math.abs(measured - term) < 1e-6 + 1e-4 * term, `${name}: ${measured}, expected ${term}`);
  }
});

test.run();

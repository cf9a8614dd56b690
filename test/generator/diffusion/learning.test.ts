// Eight motions of four classes: the model must learn them by heart and give each class its own.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MotionDiffusion, type MotionDiffusionConfig } from '../../../src/generator/index.js';
import { Random } from '../../../src/random/random.js';

const CONFIG: MotionDiffusionConfig = {
  frames: 16,
  features: 6,
  condition: { kind: 'action', classes: ['1', '2', '3', '4'] },
  dModel: 32,
  layers: 2,
  heads: 4,
  ff: 64,
  diffusionSteps: 50,
};
const CLASSES = 4;
const SEQUENCES = 8;
const WIDTH = CONFIG.frames * CONFIG.features;

/** Two motions a class: waves of unit variance whose frequency is that of the class. */
function waves() {
  const labels = Int32Array.from({ length: SEQUENCES }, (_, i) => i % CLASSES);
  const features = new Float32Array(SEQUENCES * WIDTH);
  labels.forEach((label, i) => {
    for (let feature = 0; feature < CONFIG.features; feature++) {
      const phase = new Random(1, i, feature).uniform(0, 2 * Math.PI);
      for (let t = 0; t < CONFIG.frames; t++)
        features[i * WIDTH + t * CONFIG.features + feature] =
          Math.SQRT2 * Math.sin(((label + 1) * Math.PI * t) / CONFIG.frames + phase);
    }
  });
  return { features, conditions: labels };
}

test('a model learns eight motions by heart and samples those of the class it is asked for', async () => {
  const data = waves();
  const model = await MotionDiffusion.create(CONFIG, { seed: 1 });
  const options = { batch: 16, lr: 3e-3, warmup: 20, emaDecay: 0.98, clip: 1, conditionDrop: 0.1, seed: 1 };
  const { losses } = await model.train(data, { ...options, steps: 1000 });
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const first = mean(losses.subarray(0, 10));
  const last = mean(losses.subarray(-100));
  // A constant prediction has the variance of the data, 1. Zero is out of reach: pure noise does not tell which motion.
  assert.ok(first > 0.9 && last < 0.2, `loss ${first} -> ${last}`);

  const labels = Int32Array.from({ length: 16 }, (_, i) => i % CLASSES);
  const samples = await model.sample({ conditions: labels, seed: 2, steps: 25 });
  await model.close();
  const distance = (sample: number, motion: number) => {
    let sum = 0;
    for (let i = 0; i < WIDTH; i++)
      sum += (samples[sample * WIDTH + i] - data.features[motion * WIDTH + i]) ** 2;
    return Math.sqrt(sum / WIDTH);
  };
  const chosen = new Set<number>();
  labels.forEach((label, sample) => {
    const distances = Array.from({ length: SEQUENCES }, (_, motion) => distance(sample, motion));
    const nearest = distances.indexOf(Math.min(...distances));
    chosen.add(nearest);
    assert.is(
      data.conditions[nearest],
      label,
      `sample ${sample} is nearest to motion ${nearest}: ${distances}`,
    );
    assert.ok(distances[nearest] < 0.25, `sample ${sample}: ${distances[nearest]} from its nearest motion`);
  });
  assert.ok(chosen.size >= 6, `different motions sampled: ${[...chosen]}`);
});

test.run();

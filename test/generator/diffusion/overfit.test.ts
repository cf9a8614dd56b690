// The published check of a diffusion model: it learns eight real clips by heart. Reconstruction is the hardest kind: whole
// sampling, from pure noise through 25 DDIM steps with nothing but the number of the clip, against that clip's features.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MotionDiffusion, Normalisation } from '../../../src/generator/index.js';
import { cosineDecay } from '../../../src/graph/index.js';
import { FEATURE_SIZE } from '../../../src/motion/features.js';
import { cutWindows, encodeSamples } from '../../../src/tasks/motion/windows.js';
import { mocapDataset } from '../../tasks/mocap.js';

const CLIPS = 8;
/** 1.2 s of each. */
const FRAMES = 24;
const STEPS = 5200;
/** Mean squared error over frames and features, in units of the features' variance over the clips. */
const BAR = 1e-3;

const dataset = mocapDataset();

test('eight real clips are learned by heart: samples from noise reconstruct them to below 1e-3', async () => {
  if (!dataset) return;
  const windows = cutWindows(dataset, 'train', { frames: FRAMES, stride: 1000, mirrored: false });
  const chosen = Array.from({ length: CLIPS }, (_, i) => windows[Math.floor((i * windows.length) / CLIPS)]);
  const { features } = encodeSamples(chosen, FRAMES);
  const normalisation = Normalisation.fit(features);
  const clips = normalisation.normalise(features);
  const size = FRAMES * FEATURE_SIZE;
  const error = (samples: Float32Array, sample: number, clip: number): number => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += (samples[sample * size + i] - clips[clip * size + i]) ** 2;
    return sum / size;
  };

  const conditions = Int32Array.from({ length: CLIPS }, (_, i) => i);
  const condition = { kind: 'action' as const, classes: [...conditions].map((i) => `clip ${i}`) };
  const sizes = { dModel: 128, layers: 1, heads: 4, ff: 512, diffusionSteps: 50 };
  const model = await MotionDiffusion.create(
    { frames: FRAMES, features: FEATURE_SIZE, condition, ...sizes },
    { seed: 1, threads: 1, provider: 'cpu', normalisation },
  );
  try {
    const reconstruct = async () => {
      const samples = normalisation.normalise(await model.sample({ conditions, seed: 3 }));
      return Array.from({ length: CLIPS }, (_, i) => error(samples, i, i));
    };
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const before = await reconstruct();
    assert.ok(mean(before) > 0.3, `before training, the clips are not there: ${before}`);
    const lr = cosineDecay({ from: 3e-3, steps: STEPS });
    const options = { batch: CLIPS, warmup: 200, clip: 1, emaDecay: 0.99, conditionDrop: 0 };
    await model.train({ features, conditions }, { ...options, lr, steps: STEPS });
    const after = await reconstruct();
    console.log(
      `reconstruction ${mean(after).toExponential(2)}, worst clip ${Math.max(...after).toExponential(2)}`,
    );
    assert.ok(mean(after) < BAR, `${after}`);
  } finally {
    await model.close();
  }
});

test.run();

// A tiny model and data for tests of the generator.
import { MotionDiffusion, type MotionDiffusionConfig, type TrainOptions } from '../../src/generator/index.js';
import { Random } from '../../src/random/random.js';

export const TINY: MotionDiffusionConfig = {
  frames: 6,
  features: 5,
  classes: 3,
  dModel: 16,
  layers: 2,
  heads: 2,
  ff: 24,
  diffusionSteps: 20,
};

export const OPTIONS: TrainOptions = {
  steps: 20,
  batch: 4,
  lr: 1e-3,
  emaDecay: 0.9,
  clip: 1,
  labelDrop: 0.1,
  seed: 5,
};

export function tinyData(count = 8) {
  const features = new Random(3, 'data').normals(new Float32Array(count * TINY.frames * TINY.features));
  return { features, labels: Int32Array.from({ length: count }, (_, i) => i % TINY.classes) };
}

/** Gives a fresh tiny model to `body` and closes it afterwards. */
export async function withModel<T>(body: (model: MotionDiffusion) => Promise<T>, seed = 1): Promise<T> {
  const model = await MotionDiffusion.create(TINY, { seed });
  try {
    return await body(model);
  } finally {
    await model.close();
  }
}

/** The state as one text: equal texts, equal bytes. */
export async function fingerprint(model: MotionDiffusion): Promise<string> {
  const parts = [...(await model.state())].map(([name, { shape, data }]) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return `${name} [${shape}] ${bytes.toString('base64')}`;
  });
  return parts.join('\n');
}

export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected a rejection but the promise was fulfilled');
}

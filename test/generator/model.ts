// A tiny model and data for tests of the generator.
import { createHash } from 'node:crypto';
import {
  MotionDiffusion,
  type MotionDiffusionConfig,
  type MotionTrainOptions,
} from '../../src/generator/index.js';
import { Random } from '../../src/random/random.js';

export const TINY: MotionDiffusionConfig = {
  frames: 6,
  features: 5,
  condition: { kind: 'action', classes: ['a', 'b', 'c'] },
  dModel: 16,
  layers: 2,
  heads: 2,
  ff: 24,
  diffusionSteps: 20,
};

/** Number of classes of the tiny model; also the class of no class. */
export const CLASSES = 3;

export const OPTIONS: MotionTrainOptions = {
  steps: 20,
  batch: 4,
  lr: 1e-3,
  emaDecay: 0.9,
  clip: 1,
  conditionDrop: 0.1,
  seed: 5,
};

export function tinyData(count = 8) {
  const features = new Random(3, 'data').normals(new Float32Array(count * TINY.frames * TINY.features));
  return { features, conditions: Int32Array.from({ length: count }, (_, i) => i % CLASSES) };
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

/** A hash of the whole state: equal texts, equal bytes. */
export async function fingerprint(model: MotionDiffusion): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of await model.state()) {
    hash.update(`${name} [${shape}] `);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected a rejection but the promise was fulfilled');
}

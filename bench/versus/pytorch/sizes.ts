/** What both sides train: the models of the published sizes, on numbers of no meaning. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  MODEL_SIZES,
  type ModelSize,
  type MotionDiffusion,
  type MotionDiffusionConfig,
  type TrainingData,
} from '../../../src/generator/index.js';
import type { NdArray, NumberArray } from '../../../src/io/array.js';
import { writeSafetensors } from '../../../src/io/safetensors.js';
import { Random } from '../../../src/random/random.js';

export const BATCH = 8;
const CLASSES = 12;
const MOTIONS = 16;

/** Of every training here. */
export const OPTIONS = { batch: BATCH, lr: 1e-4, emaDecay: 0.99, clip: 1, conditionDrop: 0.1, seed: 1 };

export const configOf = (size: ModelSize, frames = 196): MotionDiffusionConfig => ({
  frames,
  features: 263,
  condition: { kind: 'action', classes: Array.from({ length: CLASSES }, (_, i) => `action ${i}`) },
  ...MODEL_SIZES[size],
  diffusionSteps: 1000,
});

export function dataOf({ frames, features }: MotionDiffusionConfig): TrainingData {
  return {
    features: new Random(1).normals(new Float32Array(MOTIONS * frames * features)),
    conditions: Int32Array.from({ length: MOTIONS }, (_, i) => i % CLASSES),
  };
}

/** Weights of a model and two batches as files; `remove` deletes them. */
export async function filesOf(
  model: MotionDiffusion,
): Promise<{ weights: string; batches: string; remove(): void }> {
  const { frames, features } = model.config;
  const weights = new Map<string, NdArray<NumberArray>>();
  for (const [name, tensor] of await model.state())
    if (name.startsWith('model.')) weights.set(name.slice('model.'.length), tensor);
  const count = MOTIONS / BATCH;
  const integers = (of: (i: number) => number): NdArray<NumberArray> => ({
    shape: [count, BATCH],
    data: BigInt64Array.from({ length: MOTIONS }, (_, i) => BigInt(of(i))),
  });
  const batches = new Map<string, NdArray<NumberArray>>([
    ['clean', { shape: [count, BATCH, frames, features], data: dataOf(model.config).features }],
    ['timesteps', integers((i) => 60 * i)],
    ['condition', integers((i) => i % CLASSES)],
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'pytorch-'));
  const write = (name: string, tensors: Map<string, NdArray<NumberArray>>): string => {
    const path = join(folder, `${name}.safetensors`);
    writeFileSync(path, writeSafetensors(tensors));
    return path;
  };
  return {
    weights: write('weights', weights),
    batches: write('batches', batches),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

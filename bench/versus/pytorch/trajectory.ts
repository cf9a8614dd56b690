/** A training that we and PyTorch do alike: the same weights, batches, timesteps, noise and dropped conditions. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { motionBatches } from '../../../src/generator/diffusion/batches.js';
import { Normalisation } from '../../../src/generator/diffusion/normalisation.js';
import {
  MotionDiffusion,
  type MotionDiffusionConfig,
  type MotionTrainOptions,
  type TrainingData,
} from '../../../src/generator/index.js';
import { OrtClient } from '../../../src/generator/runtime/ort-client.js';
import { type HostTensor, uint64 } from '../../../src/generator/runtime/protocol.js';
import { Graph, normals, squaresKey } from '../../../src/graph/index.js';
import type { NdArray, NumberArray } from '../../../src/io/array.js';
import { writeSafetensors } from '../../../src/io/safetensors.js';
import { Random } from '../../../src/random/random.js';
import { Pytorch } from './client.js';

type Tensors = Map<string, NdArray<NumberArray>>;

const CONFIG: MotionDiffusionConfig = {
  frames: 24,
  features: 20,
  condition: { kind: 'action', classes: ['walk', 'run', 'jump', 'sit', 'turn'] },
  dModel: 64,
  layers: 2,
  heads: 4,
  ff: 128,
  diffusionSteps: 1000,
};

const OPTIONS = {
  steps: 50,
  batch: 8,
  lr: 1e-3,
  emaDecay: 0.99,
  clip: 1,
  conditionDrop: 0.2,
  seed: 11,
} satisfies MotionTrainOptions;

const MOTIONS = 16;

/** Lengths of the motions: all the model's, or from 19 frames on, which is one bucket with padding. */
export const VARIANTS = {
  whole: Array<number>(MOTIONS).fill(CONFIG.frames),
  padded: Array.from({ length: MOTIONS }, (_, i) => 19 + (i % 6)),
} as const;
export type Variant = keyof typeof VARIANTS;

export interface Trajectory {
  losses: number[];
  /** Of weights, batches and draws: what was recorded of another training is no answer to this one. */
  fingerprint: string;
}

/** A trajectory and what PyTorch needs to go the same way. */
export interface OurTrajectory extends Trajectory {
  weights: Tensors;
  batches: Tensors;
}

/** Smooth motions, an action each: something to learn. */
function motions(lengths: readonly number[]): TrainingData {
  const { features } = CONFIG;
  const random = new Random(4, 'motions');
  const values: number[] = [];
  for (const length of lengths) {
    const waves = Array.from({ length: features }, () => [
      random.uniform(0.1, 0.5),
      random.uniform(0, 2 * Math.PI),
    ]);
    for (let frame = 0; frame < length; frame++)
      for (const [speed, phase] of waves) values.push(1.5 * Math.sin(speed * frame + phase));
  }
  return {
    features: Float32Array.from(values),
    lengths,
    conditions: Int32Array.from(lengths, (_, i) => i % 5),
  };
}

/** The noise that the training graph makes in each step, [steps, ...shape]. */
async function noise(shape: readonly number[]): Promise<Float32Array> {
  const { steps, seed } = OPTIONS;
  const client = await OrtClient.start({ threads: 1, provider: 'cpu' });
  try {
    await client.open('noise', () => {
      const graph = new Graph();
      const key = graph.input('uint64', [], 'key');
      const starts = graph.input('uint64', [steps], 'starts');
      graph.output(
        normals(
          key,
          starts,
          shape.reduce((a, b) => a * b),
        ),
        'noise',
      );
      return graph.toModel();
    });
    const feeds = {
      key: uint64([squaresKey(new Random(seed, 'noise'))], []),
      starts: uint64(
        Array.from({ length: steps }, (_, i) => BigInt(i) << 32n),
        [steps],
      ),
    };
    const result = await client.run({ session: 'noise', feeds, keep: {}, fetch: ['noise'] });
    return result.noise.data as Float32Array;
  } finally {
    await client.close();
  }
}

/** Trains, and gives what PyTorch needs to do the same. */
export async function ourTrajectory(variant: Variant): Promise<OurTrajectory> {
  const data = motions(VARIANTS[variant]);
  const { steps } = OPTIONS;
  const model = await MotionDiffusion.create(CONFIG, { seed: 3, provider: 'cpu' });
  try {
    const weights: Tensors = new Map();
    for (const [name, tensor] of await model.state())
      if (name.startsWith('model.')) weights.set(name.slice('model.'.length), tensor);
    const { losses } = await model.train(data, OPTIONS);

    const source = await motionBatches(CONFIG, Normalisation.none(CONFIG.features), data, {
      ...OPTIONS,
      mirror: false,
    });
    const { inputs } = await source(0, steps);
    const batches: Tensors = new Map(
      Object.entries(inputs).map(([name, { shape, data }]: [string, HostTensor]) => [
        name,
        { shape: [...shape], data: data as NumberArray },
      ]),
    );
    const hash = createHash('sha256').update(JSON.stringify(OPTIONS));
    for (const [name, { data }] of [...weights, ...batches])
      hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const { shape } = inputs.clean;
    batches.set('noise', { shape: [...shape], data: await noise(shape.slice(1)) });
    return { losses: [...losses], weights, batches, fingerprint: hash.digest('hex') };
  } finally {
    await model.close();
  }
}

/** PyTorch's losses in the same training. */
export async function pytorchTrajectory({
  weights,
  batches,
  fingerprint,
}: OurTrajectory): Promise<Trajectory> {
  const folder = await mkdtemp(join(tmpdir(), 'trajectory-'));
  const torch = Pytorch.start({ omp: 1, blas: 1 });
  try {
    const paths = ['weights', 'batches'].map((name) => join(folder, `${name}.safetensors`));
    await writeFile(paths[0], writeSafetensors(weights));
    await writeFile(paths[1], writeSafetensors(batches));
    await torch.open(CONFIG, OPTIONS, paths[0]);
    return { losses: (await torch.train(paths[1], OPTIONS.steps, true)).losses, fingerprint };
  } finally {
    await torch.close();
    await rm(folder, { recursive: true });
  }
}

/** The largest relative difference of two trajectories over their steps. */
export const disagreement = (ours: readonly number[], theirs: readonly number[]): number =>
  Math.max(...theirs.map((loss, step) => Math.abs(ours[step] - loss) / loss));

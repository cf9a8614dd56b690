import { createHash } from 'node:crypto';
import type { Device } from '../../correct/device.js';
import { type MotionDataset, OTHER } from '../../data/dataset.js';
import { Normalisation } from '../../generator/index.js';
import { readNumbers, writeNpy } from '../../io/npy.js';
import { LoopError } from '../../loop/errors.js';
import type { Fs } from '../../loop/fs.js';
import type { GenerationRow } from '../../loop/layout.js';
import { meanAndSpread } from '../../loop/statistics.js';
import type { Corrector, Exhibit, Selector, Task, Trial } from '../../loop/task.js';
import { type Described, Evaluator } from '../../metrics/evaluator.js';
import { FEATURE_SIZE } from '../../motion/features.js';
import { physicsCorrector, placeboCorrector } from './correctors.js';
import { writeExhibit } from './exhibit.js';
import { MotionGenerator } from './generator.js';
import { joinSamples, jointsOf, type MotionSamples, takeSamples } from './samples.js';
import { SelectionSpace, transportSelector } from './selection.js';
import { DEFAULT_MOTION_SETTINGS, type MotionSettings } from './settings.js';
import { chooseReal, cutWindows, encodeSamples, FPS, stackWindows, type Window } from './windows.js';

export interface MotionTaskOptions {
  dataset: MotionDataset;
  settings?: Partial<MotionSettings>;
  /** Threads of one generator and of one correction; results do not depend on it. Default 1: arms run side by side. */
  threads?: number;
  /** What corrects: `auto` (default), `cpu` or `cuda`, with the same bytes. */
  device?: Exclude<Device, 'rapier'>;
}

/** Samples whose distance to the training motions is below this share of held-out real motion's are suspected copies. */
const COPY_RATIO = 0.6;

/** What all seeds share, since it comes from the data alone. */
interface Base {
  evaluator: Evaluator;
  normalisation: Normalisation;
  candidates: Window[];
}

/**
 * The self-consuming loop on human motion: a motion diffusion model conditioned on action labels, the physics corrector, a placebo,
 * and selection by optimal transport. Setting, metrics and measured expectations: docstrings of this directory.
 */
export function motionTask(options: MotionTaskOptions): Task<MotionSamples> {
  const { dataset, threads = 1, device = 'auto' } = options;
  const settings: MotionSettings = { ...DEFAULT_MOTION_SETTINGS, ...options.settings };
  const classes = dataset.classes.length > 0 ? dataset.classes : [OTHER];
  let base: { count: number; promise: Promise<Base> } | undefined;
  return {
    name: 'motion',
    settings: {
      ...settings,
      data: { motions: dataset.motions.length, classes, sha256: hashOf(dataset) },
    },
    abilities: { correctors: ['corrected', 'placebo'], select: true, keepOptimizer: true, extrapolate: true },
    size: (samples) => samples.labels.length,
    take: takeSamples,
    concat: joinSamples,
    async open(seed, { n, evaluationCount }) {
      if (base?.count !== evaluationCount)
        base = {
          count: evaluationCount,
          promise: prepare(dataset, classes.length, settings, evaluationCount),
        };
      const shared = await base.promise;
      const windows = chooseReal(shared.candidates, n, seed);
      return new MotionTrial(seed, settings, { threads, device }, classes, shared, windows, dataset);
    },
  };
}

async function prepare(
  dataset: MotionDataset,
  classes: number,
  settings: MotionSettings,
  count: number,
): Promise<Base> {
  const { frames, evaluationStride: stride, realStride } = settings;
  const train = cutWindows(dataset, 'train', { frames, stride, mirrored: true });
  const test = cutWindows(dataset, 'test', { frames, stride, mirrored: true });
  for (const [split, windows] of Object.entries({ train, test }))
    if (windows.length < 2)
      throw new LoopError(
        'ERR_TASK',
        `Expected ${split} clips of ${frames + 1} frames or more (${((frames + 1) / FPS).toFixed(2)} s) but received none; give more or longer clips`,
      );
  const evaluator = Evaluator.fit({
    train: stackWindows(train, frames),
    test: stackWindows(test, frames),
    classes,
    frames,
    fps: FPS,
    count,
  });
  const normalisation = Normalisation.fit(encodeSamples(train, frames).features);
  return {
    evaluator,
    normalisation,
    candidates: cutWindows(dataset, 'train', { frames, stride: realStride, mirrored: false }),
  };
}

class MotionTrial implements Trial<MotionSamples> {
  readonly real: MotionSamples;
  readonly selector: Selector<MotionSamples>;
  private readonly correctors: Record<string, Corrector<MotionSamples>>;
  private readonly training: Described;
  private readonly captions: string[];

  constructor(
    private readonly seed: number,
    private readonly settings: MotionSettings,
    private readonly resources: Required<Pick<MotionTaskOptions, 'threads' | 'device'>>,
    private readonly classes: readonly string[],
    private readonly base: Base,
    windows: readonly Window[],
    dataset: MotionDataset,
  ) {
    this.real = encodeSamples(windows, settings.frames);
    this.captions = windows.map(({ clip, label }) => dataset.motions[clip].caption ?? classes[label]);
    const joints = jointsOf(this.real);
    this.training = base.evaluator.describe(joints);
    const fid = (motions: Float32Array): number => base.evaluator.fid(motions);
    this.correctors = {
      corrected: physicsCorrector({ settings, ...resources, fid }),
      placebo: placeboCorrector({ settings, ...resources, fid }),
    };
    this.selector = transportSelector(new SelectionSpace(joints, settings.frames), this.real.labels);
  }

  createGenerator(options: Parameters<Trial<MotionSamples>['createGenerator']>[0]): Promise<MotionGenerator> {
    const { classes, resources } = this;
    return MotionGenerator.create(this.settings, this.base.normalisation, this.real.labels, {
      ...options,
      classes,
      threads: resources.threads,
    });
  }

  corrector(name: string): Corrector<MotionSamples> | undefined {
    return this.correctors[name];
  }

  async evaluate(samples: MotionSamples): Promise<Record<string, number>> {
    return this.base.evaluator.evaluate({ joints: jointsOf(samples), labels: samples.labels }, this.training);
  }

  async floor(count: number): Promise<{ metrics: Record<string, number>; spread: Record<string, number> }> {
    const { mean, spread } = meanAndSpread(this.base.evaluator.floors(count, this.training, this.seed));
    return { metrics: mean, spread };
  }

  warnings(row: GenerationRow, noise: Record<string, number>, floor: Record<string, number>): string[] {
    const messages: string[] = [];
    const fidBefore = row.correction?.fidBefore;
    const fidAfter = row.correction?.fidAfter;
    if (typeof fidBefore === 'number' && typeof fidAfter === 'number' && fidAfter > fidBefore + 2 * noise.fid)
      messages.push(
        `the correction moved its samples away from real motion: FID ${fidBefore.toFixed(1)} before, ${fidAfter.toFixed(1)} after, one evaluation varies by ${noise.fid.toFixed(1)}`,
      );
    if (row.metrics.nearest < COPY_RATIO * floor.nearest)
      messages.push(
        `samples lie closer to the training motions (${row.metrics.nearest.toFixed(2)}) than held-out real motion does (${floor.nearest.toFixed(2)}): copies of training data?`,
      );
    return messages;
  }

  exhibit(exhibit: Exhibit<MotionSamples>, directory: string, fs: Fs): Promise<void> {
    const real = exhibit.generation === 0 ? { samples: this.real, captions: this.captions } : undefined;
    return writeExhibit(exhibit, real, this.classes, directory, fs);
  }

  async save({ frames, features, labels }: MotionSamples, directory: string, fs: Fs): Promise<void> {
    const shape = [labels.length, frames, FEATURE_SIZE];
    await fs.write(`${directory}/features.npy`, writeNpy(shape, features));
    await fs.write(`${directory}/labels.npy`, writeNpy([labels.length], labels));
  }

  async load(directory: string, fs: Fs): Promise<MotionSamples> {
    const read = async (name: string) => {
      const bytes = await fs.read(`${directory}/${name}`);
      if (!bytes)
        throw new LoopError('ERR_CHECKPOINT', `Expected the file ${directory}/${name} but there is none`);
      return readNumbers(bytes).data;
    };
    return {
      frames: this.settings.frames,
      features: Float32Array.from((await read('features.npy')) as Float32Array),
      labels: Int32Array.from((await read('labels.npy')) as Int32Array),
    };
  }
}

/** What identifies a data set: every clip's frames, label and split. */
function hashOf(dataset: MotionDataset): string {
  const hash = createHash('sha256');
  const splits = new Map([
    ...dataset.train.map((i) => [i, 'train'] as const),
    ...dataset.test.map((i) => [i, 'test'] as const),
  ]);
  dataset.motions.forEach(({ joints, fps }, i) => {
    hash.update(`${fps} ${dataset.labels[i]} ${splits.get(i) ?? 'val'} ${joints.length}\n`);
    hash.update(new Uint8Array(joints.buffer, joints.byteOffset, joints.byteLength));
  });
  return hash.digest('hex');
}

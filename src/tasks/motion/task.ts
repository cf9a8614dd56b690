import { createHash } from 'node:crypto';
import type { Device } from '../../correct/device.js';
import { type MotionDataset, OTHER } from '../../data/dataset.js';
import { Normalisation } from '../../generator/index.js';
import { readNumbers, writeNpy } from '../../io/npy.js';
import { LoopError } from '../../loop/errors.js';
import { type Fs, replaceFile } from '../../loop/fs.js';
import type { GenerationRow } from '../../loop/layout.js';
import { meanAndSpread } from '../../loop/statistics.js';
import type { Corrector, Exhibit, Floor, Place, Selector, Task, Trial } from '../../loop/task.js';
import { METRICS_VERSION } from '../../metrics/index.js';
import { GROUND_HEIGHTS } from '../../motion/feature-layout.js';
import { FEATURE_SIZE } from '../../motion/features.js';
import { Calibration } from './calibration.js';
import { calibratingCorrector, physicsCorrector, placeboCorrector } from './correctors.js';
import { type EvaluatorStore, Judge, type TrainingSet } from './evaluation/judge.js';
import { writeExhibit } from './exhibit.js';
import { MotionGenerator } from './generator.js';
import { joinSamples, jointsOf, type MotionSamples, takeSamples } from './samples.js';
import { SelectionSpace, transportSelector } from './selection.js';
import { type MotionSettings, resolveSettings } from './settings.js';
import { chooseReal, cutWindows, encodeSamples, FPS, stackWindows, type Window } from './windows.js';

export interface MotionTaskOptions {
  dataset: MotionDataset;
  settings?: Partial<MotionSettings>;
  /** Threads of one generator and of one correction; results do not depend on it. Default 1: arms run side by side. */
  threads?: number;
  /** What corrects: `auto` (default), `cpu` or `cuda`, with the same bytes. */
  device?: Exclude<Device, 'rapier'>;
}

/** A memorisation ratio below this share of held-out real motion's makes samples suspected copies. */
const COPY_RATIO = 0.5;
/** The learned evaluator's file in a run's directory. */
const EVALUATOR_FILE = 'evaluator.safetensors';

/** What all seeds share, since it comes from the data alone. */
interface Base {
  judge: Judge;
  normalisation: Normalisation;
  candidates: Window[];
}

/** What is prepared, for whom, and how many trials use it. */
interface Prepared {
  count: number;
  place: Place | undefined;
  promise: Promise<Base>;
  trials: number;
}

/**
 * The self-consuming loop on human motion: a motion diffusion model conditioned on action labels, the physics corrector, a placebo,
 * and selection by optimal transport. Setting, metrics and measured expectations: docstrings of this directory.
 */
export function motionTask(options: MotionTaskOptions): Task<MotionSamples> {
  const { dataset, threads = 1, device = 'auto' } = options;
  const settings = resolveSettings(options.settings);
  const classes = dataset.classes.length > 0 ? dataset.classes : [OTHER];
  let base: Prepared | undefined;
  return {
    name: 'motion',
    settings: {
      ...settings,
      metrics: METRICS_VERSION,
      data: { motions: dataset.motions.length, classes, sha256: hashOf(dataset) },
    },
    abilities: {
      correctors: ['corrected', 'placebo', 'cleaned', 'official', 'calibrated', 'restored'],
      select: true,
      weights: true,
      disperse: true,
      keepOptimizer: true,
      extrapolate: true,
    },
    size: (samples) => samples.labels.length,
    take: takeSamples,
    concat: joinSamples,
    async open(seed, { n, evaluationCount: count, place, signal }) {
      if (
        !(base?.count === count && base.place?.fs === place?.fs && base.place?.directory === place?.directory)
      ) {
        const promise = prepare(dataset, classes.length, settings, count, place, signal);
        const prepared: Prepared = { count, place, promise, trials: 0 };
        base = prepared;
        // A stop while it is prepared must not be the answer to who asks later.
        promise.catch(() => {
          if (base === prepared) base = undefined;
        });
      }
      const prepared = base;
      const shared = await prepared.promise;
      const windows = chooseReal(shared.candidates, n, seed);
      prepared.trials++;
      const close = async (): Promise<void> => {
        if (--prepared.trials === 0) await shared.judge.close();
      };
      return new MotionTrial(seed, settings, { threads, device }, classes, shared, windows, dataset, close);
    },
  };
}

async function prepare(
  dataset: MotionDataset,
  classes: number,
  settings: MotionSettings,
  count: number,
  place: Place | undefined,
  signal: AbortSignal | undefined,
): Promise<Base> {
  const { frames, evaluationStride: stride, realStride, evaluatorSteps } = settings;
  const train = cutWindows(dataset, 'train', { frames, stride, mirrored: true });
  const test = cutWindows(dataset, 'test', { frames, stride, mirrored: true });
  for (const [split, windows] of Object.entries({ train, test }))
    if (windows.length < 2)
      throw new LoopError(
        'ERR_TASK',
        `Expected ${split} clips of ${frames + 1} frames or more (${((frames + 1) / FPS).toFixed(2)} s) but received none; give more or longer clips`,
      );
  const judge = await Judge.open({
    train: stackWindows(train, frames),
    test: stackWindows(test, frames),
    classes,
    frames,
    fps: FPS,
    count,
    steps: evaluatorSteps,
    store: place && storeIn(place),
    signal,
  });
  const normalisation = Normalisation.fit(encodeSamples(train, frames).features).emphasised(
    GROUND_HEIGHTS,
    settings.groundWeight,
  );
  return {
    judge,
    normalisation,
    candidates: cutWindows(dataset, 'train', { frames, stride: realStride, mirrored: false }),
  };
}

/** The learned evaluator beside the results: what is written once is read by every later call of the run. */
function storeIn({ fs, directory }: Place): EvaluatorStore {
  const path = `${directory}/${EVALUATOR_FILE}`;
  return {
    read: () => fs.read(path),
    async write(bytes) {
      await fs.mkdir(directory);
      await replaceFile(fs, path, bytes);
    },
  };
}

class MotionTrial implements Trial<MotionSamples> {
  readonly real: MotionSamples;
  readonly selector: Selector<MotionSamples>;
  private readonly correctors: Record<string, Corrector<MotionSamples>>;
  private readonly training: TrainingSet;
  private readonly captions: string[];

  constructor(
    private readonly seed: number,
    private readonly settings: MotionSettings,
    private readonly resources: Required<Pick<MotionTaskOptions, 'threads' | 'device'>>,
    private readonly classes: readonly string[],
    private readonly base: Base,
    windows: readonly Window[],
    dataset: MotionDataset,
    readonly close: () => Promise<void>,
  ) {
    this.real = encodeSamples(windows, settings.frames);
    this.captions = windows.map(({ clip, label }) => dataset.motions[clip].caption ?? classes[label]);
    const joints = jointsOf(this.real);
    this.training = base.judge.trainingSet(joints);
    const fid = (motions: Float32Array): number => base.judge.evaluator.fid(motions);
    const around = { settings, ...resources, fid };
    const physics = physicsCorrector(around, settings.fidelity);
    const calibration = new Calibration(this.real, {
      strength: settings.calibrationStrength,
      within: settings.calibrationWithin,
      means: settings.calibrationMeans,
    });
    this.correctors = {
      corrected: physics,
      calibrated: calibratingCorrector(around, calibration),
      restored: calibratingCorrector(around, calibration, settings.fidelity),
      placebo: placeboCorrector(around),
      cleaned: physicsCorrector(around, 'cleaned'),
      official: physicsCorrector(around, 'official'),
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
    return this.base.judge.evaluate({ joints: jointsOf(samples), labels: samples.labels }, this.training);
  }

  async floor(count: number): Promise<Floor> {
    const { judge } = this.base;
    const { mean, spread } = meanAndSpread(judge.floors(count, this.training, this.seed));
    return { metrics: mean, spread, evaluator: judge.hash };
  }

  warnings(row: GenerationRow, noise: Record<string, number>, floor: Record<string, number>): string[] {
    const messages: string[] = [];
    const fidBefore = row.correction?.fidBefore;
    const fidAfter = row.correction?.fidAfter;
    if (typeof fidBefore === 'number' && typeof fidAfter === 'number' && fidAfter > fidBefore + 2 * noise.fid)
      messages.push(
        `the correction moved its samples away from real motion: FID ${fidBefore.toFixed(1)} before, ${fidAfter.toFixed(1)} after, one evaluation varies by ${noise.fid.toFixed(1)}`,
      );
    if (row.metrics.memorisation < COPY_RATIO * floor.memorisation)
      messages.push(
        `samples lie ${row.metrics.memorisation.toFixed(2)} times as far from the training motions as held-out real motion does: copies of training data?`,
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

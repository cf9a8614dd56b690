/** Real motion as the generator's quality bench needs it: what a model is trained on, what its samples are asked for, and their judge. */
import { existsSync } from 'node:fs';
import { folderDataset, loadFolder, type MotionDataset } from '../../src/data/index.js';
import { Normalisation, type TrainingData } from '../../src/generator/index.js';
import { Evaluator } from '../../src/metrics/index.js';
import { encodeFeatures, FEATURE_SIZE } from '../../src/motion/features.js';
import { normalise } from '../../src/motion/heading.js';
import { FRAME_SIZE } from '../../src/motion/motion.js';
import { resample } from '../../src/motion/resample.js';
import { Random } from '../../src/random/random.js';
import { jointsOf } from '../../src/tasks/motion/samples.js';
import { cutWindows, FPS, stackWindows, type Window } from '../../src/tasks/motion/windows.js';

const DATA = '../shared/data/mocap';
/** Frames of a motion, at 20 a second. */
export const FRAMES = 60;
/** Samples an evaluation draws. */
export const COUNT = 512;
/** Frames between the windows that the judge is fitted on, and labels with fewer training clips are pooled: as the loop has it. */
const STRIDE = 8;
const MINIMUM_PER_CLASS = 4;

export type Kind = 'action' | 'text';

/** Features of the training clips that are long enough, drawn in proportion to the windows they have. */
function trainingData(dataset: MotionDataset): { data: TrainingData; clips: number[] } {
  const clips: number[] = [];
  const rows: Float32Array[] = [];
  for (const clip of dataset.train) {
    const { joints: given, fps } = dataset.motions[clip];
    const joints = fps === FPS ? given : resample(given, FRAME_SIZE, fps, FPS);
    if (joints.length / FRAME_SIZE <= FRAMES) continue;
    clips.push(clip);
    rows.push(encodeFeatures(normalise(joints)));
  }
  const lengths = rows.map((row) => row.length / FEATURE_SIZE);
  const features = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    features.set(row, at);
    at += row.length;
  }
  return { data: { features, lengths, weights: lengths.map((length) => length - FRAMES + 1) }, clips };
}

/** Everything about the data; undefined where there is none. */
export async function realMotions() {
  if (!existsSync(DATA)) return undefined;
  const dataset = folderDataset(await loadFolder(DATA), { minimumPerClass: MINIMUM_PER_CLASS });
  const cut = (split: 'train' | 'test') =>
    cutWindows(dataset, split, { frames: FRAMES, stride: STRIDE, mirrored: true });
  const train = cut('train');
  const [trainSet, testSet] = [train, cut('test')].map((windows) => stackWindows(windows, FRAMES));
  const { classes } = dataset;
  const evaluator = Evaluator.fit({
    train: trainSet,
    test: testSet,
    classes: classes.length,
    frames: FRAMES,
    fps: FPS,
    count: COUNT,
  });
  const training = evaluator.describe(trainSet.joints);
  const { data, clips } = trainingData(dataset);
  const captionOf = (clip: number) => dataset.motions[clip].caption ?? classes[dataset.labels[clip]];
  /** What samples are asked for: what training windows drawn at random are. */
  const asked: Window[] = [...new Random(0, 'asked for').permutation(train.length)]
    .slice(0, COUNT)
    .map((i) => train[i]);
  const labels = Int32Array.from(asked, ({ label }) => label);
  const redraws = evaluator.floors(COUNT, training, 0);
  const real = Object.fromEntries(
    Object.keys(redraws[0]).map((name) => [
      name,
      redraws.reduce((sum, metrics) => sum + metrics[name], 0) / redraws.length,
    ]),
  );
  return {
    classes,
    captions: clips.map(captionOf),
    windows: { train: train.length, test: testSet.labels.length },
    normalisation: Normalisation.fit(data.features),
    /** What a model of a kind is trained on. */
    data: (kind: Kind): TrainingData => ({
      ...data,
      conditions:
        kind === 'text' ? clips.map(captionOf) : Int32Array.from(clips, (clip) => dataset.labels[clip]),
    }),
    conditions: (kind: Kind) => (kind === 'text' ? asked.map(({ clip }) => captionOf(clip)) : labels),
    /** Metrics of real motion: other training windows than the reference, accuracy of held-out ones. */
    real,
    /** Metrics of samples, features [512 x 60, 263]. */
    judge: (features: Float32Array): Record<string, number> =>
      evaluator.evaluate({ joints: jointsOf({ frames: FRAMES, features, labels }), labels }, training),
  };
}

export type RealMotions = NonNullable<Awaited<ReturnType<typeof realMotions>>>;

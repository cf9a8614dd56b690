/**
 * Do the metrics see what they claim to see? Every metric of real motion, of its floor, and of the same motion damaged in known ways; how long an
 * evaluation of 512 samples takes and the learned evaluator takes to train. Writes bench/results/<machine>/evaluator.csv.
 */
import { existsSync } from 'node:fs';
import { folderDataset, loadFolder } from '../src/data/index.js';
import { meanAndSpread } from '../src/loop/statistics.js';
import { DAMAGES } from '../src/metrics/damage.js';
import { damageTable } from '../src/tasks/motion/evaluation/damage-table.js';
import { contradictions, EXPECTATIONS } from '../src/tasks/motion/evaluation/expectations.js';
import { Judge } from '../src/tasks/motion/evaluation/judge.js';
import { DEFAULT_MOTION_SETTINGS } from '../src/tasks/motion/settings.js';
import { chooseReal, cutWindows, FPS, stackWindows } from '../src/tasks/motion/windows.js';
import { type Gate, writeCsv } from './results.js';

const DATA = '../shared/data/mocap';
const COUNT = 512;
/** Real motions that a model is said to be trained on. */
const TRAINED_ON = 64;
const WIDTH = 8;

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
/** Three digits, and none of what is rounding alone. */
const short = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) < 1e-3 ? '0' : value.toPrecision(3);
/** Names of metrics as they fit above a column: an e stands for the learned embedding. */
const HEADS: Record<string, string> = {
  withinDiversity: 'within',
  diversity: 'divers.',
  precision: 'precis.',
  accuracy: 'accur.',
  memorisation: 'memor.',
  embeddingFid: 'eFID',
  embeddingDiversity: 'eDivers',
  multimodality: 'multim.',
  embeddingPrecision: 'ePrecis',
  embeddingRecall: 'eRecall',
  matching: 'match',
  rPrecision1: 'R@1',
  rPrecision2: 'R@2',
  rPrecision3: 'R@3',
  penetrate: 'penetr.',
  skateRatio: 'slides',
  boneDeviation: 'bones',
};

export async function evaluatorBench(): Promise<Gate[]> {
  console.log('\nmetrics of real motion, damaged in known ways');
  if (!existsSync(DATA)) {
    console.log('  skipped: no ../shared/data/mocap here');
    return [];
  }
  const dataset = folderDataset(await loadFolder(DATA), { minimumPerClass: 4 });
  const { frames, evaluationStride: stride, realStride, evaluatorSteps: steps } = DEFAULT_MOTION_SETTINGS;
  const cut = (split: 'train' | 'test') =>
    stackWindows(cutWindows(dataset, split, { frames, stride, mirrored: true }), frames);
  const [train, test] = [cut('train'), cut('test')];
  const candidates = cutWindows(dataset, 'train', { frames, stride: realStride, mirrored: false });
  const training = stackWindows(chooseReal(candidates, TRAINED_ON, 0), frames);

  let from = cpuSeconds();
  const judge = await Judge.open({
    train,
    test,
    classes: dataset.classes.length,
    frames,
    fps: FPS,
    count: COUNT,
    steps,
  });
  const opening = cpuSeconds() - from;
  const trainingSet = judge.trainingSet(training.joints);
  const floor = meanAndSpread(judge.floors(COUNT, trainingSet, 0));
  const samples = {
    joints: train.joints.slice(0, (COUNT * train.joints.length) / train.labels.length),
    labels: train.labels.slice(0, COUNT),
  };
  await judge.evaluate(samples, trainingSet);
  from = cpuSeconds();
  await judge.evaluate(samples, trainingSet);
  const evaluation = cpuSeconds() - from;

  console.log(`  ${COUNT} motions a set, evaluator ${judge.hash.slice(0, 12)}, ${steps} steps`);
  const names = Object.keys(floor.mean);
  const print = (head: string, cells: string[]): void =>
    console.log(`  ${head.padEnd(20)}${cells.map((cell) => cell.padStart(WIDTH)).join('')}`);
  const lines: [string, number | string, Record<string, number>][] = [
    ['floor', 'mean', floor.mean],
    ['floor', 'spread', floor.spread],
  ];
  const rows = await damageTable({ judge, train, test, frames, fps: FPS, count: COUNT, training });
  await judge.close();
  for (const { damage, strength, metrics } of rows) lines.push([damage, strength, metrics]);
  // Two halves, so that lines stay readable.
  for (const half of [names.slice(0, 13), names.slice(13)]) {
    print(
      '',
      half.map((name) => HEADS[name] ?? name),
    );
    for (const [name, strength, metrics] of lines)
      print(
        `${name} ${strength}`,
        half.map((metric) => short(metrics[metric])),
      );
    console.log();
  }
  writeCsv(
    'evaluator',
    ['damage', 'strength', 'unit', ...names],
    lines.map(([name, strength, metrics]) => [
      name,
      strength,
      Object.hasOwn(DAMAGES, name) ? DAMAGES[name as keyof typeof DAMAGES].unit : '',
      ...names.map((metric) => metrics[metric]),
    ]),
  );
  const wrong = contradictions(rows);
  for (const message of wrong) console.log(`  ${message}`);
  const asked = Object.values(EXPECTATIONS).reduce(
    (sum, { rises = [], falls = [], stays = [] }) => sum + rises.length + falls.length + stays.length,
    0,
  );
  return [
    {
      name: 'evaluator: damage ordered',
      value: (100 * (asked - wrong.length)) / asked,
      bar: 100,
      unit: '%',
      more: true,
      note: `${asked - wrong.length} of ${asked} expectations`,
    },
    {
      name: `evaluator: ${COUNT} samples`,
      value: evaluation,
      bar: 2,
      goal: 1,
      unit: 'CPU s',
      more: false,
    },
    { name: 'evaluator: fit and train', value: opening, bar: 60, unit: 'CPU s', more: false },
  ];
}

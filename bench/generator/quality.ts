/**
 * Does training work? A small motion diffusion model is trained on real motion within 40 core-minutes, the budget of 20
 * minutes on two cores, and its samples are judged against held-out motion: Frechet distance at most 3 times that of training
 * motion, diversity within 15 % of real motion's, and actions recognised at least 60 % as often as those of held-out motion.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type ConditionConfig,
  fitVocabulary,
  MotionDiffusion,
  type MotionDiffusionConfig,
  type MotionTrainOptions,
} from '../../src/generator/index.js';
import { cosineDecay } from '../../src/graph/index.js';
import { FEATURE_SIZE } from '../../src/motion/features.js';
import { mirrorCaption } from '../../src/motion/mirror-caption.js';
import { type Gate, machine } from '../results.js';
import { COUNT, FRAMES, type Kind, type RealMotions, realMotions } from './motions.js';

/** Processor seconds of training. */
const BUDGET = 2400;
const SEED = 1;
const MODEL = { dModel: 96, layers: 3, heads: 4, ff: 256, diffusionSteps: 50 };
/** The learning rate falls to 0 along a cosine over all steps: most of the quality comes in the last third. */
const TRAINING = {
  batch: 32,
  lr: 2e-3,
  warmup: 200,
  clip: 1,
  emaDecay: 0.995,
  conditionDrop: 0.1,
  mirror: true,
};
const STEPS: Record<Kind, number> = { action: 6000, text: 1500 };
const SAMPLING = { steps: 25, guidance: 1, seed: 1 };
/** Shares of the steps after which samples are judged. */
const CURVE = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1];
const SHOWN = ['fid', 'diversity', 'accuracy', 'precision', 'recall', 'nearest', 'jerk', 'skate'];

export interface CurvePoint {
  step: number;
  /** Processor seconds of training until here. */
  cpuSeconds: number;
  /** Mean training loss since the point before. */
  loss: number;
  metrics: Record<string, number>;
}

const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const show = (metrics: Record<string, number>): string =>
  SHOWN.map((name) => `${name} ${Number(metrics[name].toPrecision(3))}`).join(', ');

function conditionOf(kind: Kind, { classes, captions }: RealMotions): ConditionConfig {
  if (kind === 'action') return { kind, classes };
  return { kind, vocabulary: fitVocabulary([...captions, ...captions.map(mirrorCaption)]), maxTokens: 24 };
}

async function learn(kind: Kind, motions: RealMotions) {
  const condition = conditionOf(kind, motions);
  const config: MotionDiffusionConfig = { frames: FRAMES, features: FEATURE_SIZE, condition, ...MODEL };
  const model = await MotionDiffusion.create(config, {
    seed: SEED,
    threads: 1,
    provider: 'cpu',
    normalisation: motions.normalisation,
  });
  try {
    const steps = STEPS[kind];
    const options: Omit<MotionTrainOptions, 'steps'> = {
      ...TRAINING,
      lr: cosineDecay({ from: TRAINING.lr, steps }),
    };
    const data = motions.data(kind);
    const curve: CurvePoint[] = [];
    let cpuSeconds = 0;
    for (const share of CURVE) {
      const start = processorSeconds();
      const { losses } = await model.train(data, {
        ...options,
        steps: Math.round(share * steps) - model.step,
      });
      cpuSeconds += processorSeconds() - start;
      const samples = await model.sample({ conditions: motions.conditions(kind), ...SAMPLING });
      const metrics = motions.judge(samples);
      curve.push({ step: model.step, cpuSeconds, loss: mean(losses), metrics });
      console.log(
        `  step ${String(model.step).padStart(5)}, ${cpuSeconds.toFixed(0).padStart(4)} CPU s, loss ${mean(losses).toFixed(4)}: ${show(metrics)}`,
      );
    }
    return { curve, parameters: model.parameterCount, steps };
  } finally {
    await model.close();
  }
}

/** The bars, each as a gate. */
export function gatesOf(
  kind: Kind,
  real: Record<string, number>,
  { metrics, cpuSeconds }: CurvePoint,
): Gate[] {
  const gate = (
    name: string,
    value: number,
    bar: number,
    unit: string,
    more: boolean,
    note?: string,
  ): Gate => ({
    name: `generator, ${kind}: ${name}`,
    value,
    bar,
    unit,
    more,
    note,
  });
  return [
    gate(
      'FID over floor',
      metrics.fid / real.fid,
      3,
      'x',
      false,
      `${metrics.fid.toFixed(2)} to ${real.fid.toFixed(2)}`,
    ),
    gate('diversity off real', 100 * Math.abs(metrics.diversity / real.diversity - 1), 15, '%', false),
    gate('accuracy over held-out', 100 * (metrics.accuracy / real.accuracy), 60, '%', true),
    gate('training', cpuSeconds, BUDGET, 'CPU s', false),
  ];
}

/** Trains, prints the learning curve, and writes it to bench/results/<machine>/generator-quality.json. */
export async function generatorBench(kind: Kind): Promise<Gate[]> {
  console.log(`\ngenerator trained on real motion, conditioned on ${kind}`);
  const motions = await realMotions();
  if (!motions) {
    console.log('  skipped: no ../shared/data/mocap here');
    return [];
  }
  const { real, windows, classes } = motions;
  console.log(`  real motion: ${show(real)}`);
  const { curve, parameters, steps } = await learn(kind, motions);
  const gates = gatesOf(kind, real, curve[curve.length - 1]);
  const folder = new URL(`../../../bench/results/${machine}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  const report = {
    condition: kind,
    model: { ...MODEL, frames: FRAMES, parameters },
    training: { ...TRAINING, schedule: 'cosine to 0', steps, seed: SEED, threads: 1 },
    sampling: { ...SAMPLING, count: COUNT },
    windows,
    classes,
    real,
    curve,
    gates: gates.map(({ name, value, bar, unit, more }) => ({
      name,
      value,
      bar,
      unit,
      met: more ? value >= bar : value <= bar,
    })),
  };
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value;
  const name = kind === 'action' ? 'generator-quality' : `generator-quality-${kind}`;
  writeFileSync(fileURLToPath(new URL(`${name}.json`, folder)), `${JSON.stringify(report, rounded, 1)}\n`);
  return gates;
}

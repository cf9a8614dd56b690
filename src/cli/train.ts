import { mkdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import {
  ClipText,
  GeneratorError,
  MODEL_SIZES,
  type ModelSize,
  MotionDiffusion,
  Normalisation,
  PROVIDER_CHOICES,
  type ProviderChoice,
} from '../generator/index.js';
import { FEATURE_SIZE } from '../motion/features.js';
import type { Command } from './command.js';
import { UsageError } from './errors.js';
import type { Flag, ParsedFlags } from './flags.js';
import { LossCurve } from './loss-curve.js';
import { createProgress, type Progress } from './progress.js';
import { conditionsFor, FPS, newCondition, type TrainingSet, trainingSet } from './train-data.js';

/** Frames of the longest motions that a model learns whole, as in HumanML3D; windows of longer ones. */
const MOST_FRAMES = 196;
/** Learning rate and dropout of each size. */
const RATES: Record<ModelSize, { lr: number; dropout: number }> = {
  S: { lr: 1e-3, dropout: 0 },
  M: { lr: 5e-4, dropout: 0.1 },
  full: { lr: 1e-4, dropout: 0.1 },
};
const WARMUP = 100;
/** The average of the weights reaches back a tenth of a training at most: the first steps must not be in it. */
const emaDecay = (steps: number): number => Math.min(0.999, Math.max(0, 1 - 10 / steps));
/** Seconds between checkpoints, about; the first comes after some steps. */
const CHECKPOINT_SECONDS = 60;
const FIRST_STEPS = 16;

const FLAGS: Record<string, Flag> = {
  out: {
    type: 'text',
    value: 'FILE',
    short: 'o',
    help: 'checkpoint, a safetensors file (runs/model.safetensors); the losses go beside it',
  },
  resume: { type: 'switch', help: 'go on with the training of that file, with its settings' },
  data: {
    type: 'text',
    value: 'DIR',
    help: 'folder of npy, BVH, AMASS npz or HumanML3D (default: the built-in motions)',
  },
  size: { type: 'text', choices: Object.keys(MODEL_SIZES), help: 'size of the model (S)' },
  condition: {
    type: 'text',
    choices: ['text', 'action', 'none'],
    help: 'what the model is told of a motion: its caption, its action, nothing (text)',
  },
  clip: {
    type: 'text',
    value: 'DIR',
    help: 'read captions by the CLIP text model in this folder, not by an encoder trained along',
  },
  frames: {
    type: 'integer',
    range: [2, 4096],
    help: `frames of the longest motion, ${FPS} a second (that of the data, at most ${MOST_FRAMES})`,
  },
  steps: { type: 'integer', range: [1, 100_000_000], help: 'training steps in all (10000)' },
  batch: { type: 'integer', range: [1, 4096], help: 'motions in a step (32)' },
  lr: { type: 'number', range: [0, 1e30], help: 'learning rate (S 1e-3, M 5e-4, full 1e-4)' },
  mirror: { type: 'switch', help: 'show every second motion as its mirror image, its caption too' },
  seed: { type: 'integer', range: [0, Number.MAX_SAFE_INTEGER], help: 'seed of all that is random (0)' },
  threads: { type: 'integer', range: [1, 1024], help: 'threads (one per core); with 1, equal bytes' },
  provider: {
    type: 'text',
    choices: PROVIDER_CHOICES,
    help: 'what computes (auto: cuda if it works, else cpu)',
  },
};

/** What decides how a training goes on: recorded at every start and taken over by --resume. */
interface Settings {
  data: string | null;
  clip: string | null;
  mirror: boolean;
  steps: number;
  batch: number;
  lr: number;
}

/** These make the model and its data, which a resumed training has already. */
const FIXED = ['size', 'condition', 'frames', 'seed', 'mirror'];

function settingsOf(flags: ParsedFlags['flags'], before?: Partial<Settings>): Settings {
  const size = (flags.size as ModelSize | undefined) ?? 'S';
  const { data, clip, mirror = false, steps = 10_000, batch = 32, lr = RATES[size].lr } = before ?? {};
  return {
    data: (flags.data as string | undefined) ?? data ?? null,
    clip: (flags.clip as string | undefined) ?? clip ?? null,
    mirror: (flags.mirror as boolean | undefined) ?? mirror,
    steps: (flags.steps as number | undefined) ?? steps,
    batch: (flags.batch as number | undefined) ?? batch,
    lr: (flags.lr as number | undefined) ?? lr,
  };
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** A new model for the data. */
function create(
  flags: ParsedFlags['flags'],
  set: TrainingSet,
  options: {
    threads: number;
    provider?: ProviderChoice;
    mirror: boolean;
    clip?: ClipText;
    signal: AbortSignal;
  },
): Promise<MotionDiffusion> {
  const { threads, provider, mirror, clip, signal } = options;
  const size = (flags.size as ModelSize | undefined) ?? 'S';
  const kind = (flags.condition as 'text' | 'action' | 'none' | undefined) ?? 'text';
  if (clip && kind !== 'text')
    throw new UsageError(`Expected --condition text with --clip but received ${kind}`);
  const longest = set.lengths.reduce((most, length) => Math.max(most, length), 0);
  return MotionDiffusion.create(
    {
      frames: (flags.frames as number | undefined) ?? Math.min(MOST_FRAMES, longest),
      features: FEATURE_SIZE,
      condition: newCondition(kind, set, { mirror, clip }),
      ...MODEL_SIZES[size],
      dropout: RATES[size].dropout,
      diffusionSteps: 50,
    },
    {
      threads,
      provider,
      seed: (flags.seed as number | undefined) ?? 0,
      normalisation: Normalisation.fit(set.features),
      signal,
    },
  );
}

function describe(model: MotionDiffusion): string {
  const { condition, dModel, layers, frames } = model.config;
  const told = {
    none: 'told nothing',
    action: `told one of ${condition.kind === 'action' ? condition.classes.length : 0} actions`,
    text: `told a caption of ${condition.kind === 'text' ? condition.vocabulary.length - 3 : 0} words`,
    embedding: 'told a caption read by CLIP',
  }[condition.kind];
  const millions = (model.parameterCount / 1e6).toFixed(1);
  return `Model: ${millions} M parameters (d ${dModel}, ${layers} layers), ${told}; motions up to ${frames} frames`;
}

/** Takes the steps that are left, with a checkpoint about every minute. Returns whether it came to the end. */
async function takeSteps(
  model: MotionDiffusion,
  data: Parameters<MotionDiffusion['train']>[0],
  settings: Settings,
  {
    out,
    curve,
    progress,
    signal,
  }: { out: string; curve: LossCurve; progress: Progress; signal: AbortSignal },
): Promise<boolean> {
  const { steps, batch, lr, mirror } = settings;
  const started = performance.now();
  const first = model.step;
  const save = async (before: number, losses: ArrayLike<number>) => {
    curve.append(before, losses);
    await model.save(out);
  };
  let last = started;
  for (let next = FIRST_STEPS; model.step < steps; ) {
    const before = model.step;
    const seen: number[] = [];
    const count = Math.min(next, steps - before);
    try {
      const { losses } = await model.train(data, {
        steps: count,
        batch,
        lr,
        warmup: WARMUP,
        emaDecay: emaDecay(steps),
        clip: 1,
        mirror,
        signal,
        onProgress: ({ step, losses: some }) => {
          seen.push(...some);
          const rate = (before + step - first) / ((performance.now() - started) / 1000);
          const mean = seen.slice(-50).reduce((sum, loss, _, { length }) => sum + loss / length, 0);
          const note = `step ${before + step}  loss ${mean.toPrecision(3)}  ${rate.toPrecision(3)} steps/s`;
          progress.update({ stage: 'train', done: before + step, total: steps, note });
        },
      });
      await save(before, losses);
    } catch (error) {
      if (signal.aborted) {
        if (model.step > before) await save(before, seen);
        return false;
      }
      if (error instanceof GeneratorError && error.code === 'ERR_DIVERGED')
        throw new GeneratorError(
          'ERR_DIVERGED',
          `${error.message}. ${before > 0 ? `${out} is the checkpoint of step ${before}` : 'There is no checkpoint yet'}; ` +
            `a lower --lr than ${lr} may help`,
          { cause: error },
        );
      throw error;
    }
    const now = performance.now();
    next = Math.max(FIRST_STEPS, Math.round((CHECKPOINT_SECONDS * 1000 * count) / (now - last)));
    last = now;
  }
  return true;
}

export const train: Command = {
  summary: 'train a motion diffusion model on captioned motions',
  usage: 'selfcorrect train [options]',
  flags: FLAGS,
  notes: `Ctrl-C writes a checkpoint and stops; the same options with --resume go on from there, with the same result as if nothing
had happened. Only motions of the training split are shown; a folder without splits gets a drawn one (8 of 10).`,
  async run({ flags, positionals }, signal) {
    if (positionals.length > 0)
      throw new UsageError(`Expected no arguments but received ${positionals.join(' ')}`);
    const out = resolve((flags.out as string | undefined) ?? 'runs/model.safetensors');
    const curve = new LossCurve(`${out.replace(/\.safetensors$/, '')}.losses.jsonl`);
    const resume = flags.resume === true;
    if (resume !== (await isFile(out)))
      throw new UsageError(
        resume
          ? `Expected a checkpoint for --resume but received ${out}, which does not exist`
          : `Expected a new file for --out, or --resume to go on, but received ${out}, which exists`,
      );
    const fixed = FIXED.find((name) => flags[name] !== undefined);
    if (resume && fixed)
      throw new UsageError(`Expected --${fixed} to stay as it was with --resume but received it`);
    const settings = settingsOf(flags, resume ? (curve.settings() as Partial<Settings>) : undefined);
    const threads = (flags.threads as number | undefined) ?? availableParallelism();
    const provider = flags.provider as ProviderChoice | undefined;

    const progress = createProgress(process.stdout);
    let clip: ClipText | undefined;
    let model: MotionDiffusion | undefined;
    try {
      const set = await trainingSet(settings.data ?? undefined, progress, signal);
      if (settings.clip) clip = await ClipText.open(settings.clip, { threads, provider });
      const { mirror } = settings;
      model = resume
        ? await MotionDiffusion.open(out, { threads, provider, signal })
        : await create(flags, set, { threads, provider, mirror, clip, signal });
      const { condition } = model.config;
      const data = { ...set, ...(await conditionsFor(condition, set, { mirror, clip, progress, signal })) };
      await clip?.close();
      const { name, reason } = model.provider;
      progress.log(`${describe(model)}; on ${name}, ${threads} threads (${reason})`, {
        event: 'model',
        parameters: model.parameterCount,
        config: { ...model.config, condition: model.config.condition.kind },
        provider: name,
        reason,
        settings,
      });
      await mkdir(dirname(out), { recursive: true });
      if (resume) progress.log(`Going on after step ${model.step}`, { event: 'resume', step: model.step });
      curve.start(model.step, { ...settings });
      const started = performance.now();
      const first = model.step;
      const finished = await takeSteps(model, data, settings, { out, curve, progress, signal });
      progress.end();
      const { step } = model;
      const seconds = (performance.now() - started) / 1000;
      const state = { out, curve: curve.path, step, seconds, stepsPerSecond: (step - first) / seconds };
      if (!finished) {
        const safe = step > 0 ? `the checkpoint is ${out}` : 'there is no checkpoint yet';
        progress.log(`Stopped after step ${step}; ${safe}. --resume goes on`, { event: 'stopped', ...state });
        return 130;
      }
      progress.log(
        `Trained for ${step} steps: ${out}\nLosses: ${curve.path}\nDraw motions with: selfcorrect sample --model ${out}`,
        { event: 'done', ...state },
      );
      return 0;
    } catch (error) {
      progress.end();
      if (!signal.aborted) throw error;
      progress.log('Stopped before the first step', { event: 'stopped' });
      return 130;
    } finally {
      await clip?.close();
      await model?.close();
    }
  },
};

import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { correctBatch } from '../correct/correct.js';
import {
  ClipText,
  type Conditions,
  GeneratorError,
  MotionDiffusion,
  PROVIDER_CHOICES,
  type ProviderChoice,
  Tokenizer,
} from '../generator/index.js';
import { decodeFeatures, FEATURE_SIZE } from '../motion/features.js';
import { measure } from '../motion/measure.js';
import { renderViewer } from '../report/index.js';
import type { Command } from './command.js';
import { CORRECTION_HEADER, correctionPage, statuses, tableRow, VIEWED } from './correction-table.js';
import { UsageError } from './errors.js';
import type { Flag, ParsedFlags } from './flags.js';
import { createProgress, type Progress } from './progress.js';
import { type DrawnMotion, writeDrawn } from './sample-files.js';
import { format, renderTable } from './table.js';
import { FPS } from './train-data.js';

const FLAGS: Record<string, Flag> = {
  out: { type: 'text', value: 'DIR', short: 'o', help: 'where the motions go (required)' },
  model: {
    type: 'text',
    value: 'FILE',
    help: 'checkpoint that `selfcorrect train` wrote (runs/model.safetensors)',
  },
  text: { type: 'text', help: 'what the motions shall be, for a model trained on captions' },
  prompts: { type: 'text', value: 'FILE', help: 'several such texts, one a line' },
  action: { type: 'text', value: 'NAME', help: 'the same for a model trained on actions' },
  clip: { type: 'text', value: 'DIR', help: 'the CLIP text model that the model was trained with' },
  seconds: { type: 'number', range: [0.1, 1000], help: "length (6, or the model's longest)" },
  count: { type: 'integer', range: [1, 100_000], help: 'motions for each text (1)' },
  seed: { type: 'integer', range: [0, Number.MAX_SAFE_INTEGER], help: 'seed of the noise (0)' },
  steps: { type: 'integer', range: [1, 100_000], help: 'denoising steps (25)' },
  guidance: { type: 'number', range: [0, 100], help: 'weight of what was asked for; 1: as trained (2.5)' },
  correct: { type: 'switch', help: 'also correct the motions by physics, into DIR/corrected' },
  threads: { type: 'integer', range: [1, 1024], help: 'threads (one per core)' },
  provider: {
    type: 'text',
    choices: PROVIDER_CHOICES,
    help: 'what computes (auto: cuda if it works, else cpu)',
  },
};
const SECONDS = 6;
const GUIDANCE = 2.5;

/** What is asked for: each entry is drawn `count` times. */
async function wishes(
  flags: ParsedFlags['flags'],
  { condition }: MotionDiffusion['config'],
): Promise<string[]> {
  const { kind } = condition;
  const words = kind === 'text' || kind === 'embedding';
  for (const [name, fits] of [
    ['text', words],
    ['prompts', words],
    ['clip', kind === 'embedding'],
    ['action', kind === 'action'],
  ] as const)
    if (flags[name] !== undefined && !fits)
      throw new UsageError(`Expected no --${name} for a model with condition ${kind} but received one`);
  if (kind === 'none') return [''];
  if (kind === 'action') {
    const action = flags.action as string | undefined;
    if (action === undefined || !condition.classes.includes(action))
      throw new UsageError(
        `Expected one of ${condition.classes.join(', ')} for --action but received ${action ?? 'none'}`,
      );
    return [action];
  }
  if (kind === 'embedding' && flags.clip === undefined)
    throw new UsageError('Expected --clip DIR for a model that was trained with it but received none');
  const text = flags.text as string | undefined;
  const file = flags.prompts as string | undefined;
  if ((text === undefined) === (file === undefined))
    throw new UsageError('Expected either --text or --prompts for a model of captions');
  if (file === undefined) return [text!];
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').map((line) => line.trim());
  const texts = lines.filter((line) => line !== '');
  if (texts.length === 0)
    throw new UsageError(`Expected a file with texts for --prompts but received ${file}`);
  return texts;
}

/** Says which words are read as others or do not fit; refuses those that the model does not know. */
function checkWords(
  texts: readonly string[],
  { condition }: MotionDiffusion['config'],
  progress: Progress,
): void {
  if (condition.kind !== 'text') return;
  const tokenizer = new Tokenizer(condition.vocabulary, condition.maxTokens);
  for (const text of texts) {
    let read: ReturnType<Tokenizer['encode']>;
    try {
      read = tokenizer.encode(text);
    } catch (error) {
      throw error instanceof GeneratorError ? new UsageError(error.message) : error;
    }
    for (const [word, by] of read.replaced)
      progress.log(`'${word}' is read as '${by}'`, { event: 'replaced', text, word, by });
    if (read.dropped.length > 0)
      progress.log(`'${text}' is too long for the model: without '${read.dropped.join(' ')}'`, {
        event: 'dropped',
        text,
        words: read.dropped,
      });
  }
}

async function conditionsOf(
  texts: readonly string[],
  { condition }: MotionDiffusion['config'],
  clip: ClipText | undefined,
  signal: AbortSignal,
): Promise<Conditions | undefined> {
  if (condition.kind === 'none') return undefined;
  if (condition.kind !== 'embedding' || !clip) return texts;
  if (clip.size !== condition.size)
    throw new UsageError(
      `Expected a CLIP model with vectors of ${condition.size} numbers for --clip but received ${clip.size}`,
    );
  return clip.encode(texts, { signal });
}

/** A table of how plausible the motions are as they were drawn. */
function measured(motions: readonly DrawnMotion[]): string {
  const each = motions.map(({ joints }) => measure(joints, FPS));
  const mean = (key: keyof (typeof each)[number]) =>
    format(each.reduce((sum, one) => sum + one[key], 0) / each.length);
  const names = ['penetrate', 'float', 'skate', 'jerk'] as const;
  return renderTable(
    ['mean', ...CORRECTION_HEADER.slice(2, 6)],
    [[`${motions.length} motions`, ...names.map(mean)]],
  );
}

/** Names in the page: one list with captions, or, with several motions of a text, a list for each text. */
function titles({ id, prompt }: DrawnMotion, all: readonly DrawnMotion[]) {
  const single = prompt === '' || all.every((one, i) => i === 0 || one.prompt !== all[i - 1].prompt);
  return single ? { group: 'motion', label: id, caption: prompt } : { group: prompt, label: id };
}

/** Corrects the motions, writes them, and gives the table and the page of both. */
async function correctDrawn(
  motions: readonly DrawnMotion[],
  out: string,
  about: { fps: number; seed: number },
  { threads, progress, signal }: { threads: number; progress: Progress; signal: AbortSignal },
): Promise<{ table: string; html: string; statuses: string }> {
  const result = await correctBatch(
    motions.map(({ joints }) => ({ joints })),
    {
      fps: FPS,
      threads,
      signal,
      onProgress: ({ done, total }) => progress.update({ stage: 'correct', done, total }),
    },
  );
  const { reports } = result;
  await writeDrawn(
    join(out, 'corrected'),
    motions.map((motion, i) => {
      const { status, residualForce, before, after } = reports[i];
      const more = { status, residualForce: residualForce.mean, before, after };
      return { ...motion, joints: result.motions[i].joints, more };
    }),
    about,
  );
  const views = motions.map((motion, i) => ({
    ...titles(motion, motions),
    fps: FPS,
    joints: result.motions[i].joints,
    before: motion.joints,
    report: reports[i],
  }));
  return {
    table: renderTable(CORRECTION_HEADER, [tableRow(`${motions.length} motions`, reports)]),
    html: correctionPage('Sampled motions, before and after correction', views).html,
    statuses: statuses(reports),
  };
}

const page = (motions: readonly DrawnMotion[]): string =>
  renderViewer({
    title: 'Sampled motions',
    motions: motions.slice(0, VIEWED).map((motion) => ({
      ...titles(motion, motions),
      fps: FPS,
      joints: motion.joints,
    })),
  });

export const sample: Command = {
  summary: 'draw motions from a trained model: npy, BVH and a page to look at them',
  usage: 'selfcorrect sample --text "a person walks forward" --out DIR [options]',
  flags: FLAGS,
  notes: `DIR gets joints/ID.npy [frames,22,3], bvh/ID.bvh, manifest.json (prompt, seed, length) and view.html; with --correct the
same under corrected/. DIR is a data set that --data reads.`,
  async run({ flags, positionals }, signal) {
    if (positionals.length > 0)
      throw new UsageError(`Expected no arguments but received ${positionals.join(' ')}`);
    if (flags.out === undefined) throw new UsageError('Expected a folder for --out but received none');
    const out = resolve(flags.out as string);
    const path = resolve((flags.model as string | undefined) ?? 'runs/model.safetensors');
    const threads = (flags.threads as number | undefined) ?? availableParallelism();
    const provider = flags.provider as ProviderChoice | undefined;
    const seed = (flags.seed as number | undefined) ?? 0;
    const count = (flags.count as number | undefined) ?? 1;
    const progress = createProgress(process.stdout);
    let model: MotionDiffusion | undefined;
    let clip: ClipText | undefined;
    try {
      model = await MotionDiffusion.open(path, { threads, provider, signal }).catch((error: Error) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        throw new UsageError(
          `Expected a checkpoint for --model but received ${path}, which does not exist; \`selfcorrect train\` makes one`,
        );
      });
      const { config } = model;
      if (config.features !== FEATURE_SIZE)
        throw new UsageError(`Expected a model of ${FEATURE_SIZE} features but received ${config.features}`);
      const longest = config.frames / FPS;
      const seconds = (flags.seconds as number | undefined) ?? Math.min(SECONDS, longest);
      const frames = Math.round(seconds * FPS);
      if (frames < 1 || frames > config.frames)
        throw new UsageError(
          `Expected at most ${longest} seconds, the model's longest motion, for --seconds but received ${seconds}`,
        );
      const asked = await wishes(flags, config);
      checkWords(asked, config, progress);
      if (flags.clip) clip = await ClipText.open(flags.clip as string, { threads, provider });
      const texts = asked.flatMap((text) => new Array<string>(count).fill(text));
      const started = performance.now();
      const features = await model.sample({
        conditions: await conditionsOf(texts, config, clip, signal),
        lengths: new Int32Array(texts.length).fill(frames),
        seed,
        steps: (flags.steps as number | undefined) ?? Math.min(25, config.diffusionSteps),
        guidance: (flags.guidance as number | undefined) ?? GUIDANCE,
        signal,
        onProgress: ({ step, steps }) => progress.update({ stage: 'sample', done: step, total: steps }),
      });
      const took = (performance.now() - started) / 1000;
      const width = String(texts.length - 1).length;
      const size = frames * FEATURE_SIZE;
      const isAction = config.condition.kind === 'action';
      const motions = texts.map(
        (prompt, index): DrawnMotion => ({
          id: String(index).padStart(width, '0'),
          joints: decodeFeatures(features.subarray(index * size, (index + 1) * size)),
          prompt,
          ...(isAction ? { action: prompt } : {}),
          index,
        }),
      );
      const about = { fps: FPS, model: path, step: model.step, seed };
      await writeDrawn(out, motions, about);
      const corrected = flags.correct
        ? await correctDrawn(motions, out, about, { threads, progress, signal })
        : undefined;
      const view = join(out, 'view.html');
      await writeFile(view, corrected?.html ?? page(motions));
      progress.end();
      const more = motions.length > VIEWED ? ` (the first ${VIEWED})` : '';
      progress.log(
        `${corrected?.table ?? measured(motions)}\n\n${motions.length} motions of ${format(seconds)} s drawn in ${format(took)} s, by ${model.provider.name}: ${out}\n` +
          `Look at them: ${view}${more}`,
        {
          event: 'done',
          out,
          motions: motions.length,
          frames,
          seconds: took,
          view,
          statuses: corrected?.statuses,
        },
      );
      return 0;
    } catch (error) {
      progress.end();
      if (!signal.aborted) throw error;
      progress.log('Stopped; nothing is complete', { event: 'stopped' });
      return 130;
    } finally {
      await clip?.close();
      await model?.close();
    }
  },
};

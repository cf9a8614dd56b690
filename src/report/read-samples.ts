import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readNumbers } from '../io/npy.js';
import { generationDirectory, type Row } from '../loop/layout.js';
import { JOINT_COUNT } from '../motion/skeleton.js';
import { orderArms } from './catalogue.js';
import type { PromptMotion, PromptMotions, ViewerMotion } from './types.js';

/** Ends the label of a sample that a generation was trained on, shown before and after its correction. */
export const TRAINED_ON = ', trained on';

/** Role of the samples that every generation of every arm shows of the same items. */
const PROMPT = 'prompt';

/** One entry of `samples.json` (`src/loop/layout.ts`). */
interface Entry {
  role: string;
  stage: 'evaluation' | 'before' | 'after' | 'real';
  item: number;
  label?: string;
  caption?: string;
  measures?: Record<string, number>;
  status?: string;
  residualForce?: number;
}

interface Sample extends Entry {
  joints: Float32Array;
  fps: number;
}

async function readDirectory(directory: string): Promise<Sample[]> {
  const listPath = join(directory, 'samples.json');
  if (!existsSync(listPath)) return [];
  const { fps, motions } = JSON.parse(await readFile(listPath, 'utf8')) as { fps: number; motions: Entry[] };
  const { shape, data } = readNumbers(await readFile(join(directory, 'samples.npy')));
  const [count, frames, joints, axes] = shape;
  if (shape.length !== 4 || joints !== JOINT_COUNT || axes !== 3 || count !== motions.length) {
    throw new Error(
      `Expected an array [${motions.length}, frames, ${JOINT_COUNT}, 3] for ${join(directory, 'samples.npy')} but received [${shape.join(', ')}]`,
    );
  }
  const size = frames * JOINT_COUNT * 3;
  return motions.map((entry, i) => ({
    ...entry,
    fps,
    joints: Float32Array.from(data.subarray(i * size, (i + 1) * size) as Float32Array),
  }));
}

const physErr = (sample: Sample): string =>
  sample.measures?.physErr === undefined ? '' : sample.measures.physErr.toFixed(1);

function note(sample: Sample, before?: Sample): string {
  const error = [before && physErr(before), physErr(sample)].filter(Boolean).join(' → ');
  return [
    error && `physical error ${error} mm`,
    sample.status,
    sample.residualForce !== undefined && `outside force ${sample.residualForce.toFixed(2)} body weights`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Entries of one directory as motions of a group: a corrected sample is shown with what it was before. */
function toMotions(group: string, samples: readonly Sample[]): ViewerMotion[] {
  return samples.flatMap((sample) => {
    if (sample.stage === 'before' || sample.role === PROMPT) return [];
    const before =
      sample.stage === 'after'
        ? samples.find((other) => other.stage === 'before' && other.item === sample.item)
        : undefined;
    return {
      group,
      label: sample.stage === 'after' ? sample.role + TRAINED_ON : sample.role,
      caption: sample.caption ?? sample.label,
      fps: sample.fps,
      joints: sample.joints,
      before: before?.joints,
      note: note(sample, before),
    };
  });
}

/**
 * The samples that the motion task left in a run's directory, for the viewer: of every arm the last generation there is (of the
 * first seed), and the real ones of generation 0. A task without samples gives none.
 * @throws Error when samples.json and samples.npy do not fit each other
 */
export async function readSamples(dir: string, rows: readonly Row[]): Promise<ViewerMotion[]> {
  const generations = rows.filter((row) => row.kind === 'generation');
  if (generations.length === 0) return [];
  const seed = Math.min(...generations.map((row) => row.seed));
  const own = generations.filter((row) => row.seed === seed);
  const motions: ViewerMotion[] = [];
  for (const { arm } of orderArms(own.flatMap((row) => row.arm ?? []))) {
    const last = Math.max(...own.filter((row) => row.arm === arm).map((row) => row.generation));
    motions.push(
      ...toMotions(arm, await readDirectory(join(dir, generationDirectory(seed, arm, last), 'samples'))),
    );
  }
  const first = await readDirectory(join(dir, generationDirectory(seed, null, 0), 'samples'));
  motions.push(
    ...toMotions(
      'generation 0',
      first.filter((sample) => sample.stage !== 'real'),
    ),
  );
  motions.push(
    ...toMotions(
      'real data',
      first.filter((sample) => sample.stage === 'real'),
    ),
  );
  return motions;
}

/** Most motions of prompts a page carries: about 3 MB of 3 s each. */
const MOST_PROMPTS = 300;
/** Generations that are shown: early ones, where things change, and sparse late ones; and the last. */
const MILESTONES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** The milestones among the generations there are, each the nearest at or above it, and the last. */
export function milestones(generations: readonly number[]): number[] {
  const sorted = [...new Set(generations)].sort((a, b) => a - b);
  const chosen = MILESTONES.flatMap((wanted) => sorted.find((generation) => generation >= wanted) ?? []);
  return [...new Set([...chosen, ...sorted.slice(-1)])].sort((a, b) => a - b);
}

/**
 * The same prompts across generations and arms, of the first seed: generation 0, a few milestones and the last of every arm, and
 * the real motions of these prompts. Of many arms fewer prompts are taken, then fewer generations, so that a page stays small.
 * A task without samples, or a run of an older version, gives undefined.
 * @throws Error when samples.json and samples.npy do not fit each other
 */
export async function readPrompts(dir: string, rows: readonly Row[]): Promise<PromptMotions | undefined> {
  const generations = rows.filter((row) => row.kind === 'generation');
  if (generations.length === 0) return undefined;
  const seed = Math.min(...generations.map((row) => row.seed));
  const own = generations.filter((row) => row.seed === seed);
  const at = (arm: string | null, generation: number): string =>
    join(dir, generationDirectory(seed, arm, generation), 'samples');
  const first = (await readDirectory(at(null, 0))).filter(({ role }) => role === PROMPT);
  const asked = first.filter(({ stage }) => stage === 'evaluation');
  if (asked.length === 0) return undefined;
  const arms = orderArms(own.flatMap((row) => row.arm ?? []));
  // With checkpoints every few generations only those have samples.
  const shown = new Map(
    arms.map(({ arm }) => {
      const there = own
        .filter((row) => row.arm === arm && existsSync(join(at(arm, row.generation), 'samples.json')))
        .map((row) => row.generation);
      return [arm, milestones(there)] as const;
    }),
  );
  const total = (): number => [...shown.values()].reduce((sum, list) => sum + list.length, 2);
  let count = asked.length;
  while (count > 1 && count * total() > MOST_PROMPTS) count--;
  while (total() > MOST_PROMPTS && [...shown.values()].some((list) => list.length > 1))
    for (const list of shown.values()) if (list.length > 1) list.splice((list.length - 1) >> 1, 1);
  const items = asked.slice(0, count).map(({ item }) => item);
  const toPrompts = (
    samples: readonly Sample[],
    arm: string | null,
    generation: number | null,
  ): PromptMotion[] =>
    items.flatMap((item, prompt): PromptMotion[] => {
      const stage = generation === null ? 'real' : 'evaluation';
      const found = samples.find((one) => one.role === PROMPT && one.stage === stage && one.item === item);
      return found
        ? [{ prompt, arm, generation, fps: found.fps, joints: found.joints, note: note(found) }]
        : [];
    });
  const motions = [...toPrompts(first, null, null), ...toPrompts(first, null, 0)];
  for (const [arm, list] of shown)
    for (const generation of list)
      motions.push(...toPrompts(await readDirectory(at(arm, generation)), arm, generation));
  const real = first.filter(({ stage }) => stage === 'real');
  const prompts = items.map((item, i) => {
    const caption = real.find((one) => one.item === item)?.caption ?? asked[i].caption;
    return caption ?? asked[i].label ?? `item ${item}`;
  });
  return { seed, prompts, motions };
}

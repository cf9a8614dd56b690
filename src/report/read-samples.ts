import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readNumbers } from '../io/npy.js';
import { generationDirectory, type Row } from '../loop/layout.js';
import { JOINT_COUNT } from '../motion/skeleton.js';
import { orderArms } from './catalogue.js';
import type { ViewerMotion } from './types.js';

/** Ends the label of a sample that a generation was trained on, shown before and after its correction. */
export const TRAINED_ON = ', trained on';

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
    if (sample.stage === 'before') return [];
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

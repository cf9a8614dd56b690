/** The motions that the quality is measured on, from a folder with `mocap` and `generated`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsv } from '../../src/io/csv.js';
import { readNumbers } from '../../src/io/npy.js';
import { CORRUPTIONS, corrupt } from './corruptions.js';

/** Frames per second of all of them. */
export const FPS = 20;

export interface Clip {
  id: string;
  /** [frames, 22, 3] m, y up. */
  joints: Float32Array;
  action: string;
  split: string;
}

export interface Sample {
  /** What was done to it: `real`, `defect`, `generated` or the name of a corruption. */
  kind: string;
  /** Action of the true clip; the name of the generator for generated motion. */
  action: string;
  split: string;
  joints: Float32Array;
  /** The undamaged clip, where there is one. */
  truth?: Float32Array;
}

/** Whether `root` has the data; the caller says so when it has not. */
export const haveData = (root: string): boolean =>
  existsSync(join(root, 'mocap/manifest.csv')) && existsSync(join(root, 'generated/manifest.csv'));

function joints(path: string): Float32Array {
  const { data } = readNumbers(readFileSync(path));
  return data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>);
}

const table = (root: string, folder: string) =>
  parseCsv(readFileSync(join(root, folder, 'manifest.csv'), 'utf8'));

export const readClips = (root: string): Clip[] =>
  table(root, 'mocap').map(({ id, action, split }) => ({
    id,
    action,
    split,
    joints: joints(join(root, 'mocap/joints', `${id}.npy`)),
  }));

/** All motions of a folder of npy files, each of one motion [frames, 22, 3] or of several [motions, frames, 22, 3]. */
export const readFolder = (folder: string): Float32Array[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.npy'))
    .sort()
    .flatMap((name) => {
      const { shape } = readNumbers(readFileSync(join(folder, name)));
      const all = joints(join(folder, name));
      const count = shape.length === 4 ? shape[0] : 1;
      const size = all.length / count;
      return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
    });

/** Every clip as it is and under every corruption, the clips with a known defect, and the samples of generators. */
export function readSamples(root: string, clips: readonly Clip[]): Sample[] {
  const real = clips.map(({ joints, action, split }) => ({
    kind: 'real',
    action,
    split,
    joints,
    truth: joints,
  }));
  const damaged = CORRUPTIONS.flatMap((kind) =>
    clips.map(({ joints, action, split }, seed) => ({
      kind,
      action,
      split,
      joints: corrupt(joints, kind, FPS, seed),
      truth: joints,
    })),
  );
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const generated = table(root, 'generated').map(({ file, truth }): Sample => {
    const clip = byId.get(truth);
    const motion = joints(join(root, 'generated', file));
    if (!clip) return { kind: 'generated', action: file.split('/')[0], split: '', joints: motion };
    return { kind: 'defect', action: clip.action, split: clip.split, joints: motion, truth: clip.joints };
  });
  return [...real, ...damaged, ...generated];
}

import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { normalise } from '../motion/heading.js';
import { FRAME_SIZE, frameCount, type Motion } from '../motion/motion.js';
import { resample } from '../motion/resample.js';
import { asDataset, type DatasetOptions, drawSplits, type MotionDataset, type Split } from './dataset.js';
import { type FolderEntry, findEntries } from './folder-layout.js';
import { parseMotions } from './motion-file.js';

export interface SkippedFile {
  /** Path below the folder. */
  file: string;
  reason: string;
}

export interface LoadOptions {
  /** Frames per second of the result, default 20. npy files are taken to have it unless a manifest says otherwise. */
  fps?: number;
  /** Only motions of this split. */
  split?: Split;
  /** Seed of the split that is drawn when the folder has none. Default 0. */
  seed?: number;
  /** Shorter motions are skipped. Default 2 frames. */
  minimumFrames?: number;
  /** Put every motion in its standard place: lowest joint on the floor, origin, facing +z. Default true. */
  place?: boolean;
  /** Called for each file that cannot be used. */
  onSkip?: (skipped: SkippedFile) => void;
  signal?: AbortSignal;
}

export interface LoadedFolder {
  /** In the order of the manifest or of the file names. */
  motions: Motion[];
  /** Split of each motion. */
  splits: Split[];
  /** Recording each motion was cut from. */
  sources: string[];
  skipped: SkippedFile[];
  /** What was loaded and what was not, for people. */
  summary: string;
}

/** Coordinates beyond this are not those of a person [m]. */
const FARTHEST = 1000;
const READ_AT_ONCE = 16;
const NAMED_IN_SUMMARY = 5;

/** Why joints are not a motion, or undefined. */
function faultOf(joints: Float32Array, minimumFrames: number): string | undefined {
  const frames = joints.length / FRAME_SIZE;
  if (frames < minimumFrames) return `Expected ${minimumFrames} frames or more but received ${frames}`;
  const bad = joints.findIndex((value) => !(Math.abs(value) <= FARTHEST));
  if (bad < 0) return undefined;
  return `Expected coordinates within ${FARTHEST} m but received ${joints[bad]} in frame ${Math.floor(bad / FRAME_SIZE)}`;
}

function prepare(entry: FolderEntry, bytes: Uint8Array, options: LoadOptions): Motion[] {
  const fps = options.fps ?? 20;
  const isNpy = entry.file.toLowerCase().endsWith('.npy');
  const file = parseMotions(entry.file, bytes, { fps: (isNpy ? entry.fps : undefined) ?? fps });
  return file.motions.map((motion) => {
    const fault = faultOf(motion.joints, options.minimumFrames ?? 2);
    if (fault) throw new RangeError(fault);
    const joints = resample(motion.joints, FRAME_SIZE, motion.fps, fps);
    const { captions } = entry;
    const caption = captions[0] ?? motion.caption;
    return {
      joints: options.place === false ? joints : normalise(joints),
      fps,
      name: file.motions.length > 1 ? motion.name : (entry.name ?? motion.name),
      ...(caption ? { caption } : {}),
      ...(captions.length > 1 ? { captions } : {}),
      ...(entry.action ? { action: entry.action } : {}),
    };
  });
}

async function load(dir: string, entry: FolderEntry, options: LoadOptions): Promise<Motion[] | SkippedFile> {
  try {
    const path = normalize(entry.file);
    if (isAbsolute(path) || path.startsWith('..'))
      throw new RangeError(`Expected a path below the folder but received ${entry.file}`);
    return prepare(entry, await readFile(join(dir, path), { signal: options.signal }), options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { file: entry.file, reason: error instanceof Error ? error.message : String(error) };
  }
}

function summarise(dir: string, motions: Motion[], skipped: SkippedFile[]): string {
  const frames = motions.reduce((sum, motion) => sum + frameCount(motion), 0);
  const seconds = motions.reduce((sum, motion) => sum + frameCount(motion) / motion.fps, 0);
  const head = `${motions.length} motions, ${frames} frames (${(seconds / 60).toFixed(1)} min) from ${dir}`;
  if (skipped.length === 0) return head;
  const named = skipped.slice(0, NAMED_IN_SUMMARY).map(({ file, reason }) => `\n  ${file}: ${reason}`);
  const more = skipped.length - named.length;
  return `${head}; ${skipped.length} skipped:${named.join('')}${more > 0 ? `\n  and ${more} more` : ''}`;
}

/**
 * Loads a folder of motion: one with a `manifest.csv` or `manifest.json`, one in HumanML3D's layout, or any folder of npy,
 * BVH and AMASS npz files (with sub-folders). A file that cannot be used is skipped and named. Without splits in the folder,
 * recordings are divided by seed. The order depends on names alone.
 * @throws RangeError when no motion is left; errors of the file system for the folder itself.
 */
export async function loadFolder(dir: string, options: LoadOptions = {}): Promise<LoadedFolder> {
  const entries = await findEntries(dir);
  const loaded: (Motion[] | SkippedFile)[] = new Array(entries.length);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < entries.length; i = next++) loaded[i] = await load(dir, entries[i], options);
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, work));

  const skipped: SkippedFile[] = [];
  const rows: { motion: Motion; split?: Split; source: string }[] = [];
  loaded.forEach((result, i) => {
    if (!Array.isArray(result)) {
      skipped.push(result);
      options.onSkip?.(result);
      return;
    }
    const { split, source, file } = entries[i];
    for (const motion of result) rows.push({ motion, split, source: source ?? file });
  });
  const drawn = drawSplits(
    rows.map(({ source }) => source),
    options.seed,
  );
  const hasSplits = rows.some(({ split }) => split);
  const divided = rows
    .map((row, i) => ({ ...row, split: row.split ?? (hasSplits ? 'train' : drawn[i]) }))
    .filter(({ split }) => !options.split || split === options.split);
  const motions = divided.map(({ motion }) => motion);
  const summary = summarise(dir, motions, skipped);
  if (motions.length === 0)
    throw new RangeError(
      `Expected motion${options.split ? ` of split ${options.split}` : ''} but received ${summary}`,
    );
  return {
    motions,
    splits: divided.map(({ split }) => split),
    sources: divided.map(({ source }) => source),
    skipped,
    summary,
  };
}

/** A loaded folder as a data set with its splits and classes. */
export const folderDataset = (folder: LoadedFolder, options: DatasetOptions = {}): MotionDataset =>
  asDataset(folder.motions, { splits: folder.splits, sources: folder.sources, ...options });

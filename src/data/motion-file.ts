import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { readAmass, replaceAmass } from '../io/amass.js';
import { type NumberArray, toFloat32 } from '../io/array.js';
import { readBvh } from '../io/bvh.js';
import { FormatError } from '../io/format-error.js';
import { readNpyHeader, readNumbers, writeNpy } from '../io/npy.js';
import { decodeFeatures, encodeAllFrames, FEATURE_SIZE } from '../motion/features.js';
import { place, standardPlacement } from '../motion/heading.js';
import { FRAME_SIZE, frameCount, type Motion } from '../motion/motion.js';
import { resample } from '../motion/resample.js';
import { JOINT_COUNT } from '../motion/skeleton.js';
import { amassJoints, amassPoses } from './amass.js';
import { standingFloor } from './bvh/ground.js';
import { bvhMotion } from './bvh/motion.js';
import { addDisplacement } from './displacement.js';
import { readResults, replaceResults } from './results.js';

export type MotionFormat = 'joints' | 'features' | 'results' | 'bvh' | 'amass';

/** The motions of one file, which remembers how to be written back. */
export interface MotionFile {
  path: string;
  format: MotionFormat;
  motions: Motion[];
  /** The file's bytes with other joints in place of those of `motions`: as many motions, each of as many frames. */
  encode(joints: readonly Float32Array[]): Uint8Array;
}

export interface ReadOptions {
  /**
   * Frames per second of the motions, default 20. Files that say their own rate (BVH, AMASS) are resampled to it, and back
   * when written; files that do not (npy) are taken to have it.
   */
  fps?: number;
  /** Most bytes a file may have. Default 1 GiB. */
  maximumBytes?: number;
}

/** Endings of the files that may hold motion. */
export const MOTION_ENDINGS = ['.npy', '.npz', '.bvh'];

const fail = (expected: string, what: string, received: unknown): never => {
  throw new FormatError('ERR_MOTION', expected, what, received);
};

/** Splits `count` motions of equal length out of an array. */
const split = (data: Float32Array, count: number): Float32Array[] =>
  Array.from({ length: count }, (_, n) =>
    data.slice((n * data.length) / count, ((n + 1) * data.length) / count),
  );

/** The elements in the source's type where that is float64, else float32. */
function joined(parts: readonly Float32Array[], like: NumberArray): Float32Array | Float64Array {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const out = like instanceof Float64Array ? new Float64Array(total) : new Float32Array(total);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

type Content = Pick<MotionFile, 'format' | 'motions' | 'encode'>;

/**
 * Features after a correction: moved so that the first pelvis lies above the origin and faces +z, as the format demands; the
 * floor stays at 0.
 */
function encodeCorrected(joints: Float32Array): Float32Array {
  if (frameCount({ joints }) < 2) fail('two frames or more', 'features', frameCount({ joints }));
  return encodeAllFrames(place(joints, standardPlacement(joints, 0)));
}

function readNpyMotions(bytes: Uint8Array, fps: number): Content {
  if (readNpyHeader(bytes).descr === '|O') {
    const file = readResults(bytes, fps);
    return { format: 'results', motions: file.motions, encode: (joints) => replaceResults(file, joints) };
  }
  const { shape, data } = readNumbers(bytes);
  const values = toFloat32(data);
  const isJoints =
    shape.at(-1) === 3 && shape.at(-2) === JOINT_COUNT && (shape.length === 3 || shape.length === 4);
  const isFeatures = shape.at(-1) === FEATURE_SIZE && (shape.length === 2 || shape.length === 3);
  if (!isJoints && !isFeatures)
    return fail(
      '[frames, 22, 3], [motions, frames, 22, 3], [frames, 263] or [motions, frames, 263]',
      'the shape of a motion',
      `[${shape}]`,
    );
  if (values.length === 0) return fail('one frame or more', 'a motion', `shape [${shape}]`);
  const count = shape.length === (isJoints ? 4 : 3) ? shape[0] : 1;
  const parts = split(values, count);
  if (isJoints)
    return {
      format: 'joints',
      motions: parts.map((joints) => ({ joints, fps })),
      encode: (joints) => writeNpy(shape, joined(joints, data)),
    };
  return {
    format: 'features',
    motions: parts.map((features) => ({ joints: decodeFeatures(features), fps })),
    encode: (joints) => writeNpy(shape, joined(joints.map(encodeCorrected), data)),
  };
}

function readAmassMotion(bytes: Uint8Array, fps: number): Content {
  const file = readAmass(bytes);
  if (file.trans.length === 0) return fail('one frame or more', 'an AMASS motion', 0);
  const source = amassJoints(file);
  const given = resample(source, FRAME_SIZE, file.fps, fps);
  const floor = standingFloor(given, fps);
  const shifted = (values: ArrayLike<number>, by: number) =>
    Float64Array.from(values, (value, i) => (i % 3 === 1 ? value + by : value));
  return {
    format: 'amass',
    motions: [{ joints: Float32Array.from(shifted(given, -floor)), fps }],
    encode: ([corrected]) => {
      const target = addDisplacement(source, given, shifted(corrected, floor), fps, file.fps);
      const { poses, trans } = amassPoses(target, file.poses);
      return replaceAmass(file, poses, trans);
    },
  };
}

function readBvhMotion(bytes: Uint8Array, fps: number): Content {
  const motion = bvhMotion(readBvh(bytes), fps);
  return {
    format: 'bvh',
    motions: [{ joints: motion.joints, fps }],
    encode: ([corrected]) => new TextEncoder().encode(motion.write(corrected)),
  };
}

/**
 * Reads the bytes of a motion file; `name` tells the format by its ending.
 * @throws FormatError for bytes that are not the format or not motion.
 */
export function parseMotions(name: string, bytes: Uint8Array, options: ReadOptions = {}): MotionFile {
  const fps = options.fps ?? 20;
  const ending = extname(name).toLowerCase();
  const read =
    ending === '.npy'
      ? readNpyMotions
      : ending === '.npz'
        ? readAmassMotion
        : ending === '.bvh'
          ? readBvhMotion
          : fail(MOTION_ENDINGS.join(', '), 'the ending of a motion file', ending || 'none');
  const content = read(bytes, fps);
  const stem = basename(name, extname(name));
  content.motions.forEach((motion, i) => {
    motion.name = content.motions.length > 1 ? `${stem}_${i}` : stem;
  });
  const frames = content.motions.map(frameCount);
  return {
    ...content,
    path: name,
    encode: (joints) => {
      const received = joints.map((one) => one.length / FRAME_SIZE);
      if (received.join() !== frames.join())
        throw new RangeError(
          `Expected motions of ${frames.join(', ')} frames but received ${received.join(', ')}`,
        );
      return content.encode(joints);
    },
  };
}

/**
 * Reads one motion file: joints or features in npy, a text-to-motion model's `results.npy`, BVH, AMASS npz.
 * @throws FormatError; errors of the file system.
 */
export async function readMotions(path: string, options: ReadOptions = {}): Promise<MotionFile> {
  const maximum = options.maximumBytes ?? 2 ** 30;
  const { size } = await stat(path);
  if (size > maximum) fail(`at most ${maximum} bytes`, 'a motion file', size);
  return parseMotions(path, await readFile(path), options);
}

/**
 * Writes corrected motions in the format they came in, under the file's name in `outDir` (below `root`'s sub-folders when the
 * file lies in them).
 * @returns the path written.
 * @throws RangeError when the motions or frames are not as many as in the file, or the output would replace the input.
 */
export async function writeMotions(
  file: MotionFile,
  corrected: readonly { joints: Float32Array }[],
  outDir: string,
  root = dirname(file.path),
): Promise<string> {
  const inside = relative(root, file.path);
  const path = join(outDir, inside.startsWith('..') ? basename(file.path) : inside);
  if (resolve(path) === resolve(file.path))
    throw new RangeError(`Expected another folder than the input's for the output but received ${outDir}`);
  const bytes = file.encode(corrected.map(({ joints }) => joints));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

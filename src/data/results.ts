import { type NumberArray, toFloat32 } from '../io/array.js';
import { FormatError } from '../io/format-error.js';
import { readNpyHeader } from '../io/npy.js';
import { PickleArray, type PickleValue, readPickle } from '../io/pickle.js';
import { writeNpyObject } from '../io/write-pickle.js';
import { FRAME_SIZE, type Motion } from '../motion/motion.js';
import { JOINT_COUNT } from '../motion/skeleton.js';

/** `results.npy` of text-to-motion models (MDM and its forks): a pickled dict of `motion` [N, 22, 3, T], `text`, `lengths`. */
export interface ResultsFile {
  motions: Motion[];
  /** The whole dict, to be written back. */
  dict: Map<PickleValue, PickleValue>;
}

function fail(expected: string, what: string, received: unknown): never {
  throw new FormatError('ERR_MOTION', expected, what, received);
}

const numbersOf = (array: PickleArray): NumberArray | undefined =>
  Array.isArray(array.data) ? undefined : array.data;

/** Numbers of a list or an array. */
function listOf(value: PickleValue | undefined): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof PickleArray ? Array.from(value.data as ArrayLike<unknown>) : undefined;
}

function samples(dict: Map<PickleValue, PickleValue>): { count: number; frames: number; data: NumberArray } {
  const motion = dict.get('motion');
  const data = motion instanceof PickleArray ? numbersOf(motion) : undefined;
  if (!(motion instanceof PickleArray && data))
    return fail("an array 'motion'", 'results.npy', typeof motion);
  const [count, joints, axes, frames] = motion.shape;
  if (!(motion.shape.length === 4 && joints === JOINT_COUNT && axes === 3))
    fail('shape [samples, 22, 3, frames]', "'motion' of results.npy", `[${motion.shape}]`);
  return { count, frames, data };
}

/**
 * Reads a results file; a sample keeps the first `lengths[i]` frames.
 * @throws FormatError `ERR_MOTION`, `ERR_PICKLE`, `ERR_NPY`.
 */
export function readResults(bytes: Uint8Array, fps: number): ResultsFile {
  const header = readNpyHeader(bytes);
  if (header.descr !== '|O') fail('a pickled object', "'descr' of results.npy", header.descr);
  const root = readPickle(bytes.subarray(header.dataStart));
  const dict = root instanceof PickleArray && Array.isArray(root.data) ? root.data[0] : root;
  if (!(dict instanceof Map)) return fail('a dict', 'results.npy', typeof dict);
  const { count, frames, data } = samples(dict);
  const lengths = listOf(dict.get('lengths'))?.map(Number);
  const texts = listOf(dict.get('text'));
  for (const [name, list] of Object.entries({ lengths, text: texts }))
    if (list && list.length !== count) fail(`${count} entries`, `'${name}' of results.npy`, list.length);
  const motions = Array.from({ length: count }, (_, n): Motion => {
    const length = lengths?.[n] ?? frames;
    if (!(Number.isInteger(length) && length >= 0 && length <= frames))
      fail(`0 to ${frames} frames`, "'lengths' of results.npy", length);
    const joints = new Float32Array(length * FRAME_SIZE);
    for (let k = 0; k < FRAME_SIZE; k++)
      for (let t = 0; t < length; t++)
        joints[t * FRAME_SIZE + k] = Number(data[(n * FRAME_SIZE + k) * frames + t]);
    const text = texts?.[n];
    return { joints, fps, ...(typeof text === 'string' ? { caption: text } : {}) };
  });
  return { motions, dict };
}

/** The results file with other joints in the valid frames of each sample; frames behind a sample's length stay. */
export function replaceResults(file: ResultsFile, corrected: readonly Float32Array[]): Uint8Array {
  const { count, frames, data } = samples(file.dict);
  const out = toFloat32(data).slice();
  for (let n = 0; n < count; n++) {
    const joints = corrected[n];
    const length = joints.length / FRAME_SIZE;
    for (let k = 0; k < FRAME_SIZE; k++)
      for (let t = 0; t < length; t++) out[(n * FRAME_SIZE + k) * frames + t] = joints[t * FRAME_SIZE + k];
  }
  const motion = new PickleArray();
  motion.shape = [count, JOINT_COUNT, 3, frames];
  motion.data = out;
  return writeNpyObject(new Map(file.dict).set('motion', motion));
}

import { markAsUntransferable } from 'node:worker_threads';
import { FRAME_SIZE } from '../motion/motion.js';
import { expected } from './errors.js';
import type { PackedMotions, Taken } from './inputs.js';

/** Motions as the addon reads them: in the callers' own memory. */
export interface Batch {
  readonly count: number;
  /** One array of all, or one for every motion. */
  readonly joints: Float32Array | Float32Array[];
  /** Where each motion starts in arrays of the whole batch, and at last their end, in frames `[count + 1]`. */
  readonly starts: Float64Array;
  /** Frames of each that are corrected; 0 for what is no motion by its shape, which has a status like any other bad motion. */
  readonly lengths: Int32Array;
  taken(i: number): Taken;
}

/**
 * The array itself, its memory kept where it is while native threads use it: it cannot be transferred to another thread from
 * now on. A copy where the memory could shrink.
 */
function pinned(array: Float32Array): Float32Array {
  const { buffer } = array;
  if (buffer instanceof SharedArrayBuffer) return array;
  if (isResizable(buffer)) return array.slice();
  markAsUntransferable(buffer);
  return array;
}

const isResizable = (buffer: ArrayBufferLike): boolean =>
  (buffer as { resizable?: boolean }).resizable === true;

export function batchOf(taken: readonly Taken[]): Batch {
  const count = taken.length;
  const joints = new Array<Float32Array>(count);
  const starts = new Float64Array(count + 1);
  const lengths = new Int32Array(count);
  const none = new Float32Array(0);
  for (let i = 0; i < count; i++) {
    const { joints: own, problem } = taken[i];
    const frames = Math.floor(own.length / FRAME_SIZE);
    joints[i] = problem ? none : pinned(own);
    lengths[i] = problem ? 0 : frames;
    starts[i + 1] = starts[i] + frames;
  }
  return { count, joints, starts, lengths, taken: (i) => taken[i] };
}

/**
 * Reads motions that are packed already.
 * @throws {CorrectorError} `ERR_TYPE` or `ERR_SHAPE`.
 */
export function packedBatch({ joints: given, lengths: frames }: PackedMotions): Batch {
  if (!(given instanceof Float32Array)) throw expected('ERR_TYPE', 'a Float32Array', 'inputs.joints', given);
  if (!(frames instanceof Int32Array)) throw expected('ERR_TYPE', 'an Int32Array', 'inputs.lengths', frames);
  const count = frames.length;
  const lengths = frames.slice();
  const starts = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) {
    if (lengths[i] < 0)
      throw expected('ERR_RANGE', 'a number of frames, 0 or more,', `inputs.lengths[${i}]`, lengths[i]);
    starts[i + 1] = starts[i] + lengths[i];
  }
  if (given.length !== starts[count] * FRAME_SIZE)
    throw expected(
      'ERR_SHAPE',
      `${starts[count] * FRAME_SIZE} values, 22 x 3 for each of the ${starts[count]} frames of lengths,`,
      'inputs.joints',
      given,
    );
  const joints = pinned(given);
  return {
    count,
    joints,
    starts,
    lengths,
    taken: (i) => ({
      form: 'joints',
      joints: joints.subarray(starts[i] * FRAME_SIZE, starts[i + 1] * FRAME_SIZE),
    }),
  };
}

/**
 * Checks the caller's array for the results of a batch and keeps its memory where it is.
 * @throws {CorrectorError} `ERR_TYPE`, `ERR_SHAPE`, or `ERR_RANGE` where it overlaps an input: the corrector compares what it
 *   wrote with what it read.
 */
export function resultArray(out: Float32Array, { joints, starts, count }: Batch): Float32Array {
  if (!(out instanceof Float32Array) || isResizable(out.buffer))
    throw expected('ERR_TYPE', 'a Float32Array of fixed length', 'out', out);
  const frames = starts[count];
  if (out.length !== frames * FRAME_SIZE)
    throw expected(
      'ERR_SHAPE',
      `${frames * FRAME_SIZE} values, 22 x 3 for each of ${frames} frames,`,
      'out',
      out,
    );
  const end = out.byteOffset + out.byteLength;
  const overlaps = (input: Float32Array) =>
    input.buffer === out.buffer &&
    input.byteOffset < end &&
    out.byteOffset < input.byteOffset + input.byteLength;
  if (Array.isArray(joints) ? joints.some(overlaps) : overlaps(joints))
    throw expected('ERR_RANGE', 'memory apart from that of the inputs', 'out', out);
  return pinned(out);
}

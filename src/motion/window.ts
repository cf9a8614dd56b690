import { decodeFeatures } from './decode-features.js';
import { type EncodeOptions, encodeAllFrames, encodeFeatures } from './encode-features.js';
import { normalise } from './heading.js';
import { FRAME_SIZE } from './motion.js';

/** First frames of the windows of `length` frames that lie within a clip, `stride` apart. */
export function windowStarts(frames: number, length: number, stride: number): number[] {
  for (const [name, value] of Object.entries({ length, stride }))
    if (!(Number.isInteger(value) && value > 0))
      throw new RangeError(`Expected a positive integer for ${name} of a window but received ${value}`);
  return Array.from(
    { length: Math.max(0, Math.floor((frames - length) / stride) + 1) },
    (_, i) => i * stride,
  );
}

/** The frames start..start+length-1 of joints `[frame, 22, xyz]`, in their standard place (floor, origin, facing +z). */
export function cutWindow(joints: Float32Array, start: number, length: number): Float32Array {
  const end = (start + length) * FRAME_SIZE;
  if (!(start >= 0 && length > 0 && end <= joints.length))
    throw new RangeError(
      `Expected a window within ${joints.length / FRAME_SIZE} frames but received ${start}..${start + length - 1}`,
    );
  return normalise(joints.subarray(start * FRAME_SIZE, end));
}

/**
 * Features `[rows, 263]` of a window of joints, put in its standard place first. A window of rows + 1 frames gives every row
 * its true step (a window cut from a longer clip). A window of `rows` frames (a decoded and corrected one: decoding gives as
 * many frames as rows) gets a last row with the last frame's pose and the steps and contacts of the row before, so
 * `decodeWindow` gives all of its frames back.
 * @throws RangeError for any other number of frames.
 */
export function encodeWindow(joints: Float32Array, rows: number, options: EncodeOptions = {}): Float32Array {
  const frames = joints.length / FRAME_SIZE;
  if (frames === rows + 1) return encodeFeatures(normalise(joints), options);
  if (frames === rows && rows > 1) return encodeAllFrames(normalise(joints), options);
  throw new RangeError(
    `Expected ${rows} or ${rows + 1} frames for a window of ${rows} rows but received ${frames}`,
  );
}

/** Joints `[rows, 22, xyz]` of features `[rows, 263]`. */
export const decodeWindow = decodeFeatures;

import { FRAME_SIZE } from '../motion/motion.js';
import { resample } from '../motion/resample.js';

/**
 * Carries a correction made at a low frame rate to the source's own rate: what the correction moved, as a smooth curve, is
 * added to the source's frames, so that detail between the corrected frames survives. Frames behind the last corrected one
 * move as it did.
 * @param source `[frame, 22, xyz]` at `sourceFps`.
 * @param given the source at `fps`, as it was corrected; `corrected` what became of it.
 */
export function addDisplacement(
  source: Float64Array,
  given: Float64Array | Float32Array,
  corrected: Float64Array | Float32Array,
  fps: number,
  sourceFps: number,
): Float64Array {
  if (given.length !== corrected.length)
    throw new RangeError(
      `Expected ${given.length / FRAME_SIZE} corrected frames but received ${corrected.length / FRAME_SIZE}`,
    );
  const moved = resample(
    Float64Array.from(corrected, (value, i) => value - given[i]),
    FRAME_SIZE,
    fps,
    sourceFps,
  );
  const last = moved.length - FRAME_SIZE;
  return source.map((value, i) => value + moved[i < moved.length ? i : last + (i % FRAME_SIZE)]);
}

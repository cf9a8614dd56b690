/** Rates this close to a whole ratio (59.94 and 60, 0.016667 s) are taken as whole: frames are picked, none is made up. */
const WHOLE = 2e-3;

/** Number of frames after a change of rate: all that lie within the first to the last frame of the source. */
export function resampledCount(frames: number, from: number, to: number): number {
  if (frames === 0) return 0;
  return Math.floor(((frames - 1) * to) / roundedRate(from, to) + 1e-9) + 1;
}

/** `from`, moved to the nearest whole multiple or fraction of `to` when it nearly is one. */
function roundedRate(from: number, to: number): number {
  for (const rate of [from, to])
    if (!(rate > 0 && rate < Number.POSITIVE_INFINITY))
      throw new RangeError(`Expected a positive number of frames per second but received ${rate}`);
  const ratio = from / to;
  const whole = ratio >= 1 ? Math.round(ratio) : 1 / Math.round(1 / ratio);
  return Math.abs(ratio / whole - 1) < WHOLE ? whole * to : from;
}

/**
 * Changes the frame rate of a row-major array `[frame, width]`. Frames that fall on source frames are copied; others come
 * from a cubic through the four nearest (Catmull-Rom; the end tangents are those of a parabola). There is no low-pass filter,
 * as in the preparation of HumanML3D, which takes every n-th frame.
 * @throws RangeError when a rate is not positive or the length is not a multiple of `width`.
 */
export function resample<A extends Float32Array | Float64Array>(
  values: A,
  width: number,
  from: number,
  to: number,
): A {
  const frames = values.length / width;
  if (!Number.isInteger(frames))
    throw new RangeError(`Expected a multiple of ${width} for the length but received ${values.length}`);
  const step = roundedRate(from, to) / to;
  const count = resampledCount(frames, from, to);
  const out = new (values.constructor as { new (length: number): A })(count * width);
  const last = frames - 1;
  for (let t = 0; t < count; t++) {
    const time = t * step;
    let left = Math.floor(time + 1e-9);
    const u = time - left;
    if (u < 1e-7 || last === 0) {
      for (let i = 0; i < width; i++) out[t * width + i] = values[left * width + i];
      continue;
    }
    left = Math.min(left, last - 1);
    for (let i = 0; i < width; i++) {
      const at = left * width + i;
      const p1 = values[at];
      const p2 = values[at + width];
      const slope = p2 - p1;
      const before = left > 0 ? p1 - values[at - width] : Number.NaN;
      const after = left + 2 <= last ? values[at + 2 * width] - p2 : Number.NaN;
      const d1 = left > 0 ? (before + slope) / 2 : left + 2 <= last ? (3 * slope - after) / 2 : slope;
      const d2 = left + 2 <= last ? (slope + after) / 2 : left > 0 ? (3 * slope - before) / 2 : slope;
      // cubic Hermite basis
      out[t * width + i] = p1 + u * (d1 + u * (3 * slope - 2 * d1 - d2 + u * (d1 + d2 - 2 * slope)));
    }
  }
  return out;
}

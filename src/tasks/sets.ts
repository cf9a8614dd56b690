import { LoopError } from '../loop/errors.js';
import type { Fs } from '../loop/fs.js';

/** How a kind of sample sets is counted, picked, joined and stored. */
export interface Sets<S> {
  size(samples: S): number;
  take(samples: S, positions: ArrayLike<number>): S;
  concat(sets: readonly S[]): S;
  toJson(samples: S): unknown;
  fromJson(json: unknown): S;
}

/** Points, row-major `[point, dimension]`. Nothing conditions them. */
export type Points = Float64Array;

/** Points of `d` dimensions. */
export const pointSets = (d: number): Sets<Points> => ({
  size: (points) => points.length / d,
  take(points, positions) {
    // The first few, as the thinning of old generations asks for again and again, are a view: sets are never written to.
    let first = positions.length * d <= points.length;
    for (let i = 0; first && i < positions.length; i++) first = positions[i] === i;
    if (first) return points.subarray(0, positions.length * d);
    const taken = new Float64Array(positions.length * d);
    for (let i = 0; i < positions.length; i++)
      for (let k = 0; k < d; k++) taken[i * d + k] = points[positions[i] * d + k];
    return taken;
  },
  concat(sets) {
    if (sets.length === 1) return sets[0];
    let length = 0;
    for (const set of sets) length += set.length;
    const all = new Float64Array(length);
    let offset = 0;
    for (const set of sets) {
      // Below some hundred numbers a loop is quicker than the call.
      if (set.length > 200) all.set(set, offset);
      else for (let i = 0; i < set.length; i++) all[offset + i] = set[i];
      offset += set.length;
    }
    return all;
  },
  toJson: (points) => [...points],
  fromJson: (json) => Float64Array.from(json as number[]),
});

/** Writes a value as JSON, which gives back every finite double bit for bit except -0. */
export const writeJson = (fs: Fs, path: string, value: unknown): Promise<void> =>
  fs.write(path, Buffer.from(JSON.stringify(value)));

/** @throws LoopError ERR_CHECKPOINT where there is no such file */
export async function readJson<R>(fs: Fs, path: string): Promise<R> {
  const data = await fs.read(path);
  if (!data) throw new LoopError('ERR_CHECKPOINT', `Expected the file ${path} but there is none`);
  return JSON.parse(Buffer.from(data).toString()) as R;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Real motion next to the checkout; not part of the repository. */
const ROOT = process.env.SELFCORRECT_DATA ?? '../shared/data';

/** Absolute-or-relative path below the shared data, or undefined (with a note) when it is missing. */
export function shared(path: string): string | undefined {
  const full = join(ROOT, path);
  if (existsSync(full)) return full;
  console.log(`note: ${full} is missing, the test that needs it is skipped`);
  return undefined;
}

/** Files of a folder with an ending, as [name, bytes]. */
export const filesOf = (dir: string, ending: string): [string, Uint8Array][] =>
  readdirSync(dir)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => [file, readFileSync(join(dir, file))]);

/** Largest absolute difference of two arrays of equal length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

/** Mean and largest distance of the points of two arrays [m]. */
export function distances(a: ArrayLike<number>, b: ArrayLike<number>): { mean: number; largest: number } {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i += 3) {
    const distance = Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
    sum += distance;
    largest = Math.max(largest, distance);
  }
  return { mean: sum / (a.length / 3), largest };
}

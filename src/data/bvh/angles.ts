import { type EulerOrder, toEuler } from '../../motion/euler.js';
import { toMatrix } from '../../motion/quaternion.js';

const DEGREES = 180 / Math.PI;
const euler = new Float64Array(3);
const matrix = new Float64Array(9);

/**
 * Angles [degrees] of a local rotation in a joint's channel order: of the two triples that mean the same rotation, and their
 * full turns, the one nearest to the angles in row `near`, so that curves stay smooth.
 * @param row first value of the frame that is written.
 * @param columns of the three angles; `axes` as in `fromEuler`.
 */
export function writeAngles(
  values: Float64Array,
  row: number,
  near: number,
  columns: readonly number[],
  axes: readonly number[],
  local: Float64Array,
  at: number,
): void {
  toMatrix(matrix, 0, local, at);
  toEuler(euler, 0, axes as unknown as EulerOrder, matrix, 0);
  const [a, b, c] = euler.map((angle) => angle * DEGREES);
  const before = columns.map((column) => values[near + column]);
  const candidates = [
    [a, b, c],
    [a + 180, 180 - b, c + 180],
  ].map((triple) => triple.map((angle, k) => angle - 360 * Math.round((angle - before[k]) / 360)));
  const change = candidates.map((triple) =>
    triple.reduce((sum, angle, k) => sum + Math.abs(angle - before[k]), 0),
  );
  const best = change[0] <= change[1] ? candidates[0] : candidates[1];
  columns.forEach((column, k) => {
    values[row + column] = best[k];
  });
}

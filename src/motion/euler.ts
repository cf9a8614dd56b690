import { multiply } from './quaternion.js';

/** Axes 0, 1, 2 = x, y, z in the order in which the matrices are multiplied: `[2, 0, 1]` is Rz Rx Ry. */
export type EulerOrder = readonly [number, number, number];

const step = new Float64Array(4);

/**
 * out = R_a R_b ... of angles [rad] about the given axes in the order of multiplication (column vectors): the reading of
 * BVH channels. Any number of axes, repeats allowed.
 */
export function fromEuler(
  out: Float64Array,
  o: number,
  axes: readonly number[],
  angles: ArrayLike<number>,
  at = 0,
): void {
  out[o] = 1;
  out[o + 1] = out[o + 2] = out[o + 3] = 0;
  for (let k = 0; k < axes.length; k++) {
    step[1] = step[2] = step[3] = 0;
    step[0] = Math.cos(angles[at + k] / 2);
    step[1 + axes[k]] = Math.sin(angles[at + k] / 2);
    multiply(out, o, out, o, step, 0);
  }
}

/**
 * out[o..o+2] = angles [rad] of a row-major rotation matrix for three different axes, the middle one in -pi/2..pi/2. In
 * gimbal lock (middle angle at +-pi/2) the last angle is 0.
 */
export function toEuler(out: Float64Array, o: number, order: EulerOrder, m: Float64Array, mo: number): void {
  const [i, j, k] = order;
  const sign = (j - i + 3) % 3 === 1 ? 1 : -1; // even permutations of x, y, z have sign 1
  const at = (row: number, column: number) => m[mo + 3 * row + column];
  const sine = Math.max(-1, Math.min(1, sign * at(i, k)));
  // R_ik = sign sin(b); the rest follows from the products of the three axis rotations
  out[o + 1] = Math.asin(sine);
  if (Math.abs(sine) > 1 - 1e-12) {
    out[o] = Math.atan2(sign * at(k, j), at(j, j));
    out[o + 2] = 0;
    return;
  }
  out[o] = Math.atan2(-sign * at(j, k), at(k, k));
  out[o + 2] = Math.atan2(-sign * at(i, j), at(i, i));
}

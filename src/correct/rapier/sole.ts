/** The sole of native/model/foot.h: where a foot touches the ground. Metres. */

/** Sole under the toe joint. */
export const SOLE_DEPTH = 0.025;
/** Heel behind the ankle. */
const HEEL = 0.055;
const HALF_WIDTH = 0.045;
/** Tip of the toes before the toe joint. */
const TOE_LENGTH = 0.08;
/** Corners per body. */
export const SOLE_POINTS = 4;

type Point = [number, number, number];

/** Corners in the axes of their own body: rear left, rear right, front left, front right. */
interface Sole {
  /** Relative to the ankle. */
  foot: Point[];
  /** Relative to the toe joint. */
  toes: Point[];
}

/**
 * Both soles lie in one plane under the toe joint in the rest pose; the foot points along the horizontal part of the bone to
 * the toe joint (+z when that is below 1 cm).
 * @param skeleton offsets `[22, xyz]`; `toe`: 10 or 11.
 */
export function soleOf(skeleton: Float64Array, toe: number): Sole {
  const [x, y, z] = skeleton.subarray(3 * toe, 3 * toe + 3);
  const flat = Math.hypot(x, z);
  const [fx, fz, length] = flat < 0.01 ? [0, 1, 0] : [x / flat, z / flat, flat];
  const corners = (rear: number, front: number, height: number): Point[] =>
    Array.from({ length: SOLE_POINTS }, (_, k) => {
      const side = (k & 1 ? -1 : 1) * HALF_WIDTH; // left is +x when facing +z
      const along = k & 2 ? front : rear;
      return [along * fx + side * fz, height, along * fz - side * fx];
    });
  return { foot: corners(-HEEL, length, y - SOLE_DEPTH), toes: corners(0, TOE_LENGTH, -SOLE_DEPTH) };
}

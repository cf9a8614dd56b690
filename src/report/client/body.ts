/** Parent and child of each bone between the 22 joints (SMPL order). */
export const BONES: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 4],
  [2, 5],
  [3, 6],
  [4, 7],
  [5, 8],
  [6, 9],
  [7, 10],
  [8, 11],
  [9, 12],
  [9, 13],
  [9, 14],
  [12, 15],
  [13, 16],
  [14, 17],
  [16, 18],
  [17, 19],
  [18, 20],
  [19, 21],
];

/** Radius of each bone's capsule in metres, in the order of `BONES`: what a body of this skeleton roughly fills. */
export const BONE_RADII: readonly number[] = [
  0.085, 0.085, 0.1, 0.068, 0.068, 0.105, 0.05, 0.05, 0.11, 0.026, 0.026, 0.05, 0.065, 0.065, 0.045, 0.058,
  0.058, 0.042, 0.042, 0.034, 0.034,
];

export const HEAD = 15;
export const HEAD_RADIUS = 0.1;
export const FEET: readonly [number, number] = [10, 11];

/**
 * The drawn ground lies this far under y = 0: the floor of the data is where the centre of a foot joint may go, so a foot of
 * this radius touches the drawn ground exactly when its joint is at height 0.
 */
export const GROUND = -0.026;

/** Joints of the left side of the body, drawn a shade lighter so that a figure's two sides can be told apart. */
export const LEFT = new Set([1, 4, 7, 10, 13, 16, 18, 20]);

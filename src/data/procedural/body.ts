import { JOINT_COUNT, MIRROR } from '../../motion/skeleton.js';

/**
 * Distance of each joint to its parent, metres: the target skeleton of HumanML3D (Guo et al., CVPR 2022), to which that
 * data set retargets every clip. It is not quite symmetric.
 */
export const BONE_LENGTHS: readonly number[] = [
  0, 0.1031, 0.109868, 0.131603, 0.393589, 0.390126, 0.143164, 0.432215, 0.425708, 0.057362, 0.143381,
  0.149541, 0.219349, 0.13745, 0.143361, 0.103109, 0.131558, 0.123003, 0.256925, 0.263132, 0.26601, 0.269718,
];

/** Directions of the midline and left bones in a T pose that faces +z, those of an average adult body model. */
const REST_DIRECTIONS: readonly (readonly [joint: number, x: number, y: number, z: number])[] = [
  [1, 0.0594, -0.0864, -0.0156],
  [3, 0, 0.1244, -0.0384],
  [4, 0.0433, -0.3851, 0.0016],
  [6, 0, 0.138, 0.0268],
  [7, -0.0169, -0.4235, -0.036],
  [9, 0, 0.056, 0.0029],
  [10, 0.0379, -0.0612, 0.1262],
  [12, 0, 0.2116, -0.0335],
  [13, 0.0773, 0.1132, -0.0213],
  [15, 0, 0.0889, 0.0504],
  [16, 0.1181, 0.046, -0.0138],
  [18, 0.2577, -0.015, -0.0271],
  [20, 0.2674, 0.0097, -0.0067],
];

/** Offset of each joint from its parent in the T pose, metres, `[22, 3]`. */
export const REST_OFFSETS: Float64Array = (() => {
  const offsets = new Float64Array(JOINT_COUNT * 3);
  for (const [joint, x, y, z] of REST_DIRECTIONS) {
    const norm = Math.hypot(x, y, z);
    offsets.set(
      [x, y, z].map((value) => (value / norm) * BONE_LENGTHS[joint]),
      joint * 3,
    );
    const other = MIRROR[joint];
    if (other !== joint)
      offsets.set(
        [-x, y, z].map((value) => (value / norm) * BONE_LENGTHS[other]),
        other * 3,
      );
  }
  return offsets;
})();

/**
 * Body segments: share of the body mass, and the place of the centre of mass on the line between two joints (0 at the
 * first, 1 at the second). De Leva, "Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters", J. Biomech. 29
 * (1996), table 4, male; his three trunk parts lie at the lumbar joints here, and the hand beyond the wrist.
 */
const SEGMENTS: readonly (readonly [mass: number, from: number, to: number, at: number])[] = [
  [0.0694, 12, 15, 1.2],
  [0.1596, 9, 12, 0.5],
  [0.1633, 3, 6, 0.9],
  [0.1117, 0, 3, 0.1],
  ...[0, 1].flatMap((side): (readonly [number, number, number, number])[] => [
    [0.0271, 16 + side, 18 + side, 0.5772],
    [0.0162, 18 + side, 20 + side, 0.4574],
    [0.0061, 18 + side, 20 + side, 1.3],
    [0.1416, 1 + side, 4 + side, 0.4095],
    [0.0433, 4 + side, 7 + side, 0.4459],
    [0.0137, 7 + side, 10 + side, 0.4415],
  ]),
];

/** Centre of mass as a weighted sum of the joints: one weight a joint, sum 1. */
export const MASS_WEIGHTS: Float64Array = (() => {
  const weights = new Float64Array(JOINT_COUNT);
  for (const [mass, from, to, at] of SEGMENTS) {
    weights[from] += mass * (1 - at);
    weights[to] += mass * at;
  }
  return weights;
})();

/** Whole-body centre of mass of the frame that starts at `offset`, metres, written to `out` (x, y, z). */
export function centreOfMass(joints: ArrayLike<number>, offset: number, out: Float64Array): void {
  out.fill(0);
  for (let joint = 0; joint < JOINT_COUNT; joint++)
    for (let axis = 0; axis < 3; axis++) out[axis] += MASS_WEIGHTS[joint] * joints[offset + joint * 3 + axis];
}

/** Left is 0, right is 1. */
export type Side = 0 | 1;

/** Joint numbers of a leg and an arm by side. */
export const LEGS = [
  { hip: 1, knee: 4, ankle: 7, ball: 10 },
  { hip: 2, knee: 5, ankle: 8, ball: 11 },
] as const;
export const ARMS = [
  { collar: 13, shoulder: 16, elbow: 18, wrist: 20 },
  { collar: 14, shoulder: 17, elbow: 19, wrist: 21 },
] as const;

/** Length of a leg whose knee is flexed by an angle in radians (law of cosines), hip to ankle, metres. */
export function legLength(side: Side, kneeFlexion: number): number {
  const thigh = BONE_LENGTHS[LEGS[side].knee];
  const shank = BONE_LENGTHS[LEGS[side].ankle];
  return Math.sqrt(thigh ** 2 + shank ** 2 + 2 * thigh * shank * Math.cos(kneeFlexion));
}

/** Height of the ankle joint over the ball of the foot when the foot is flat, metres (measured: 5.5 to 6.5 cm). */
export const ANKLE_OVER_BALL = 0.058;

/** Horizontal distance from the ankle to the ball of a flat foot, metres. */
export const footLength = (side: Side): number =>
  Math.sqrt(BONE_LENGTHS[LEGS[side].ball] ** 2 - ANKLE_OVER_BALL ** 2);

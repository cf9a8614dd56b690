import { JOINT_COUNT, PARENTS } from './skeleton.js';

/**
 * Distance of each joint to its parent [m]: HumanML3D's target skeleton (frame 0 of its example 000021). Features decoded
 * from rotations and files without a skeleton of their own use it.
 */
export const BONE_LENGTHS: readonly number[] = [
  0, 0.1031, 0.109868, 0.131603, 0.393589, 0.390126, 0.143164, 0.432215, 0.425708, 0.057362, 0.143381,
  0.149541, 0.219349, 0.13745, 0.143361, 0.103109, 0.131558, 0.123003, 0.256925, 0.263132, 0.26601, 0.269718,
];

/**
 * T pose facing +z: direction of each left and middle joint from its parent, as in SMPL's mean body made symmetric (the
 * right side is its mirror image). Only the direction counts.
 */
const REST_DIRECTIONS: Readonly<Record<number, readonly [number, number, number]>> = {
  1: [0.0594, -0.0864, -0.0156],
  3: [0, 0.1244, -0.0384],
  4: [0.0433, -0.3851, 0.0016],
  6: [0, 0.138, 0.0268],
  7: [-0.0169, -0.4235, -0.036],
  9: [0, 0.056, 0.0029],
  10: [0.0379, -0.0612, 0.1262],
  12: [0, 0.2116, -0.0335],
  13: [0.0773, 0.1132, -0.0213],
  15: [0, 0.0889, 0.0504],
  16: [0.1181, 0.046, -0.0138],
  18: [0.2577, -0.015, -0.0271],
  20: [0.2674, 0.0097, -0.0067],
};

const RIGHT_OF: Readonly<Record<number, number>> = {
  2: 1,
  5: 4,
  8: 7,
  11: 10,
  14: 13,
  17: 16,
  19: 18,
  21: 20,
};

/** Offsets [22 x xyz] in the T pose for given bone lengths [22]. */
export function restOffsets(lengths: ArrayLike<number>): Float64Array {
  const offsets = new Float64Array(JOINT_COUNT * 3);
  for (let j = 1; j < JOINT_COUNT; j++) {
    const [x, y, z] = REST_DIRECTIONS[RIGHT_OF[j] ?? j];
    const scale = lengths[j] / Math.hypot(x, y, z);
    offsets.set([(RIGHT_OF[j] ? -x : x) * scale, y * scale, z * scale], 3 * j);
  }
  return offsets;
}

/** Offset of each joint from its parent in the T pose [m], `[22, xyz]`, facing +z, with `BONE_LENGTHS`. */
export const REST_OFFSETS: Float64Array = restOffsets(BONE_LENGTHS);

/** Mean distance of each joint to its parent over the frames of `[frame, 22, xyz]`; entry 0 is 0. */
export function meanBoneLengths(joints: Float32Array | Float64Array): Float64Array {
  const lengths = new Float64Array(JOINT_COUNT);
  const frames = joints.length / (3 * JOINT_COUNT);
  for (let at = 0; at < joints.length; at += 3 * JOINT_COUNT)
    for (let j = 1; j < JOINT_COUNT; j++) {
      const a = at + 3 * j;
      const b = at + 3 * PARENTS[j];
      lengths[j] +=
        Math.sqrt(
          (joints[a] - joints[b]) ** 2 +
            (joints[a + 1] - joints[b + 1]) ** 2 +
            (joints[a + 2] - joints[b + 2]) ** 2,
        ) / frames;
    }
  return lengths;
}

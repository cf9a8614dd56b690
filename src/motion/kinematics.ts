import { nearestRotation } from './nearest-rotation.js';
import { between, fromMatrix, multiply, relative, rotate } from './quaternion.js';
import { JOINT_COUNT, PARENTS } from './skeleton.js';

const CHILDREN: readonly (readonly number[])[] = PARENTS.map((_, joint) =>
  PARENTS.flatMap((parent, child) => (parent === joint ? [child] : [])),
);

const point = new Float64Array(3);
const swing = new Float64Array(4);
const sum = new Float64Array(9);

/**
 * Global rotations of the joints from local ones, `[frame, 22, wxyz]`.
 */
export function globalRotations(local: Float64Array): Float64Array {
  const global = local.slice();
  for (let at = 0; at < local.length; at += 4 * JOINT_COUNT)
    for (let j = 1; j < JOINT_COUNT; j++)
      multiply(global, at + 4 * j, global, at + 4 * PARENTS[j], local, at + 4 * j);
  return global;
}

/** Local rotations `[frame, 22, wxyz]` of the joints from global ones; the pelvis keeps its global one. */
export function localRotations(global: Float64Array): Float64Array {
  const local = global.slice();
  for (let at = 0; at < global.length; at += 4 * JOINT_COUNT)
    for (let j = 1; j < JOINT_COUNT; j++)
      relative(local, at + 4 * j, global, at + 4 * PARENTS[j], global, at + 4 * j);
  return local;
}

/**
 * Forward kinematics: joint j lies at its parent plus the parent's global rotation times the rest offset of j.
 * @param root positions of the pelvis, `[frame, xyz]`.
 * @param global rotations, `[frame, 22, wxyz]`.
 * @param offsets rest offsets, `[22, xyz]`.
 * @returns positions, `[frame, 22, xyz]`, in the units of the inputs.
 */
export function forwardKinematics(
  root: Float32Array | Float64Array,
  global: Float64Array,
  offsets: Float64Array,
): Float64Array {
  const frames = root.length / 3;
  const joints = new Float64Array(frames * JOINT_COUNT * 3);
  for (let t = 0; t < frames; t++) {
    const at = t * JOINT_COUNT;
    for (let c = 0; c < 3; c++) joints[3 * at + c] = root[3 * t + c];
    for (let j = 1; j < JOINT_COUNT; j++) {
      const parent = at + PARENTS[j];
      rotate(point, 0, global, 4 * parent, offsets[3 * j], offsets[3 * j + 1], offsets[3 * j + 2]);
      for (let c = 0; c < 3; c++) joints[3 * (at + j) + c] = joints[3 * parent + c] + point[c];
    }
  }
  return joints;
}

/**
 * Positional inverse kinematics: global rotations `[frame, 22, wxyz]` that point every bone of the rest skeleton along the
 * given joints. A joint with one child turns by the shortest rotation from its `guide` (default: from its parent's
 * rotation), which keeps the guide's twist; the pelvis and the chest (spine3), with three children, take the least-squares
 * rotation of them (Kabsch 1976). So forward kinematics gives the joints back exactly when the bone lengths agree and the
 * hips, and the shoulder girdle, move as rigid pieces. End joints follow their guide or parent.
 * @param joints positions, `[frame, 22, xyz]`.
 * @param guide rotations to stay near to, e.g. those of the file the motion was read from: global ones, or with `local` those
 *   relative to the parent, so that a limb is carried along by a trunk that turns.
 */
export function inverseKinematics(
  joints: Float32Array | Float64Array,
  offsets: Float64Array,
  guide?: Float64Array,
  local = false,
): Float64Array {
  const frames = joints.length / (3 * JOINT_COUNT);
  const global = new Float64Array(frames * JOINT_COUNT * 4);
  for (let t = 0; t < frames; t++) {
    const at = t * JOINT_COUNT;
    for (let j = 0; j < JOINT_COUNT; j++) {
      const children = CHILDREN[j];
      const q = 4 * (at + j);
      if (children.length === 3) {
        sum.fill(0);
        for (const child of children)
          for (let r = 0; r < 3; r++)
            for (let c = 0; c < 3; c++)
              sum[3 * r + c] +=
                (joints[3 * (at + child) + r] - joints[3 * (at + j) + r]) * offsets[3 * child + c];
        nearestRotation(sum, sum);
        fromMatrix(global, q, sum, 0);
        continue;
      }
      const parent = 4 * (at + PARENTS[j]);
      if (guide && local) multiply(global, q, global, parent, guide, q);
      else for (let c = 0; c < 4; c++) global[q + c] = guide ? guide[q + c] : global[parent + c];
      if (children.length === 0) {
        // an end joint keeps its local rotation, so a foot or a hand goes along with its limb
        if (guide && !local) {
          relative(swing, 0, guide, parent, guide, q);
          multiply(global, q, global, parent, swing, 0);
        }
        continue;
      }
      const child = children[0];
      const from = 3 * (at + j);
      const to = 3 * (at + child);
      rotate(point, 0, global, q, offsets[3 * child], offsets[3 * child + 1], offsets[3 * child + 2]);
      between(
        swing,
        0,
        point[0],
        point[1],
        point[2],
        joints[to] - joints[from],
        joints[to + 1] - joints[from + 1],
        joints[to + 2] - joints[from + 2],
      );
      multiply(global, q, swing, 0, global, q);
    }
  }
  return global;
}

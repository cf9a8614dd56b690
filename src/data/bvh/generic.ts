import { type Bvh, type BvhChannel, type BvhJoint, channelCount } from '../../io/bvh.js';
import { inverseKinematics } from '../../motion/kinematics.js';
import { FRAME_SIZE } from '../../motion/motion.js';
import { nearestRotation } from '../../motion/nearest-rotation.js';
import { between, multiply, relative, rotate } from '../../motion/quaternion.js';
import { meanBoneLengths, restOffsets } from '../../motion/rest-skeleton.js';
import { JOINT_COUNT, JOINT_NAMES, PARENTS } from '../../motion/skeleton.js';
import { writeAngles } from './angles.js';
import { jointChannels, poseBvh } from './pose.js';

/** A leg longer than this is not in metres: the file is taken to be in centimetres. */
const LONGEST_LEG = 5;
const CENTIMETRES = 100;
/** Hips or shoulders that move by more than this against each other get joints of their own [m]. */
const RIGID = 5e-4;
const ROTATIONS: BvhChannel[] = ['Zrotation', 'Xrotation', 'Yrotation'];
const ROOT_CHANNELS: BvhChannel[] = ['Xposition', 'Yposition', 'Zposition', ...ROTATIONS];
/** Where the end of each leaf bone is drawn [m], in the T pose. */
const ENDS: Readonly<Record<number, [number, number, number]>> = {
  10: [0, 0, 0.06],
  11: [0, 0, 0.06],
  15: [0, 0.12, 0.03],
  20: [0.16, 0, 0],
  21: [-0.16, 0, 0],
};

const children = (joint: number): number[] =>
  PARENTS.flatMap((parent, child) => (parent === joint ? [child] : []));
/** The pelvis and the chest, whose three children no single rotation can point at will. */
const HUBS = [0, 9];

/**
 * Rest offsets for a motion: bone lengths are the means over its frames, directions those of the T pose, and the children of
 * the pelvis and of the chest lie as they do on average in the frame of their hub (Procrustes analysis), exactly so when they
 * move as one piece.
 */
function fitOffsets(joints: Float32Array): { offsets: Float64Array; rigid: boolean[] } {
  const offsets = restOffsets(meanBoneLengths(joints));
  const frames = joints.length / FRAME_SIZE;
  const matrix = new Float64Array(9);
  const rigid = HUBS.map((hub) => {
    let worst = 0;
    for (let round = 0; round < 3; round++) {
      const mean = new Float64Array(9);
      worst = 0;
      for (let t = 0; t < frames; t++) {
        const bone = (child: number, c: number) =>
          joints[t * FRAME_SIZE + 3 * child + c] - joints[t * FRAME_SIZE + 3 * hub + c];
        matrix.fill(0);
        for (const child of children(hub))
          for (let r = 0; r < 3; r++)
            for (let c = 0; c < 3; c++) matrix[3 * r + c] += bone(child, r) * offsets[3 * child + c];
        nearestRotation(matrix, matrix);
        children(hub).forEach((child, k) => {
          for (let c = 0; c < 3; c++) {
            let local = 0;
            for (let r = 0; r < 3; r++) local += matrix[3 * r + c] * bone(child, r);
            mean[3 * k + c] += local / frames;
            worst = Math.max(worst, Math.abs(local - offsets[3 * child + c]));
          }
        });
      }
      if (round < 2)
        children(hub).forEach((child, k) => {
          const at = 3 * child;
          const length = Math.hypot(offsets[at], offsets[at + 1], offsets[at + 2]);
          const norm = Math.hypot(mean[3 * k], mean[3 * k + 1], mean[3 * k + 2]) || 1;
          for (let c = 0; c < 3; c++) offsets[at + c] = (mean[3 * k + c] * length) / norm;
        });
    }
    return worst < RIGID;
  });
  return { offsets, rigid };
}

/**
 * A BVH of our own 22 joints (named as in `JOINT_NAMES`, T pose facing +z as rest pose, y up) from joint positions. Exact for
 * constant bone lengths; where lengths vary, bones point as in the motion and have their mean length. Hips or shoulder girdles
 * that do not move as one piece get a joint `NAME_base` of length 0 for each of their bones.
 * @param joints `[frame, 22, xyz]` in metres.
 * @param unitsPerMetre unit of length of the file; default 100, centimetres.
 */
export function toBvh(joints: Float32Array, fps: number, unitsPerMetre = CENTIMETRES): Bvh {
  const frames = joints.length / FRAME_SIZE;
  if (!(Number.isInteger(frames) && frames > 0))
    throw new RangeError(`Expected one frame or more of 66 numbers for joints but received ${joints.length}`);
  const { offsets, rigid } = fitOffsets(joints);
  const list: BvhJoint[] = [];
  /** Our joint of each BVH joint, and whether it is a base of length 0. */
  const origin: { joint: number; base: boolean }[] = [];
  const scaled = (j: number): [number, number, number] => [
    offsets[3 * j] * unitsPerMetre,
    offsets[3 * j + 1] * unitsPerMetre,
    offsets[3 * j + 2] * unitsPerMetre,
  ];
  const add = (j: number, parent: number): void => {
    let above = parent;
    if (HUBS.includes(PARENTS[j]) && !rigid[HUBS.indexOf(PARENTS[j])]) {
      list.push({ name: `${JOINT_NAMES[j]}_base`, parent, offset: [0, 0, 0], channels: [...ROTATIONS] });
      origin.push({ joint: j, base: true });
      above = list.length - 1;
    }
    list.push({
      name: JOINT_NAMES[j],
      parent: above,
      offset: parent < 0 ? [0, 0, 0] : scaled(j),
      channels: parent < 0 ? [...ROOT_CHANNELS] : [...ROTATIONS],
    });
    origin.push({ joint: j, base: false });
    const self = list.length - 1;
    if (ENDS[j]) list[self].end = ENDS[j].map((value) => value * unitsPerMetre) as [number, number, number];
    for (const child of children(j)) add(child, self);
  };
  add(0, -1);

  const bvh: Bvh = { joints: list, frameTime: 1 / fps, values: new Float64Array(0) };
  const width = channelCount(bvh);
  bvh.values = new Float64Array(frames * width);
  const columns = jointChannels(bvh);
  const rotations = inverseKinematics(joints, offsets);
  const global = new Float64Array(4 * list.length);
  const local = new Float64Array(4);
  const bone = new Float64Array(3);
  for (let t = 0; t < frames; t++) {
    const row = t * width;
    for (let c = 0; c < 3; c++) bvh.values[row + c] = joints[t * FRAME_SIZE + c] * unitsPerMetre;
    origin.forEach(({ joint, base }, s) => {
      if (base) {
        // the hub's rotation, turned on so that this one bone points exactly
        const hub = PARENTS[joint];
        const from = 4 * (t * JOINT_COUNT + hub);
        rotate(bone, 0, rotations, from, offsets[3 * joint], offsets[3 * joint + 1], offsets[3 * joint + 2]);
        const a = t * FRAME_SIZE + 3 * joint;
        const b = t * FRAME_SIZE + 3 * hub;
        between(
          local,
          0,
          bone[0],
          bone[1],
          bone[2],
          joints[a] - joints[b],
          joints[a + 1] - joints[b + 1],
          joints[a + 2] - joints[b + 2],
        );
        multiply(global, 4 * s, local, 0, rotations, from);
      } else
        global.set(
          rotations.subarray(4 * (t * JOINT_COUNT + joint), 4 * (t * JOINT_COUNT + joint) + 4),
          4 * s,
        );
      const { parent, columns: at, axes } = columns[s];
      if (parent < 0) local.set(global.subarray(4 * s, 4 * s + 4));
      else relative(local, 0, global, 4 * parent, global, 4 * s);
      writeAngles(bvh.values, row, Math.max(0, row - width), at, axes, local, 0);
    });
  }
  return bvh;
}

/** Our 22 joints in a BVH that names them all as in `JOINT_NAMES` (what `toBvh` writes), or undefined. */
export function ownJoints(bvh: Bvh): number[] | undefined {
  const found = JOINT_NAMES.map((name) => bvh.joints.findIndex((joint) => joint.name === name));
  return found.includes(-1) ? undefined : found;
}

/** Positions `[frame, 22, xyz]` in metres of a BVH with our joints, as they are; centimetres when a leg is longer than 5. */
export function fromOwnBvh(
  bvh: Bvh,
  own: readonly number[],
): { joints: Float64Array; unitsPerMetre: number } {
  const { frames, positions } = poseBvh(bvh);
  const leg = [4, 7].reduce((sum, joint) => sum + Math.hypot(...bvh.joints[own[joint]].offset), 0);
  const unitsPerMetre = leg > LONGEST_LEG ? CENTIMETRES : 1;
  const joints = new Float64Array(frames * FRAME_SIZE);
  for (let t = 0; t < frames; t++)
    own.forEach((source, j) => {
      for (let c = 0; c < 3; c++)
        joints[t * FRAME_SIZE + 3 * j + c] =
          positions[3 * (t * bvh.joints.length + source) + c] / unitsPerMetre;
    });
  return { joints, unitsPerMetre };
}

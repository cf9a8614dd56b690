import { encodeAllFrames } from '../motion/features.js';
import { place, standardPlacement } from '../motion/heading.js';
import { inverseKinematics, localRotations } from '../motion/kinematics.js';
import { FRAME_SIZE } from '../motion/motion.js';
import { between, multiply, rotate } from '../motion/quaternion.js';
import { meanBoneLengths, REST_OFFSETS } from '../motion/rest-skeleton.js';
import { JOINT_COUNT, PARENTS } from '../motion/skeleton.js';
import type { MotionForm, RotationsInput, Taken } from './inputs.js';

/** One motion of a result. Rotations or features are there when they were asked for (option `output`). */
export interface CorrectedMotion {
  /** Joint positions `[T, 22, 3]`, metres; always there. */
  joints: Float32Array;
  /**
   * Ground contact `[T, 4]` of left ankle (7), left foot (10), right ankle (8), right foot (11), as HumanML3D orders its labels:
   * 1 where the heel part or the toes of that sole carried 1 % of the body's weight or more in the simulation since the frame
   * before (frame 0: until frame 1). Of a motion that was not simulated (kept by `gamma`, or `failed`): where the sole is
   * within 5 mm of the ground. All 0 for a `rejected` one.
   */
  contacts: Uint8Array;
  /** `[T, 22, 4]`: w, x, y, z, relative to the parent joint, of unit length, signs continuous in time; the pelvis' in the world. */
  rotations?: Float32Array;
  /** Position of the pelvis `[T, 3]`, with `rotations`. */
  root?: Float32Array;
  /**
   * Rest offsets `[22, 3]` that `rotations` turn: the caller's own, or for other inputs a T pose with the motion's own bones
   * (their mean, where those of joints that `gamma` kept change in length).
   */
  skeleton?: Float32Array | Float64Array;
  /**
   * HumanML3D's features `[T, 263]`, one row a frame: the last row repeats the steps of the row before it, which it cannot know.
   * In the standard place: frame 0 above the origin and facing +z; the floor is left where it is.
   */
  features?: Float32Array;
}

/** Bone of each body of the corrector in its own rest pose, by the joint at its end: arms and legs hang, feet slope down. */
const HANGING: Readonly<Record<number, readonly [number, number, number]>> = {
  4: [0, -1, 0],
  5: [0, -1, 0],
  7: [0, -1, 0],
  8: [0, -1, 0],
  10: [0, -0.4, 0.917],
  11: [0, -0.4, 0.917],
  18: [0, -1, 0],
  19: [0, -1, 0],
  20: [0, -1, 0],
  21: [0, -1, 0],
};

/** Turns of the bodies in the T pose as the corrector counts them, `[22, wxyz]`; end joints go along with their limb. */
const T_POSE = (() => {
  const turns = new Float64Array(4 * JOINT_COUNT);
  for (let j = 0; j < JOINT_COUNT; j++) turns[4 * j] = 1;
  for (const [joint, [x, y, z]] of Object.entries(HANGING)) {
    const end = 3 * Number(joint);
    const [tx, ty, tz] = REST_OFFSETS.subarray(end, end + 3);
    between(turns, 4 * PARENTS[Number(joint)], tx, ty, tz, x, y, z);
  }
  for (const end of [10, 11, 20, 21]) turns.copyWithin(4 * end, 4 * PARENTS[end], 4 * PARENTS[end] + 4);
  return turns;
})();

/** Float32 local rotations of global ones, each with the sign that is nearest to the frame before. */
function localOf(global: Float64Array): Float32Array {
  const local = localRotations(global);
  const width = 4 * JOINT_COUNT;
  for (let q = 0; q < local.length; q += 4) {
    let cosine = q < width ? local[q] : 0;
    if (q >= width) for (let c = 0; c < 4; c++) cosine += local[q + c] * local[q + c - width];
    if (cosine < 0) for (let c = 0; c < 4; c++) local[q + c] = -local[q + c];
  }
  return Float32Array.from(local);
}

function rootOf(joints: Float32Array): Float32Array {
  const root = new Float32Array((joints.length / FRAME_SIZE) * 3);
  for (let t = 0; 3 * t < root.length; t++)
    root.set(joints.subarray(t * FRAME_SIZE, t * FRAME_SIZE + 3), 3 * t);
  return root;
}

/**
 * The caller's rotations turned on by as little as puts every bone on the corrected joints. A joint keeps what it was relative
 * to its parent, so twists that no joint position shows (the head, forearms, feet) stay the caller's, and no guess of another
 * rest pose is needed.
 */
function turnedOn(given: Required<RotationsInput>, joints: Float32Array): Required<RotationsInput> {
  const local = Float64Array.from(given.rotations);
  for (let q = 0; q < local.length; q += 4) {
    const norm = Math.hypot(local[q], local[q + 1], local[q + 2], local[q + 3]);
    for (let c = 0; c < 4; c++) local[q + c] /= norm;
  }
  const global = inverseKinematics(joints, Float64Array.from(given.skeleton), local, true);
  return { rotations: localOf(global), root: rootOf(joints), skeleton: given.skeleton };
}

/** Each bone as its parent sees it, mean over frames: rest offsets `[22, xyz]`. */
function restOffsets(joints: Float32Array, global: Float64Array): Float64Array {
  const frames = joints.length / FRAME_SIZE;
  const offsets = new Float64Array(JOINT_COUNT * 3);
  const back = new Float64Array(4);
  const bone = new Float64Array(3);
  for (let t = 0; t < frames; t++)
    for (let j = 1; j < JOINT_COUNT; j++) {
      const at = t * FRAME_SIZE + 3 * j;
      const from = t * FRAME_SIZE + 3 * PARENTS[j];
      const q = 4 * (t * JOINT_COUNT + PARENTS[j]);
      back[0] = global[q];
      for (let c = 1; c < 4; c++) back[c] = -global[q + c];
      rotate(
        bone,
        0,
        back,
        0,
        joints[at] - joints[from],
        joints[at + 1] - joints[from + 1],
        joints[at + 2] - joints[from + 2],
      );
      for (let c = 0; c < 3; c++) offsets[3 * j + c] += bone[c] / frames;
    }
  // The mean of directions that waver is too short.
  const lengths = meanBoneLengths(joints);
  for (let j = 1; j < JOINT_COUNT; j++) {
    const length = Math.hypot(...offsets.subarray(3 * j, 3 * j + 3));
    for (let c = 0; c < 3; c++) offsets[3 * j + c] *= length > 0 ? lengths[j] / length : 0;
  }
  return offsets;
}

/**
 * Rotations on a T pose with the motion's own bones. Positions do not show a limb's twist: it is that of the corrector's body,
 * whose knees and elbows are hinges.
 * @param bodies absolute rotations of the corrector's bodies `[T, 22, wxyz]`.
 */
function asRotations(joints: Float32Array, bodies: Float32Array): Required<RotationsInput> {
  const guide = Float64Array.from(bodies);
  for (let q = 0; q < guide.length; q += 4) multiply(guide, q, guide, q, T_POSE, q % (4 * JOINT_COUNT));
  const offsets = restOffsets(joints, guide);
  // Changes nothing where the bones are rigid, as in all that was corrected; kept joints need not be.
  const global = inverseKinematics(joints, offsets, guide);
  return { rotations: localOf(global), root: rootOf(joints), skeleton: Float32Array.from(offsets) };
}

/** HumanML3D's features of joints, a row for every frame. */
const asFeatures = (joints: Float32Array): Float32Array =>
  encodeAllFrames(place(joints, standardPlacement(joints, 0)));

/** What came back of a motion: `same` where its numbers are those that came in. */
export interface Returned {
  joints: Float32Array;
  contacts: Uint8Array;
  /** Absolute rotations of the corrector's bodies, for a motion that came without rotations and is to have them. */
  bodies?: Float32Array;
  fate: 'corrected' | 'kept' | 'rejected';
}

/** A motion in the form asked for. A rejected one has only the form it came in. */
export function giveBack(taken: Taken, form: MotionForm, returned: Returned): CorrectedMotion {
  const { joints, contacts, bodies, fate } = returned;
  const motion: CorrectedMotion = { joints, contacts };
  if (fate === 'rejected' || (fate === 'kept' && form === taken.form))
    return { ...motion, ...taken.rotations, ...(taken.features ? { features: taken.features } : {}) };
  if (form === 'features') return { ...motion, features: asFeatures(joints) };
  if (form === 'rotations' && taken.rotations) return { ...motion, ...turnedOn(taken.rotations, joints) };
  if (form === 'rotations' && bodies) return { ...motion, ...asRotations(joints, bodies) };
  return motion;
}

import { FRAME_SIZE } from '../../motion/motion.js';
import { JOINT_COUNT, PARENTS } from '../../motion/skeleton.js';

/** Why a motion is none, as the column `reason` of reports counts it. */
export const Reason = {
  none: 0,
  empty: 1,
  notFinite: 2,
  outOfRange: 3,
  bones: 4,
  fell: 5,
  tooShort: 7,
  kept: 8,
} as const;
export type Reason = (typeof Reason)[keyof typeof Reason];

/** One more than a third difference needs. */
const LEAST_FRAMES = 4;
/** m, m/s. */
const [FURTHEST, FASTEST] = [1000, 100];
/** m, of the median of a bone. */
const [SHORTEST, LONGEST] = [0.01, 2];
/** A bone is off in a frame when it differs from its median by more than this share of it, and visibly (m). */
const [OFF_SHARE, OFF_LEAST] = [0.5, 0.1];
/** Share of frames with a bone off that is still corrected. */
const OFF_FRAMES = 0.5;

const distance = (joints: Float32Array, a: number, b: number): number =>
  Math.hypot(joints[a] - joints[b], joints[a + 1] - joints[b + 1], joints[a + 2] - joints[b + 2]);

function bonesFit(joints: Float32Array): boolean {
  const frames = joints.length / FRAME_SIZE;
  const off = new Uint8Array(frames);
  for (let j = 1; j < JOINT_COUNT; j++) {
    const lengths = Float64Array.from({ length: frames }, (_, t) =>
      distance(joints, t * FRAME_SIZE + 3 * j, t * FRAME_SIZE + 3 * PARENTS[j]),
    );
    const median = lengths.toSorted()[frames >> 1];
    if (median < SHORTEST || median > LONGEST) return false;
    const limit = Math.max(OFF_SHARE * median, OFF_LEAST);
    lengths.forEach((length, t) => {
      if (Math.abs(length - median) > limit) off[t] = 1;
    });
  }
  return off.reduce((sum, one) => sum + one, 0) <= Math.max(1, OFF_FRAMES * frames);
}

/** Whether joints `[T, 22, 3]` are a motion: the conditions of native/reference/validate.cpp. */
export function validate(joints: Float32Array, fps: number): Reason {
  if (joints.length === 0) return Reason.empty;
  if (!joints.every(Number.isFinite)) return Reason.notFinite;
  if (joints.length < LEAST_FRAMES * FRAME_SIZE) return Reason.tooShort;
  for (let i = 0; i < joints.length; i += 3) {
    if (Math.hypot(joints[i], joints[i + 1], joints[i + 2]) > FURTHEST) return Reason.outOfRange;
    if (i >= FRAME_SIZE && distance(joints, i, i - FRAME_SIZE) * fps > FASTEST) return Reason.outOfRange;
  }
  return bonesFit(joints) ? Reason.none : Reason.bones;
}

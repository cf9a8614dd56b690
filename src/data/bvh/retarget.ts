import { bvhFrameCount } from '../../io/bvh.js';
import { FormatError } from '../../io/format-error.js';
import { Joint } from '../../motion/joint.js';
import { between, halfway, multiply, rotate } from '../../motion/quaternion.js';
import { BONE_LENGTHS, REST_OFFSETS } from '../../motion/rest-skeleton.js';
import { JOINT_COUNT, PARENTS } from '../../motion/skeleton.js';
import { solveTwoBone } from '../../motion/two-bone.js';
import type { SourceFigure } from './figure.js';
import { type BvhPose, poseBvh } from './pose.js';
import { LEGS } from './source-span.js';

/** Retargeted frames. */
export interface Retargeted {
  /** `[frame, 22, xyz]`, metres, y up, in the source's world. */
  joints: Float64Array;
  /** Global rotations relative to our rest pose, `[frame, 22, wxyz]`. */
  rotations: Float64Array;
}

/** The Daz figure stands with 8 degrees of knee bend: its pelvis is lifted over the ankles by this much [m]. */
export const DAZ_LIFT = 0.01;
/** Joints placed from their parent's rotation; legs are placed apart. */
const HANGING_JOINTS = [
  Joint.spine2,
  Joint.spine3,
  Joint.neck,
  Joint.leftCollar,
  Joint.rightCollar,
  Joint.head,
  Joint.leftShoulder,
  Joint.rightShoulder,
  Joint.leftElbow,
  Joint.rightElbow,
  Joint.leftWrist,
  Joint.rightWrist,
];

/** Middle of the two hips from the pelvis in our rest pose [m]. */
export const HIP_CENTRE = [0, 1, 2].map((c) => (REST_OFFSETS[3 + c] + REST_OFFSETS[6 + c]) / 2);

const turned = new Float64Array(4);
const other = new Float64Array(4);
const offset = new Float64Array(3);
const swing = new Float64Array(4);

/** Our global rotations of one frame, legs still as in the source. */
function takeRotations(
  figure: SourceFigure,
  pose: BvhPose,
  frame: number,
  out: Float64Array,
  o: number,
): void {
  const { map, up, rest, bend, armsDown } = figure;
  const row = frame * (pose.rotations.length / 4 / pose.frames);
  const take = (into: Float64Array, source: number) => {
    multiply(into, 0, pose.rotations, 4 * (row + source), rest, 0);
    multiply(into, 0, into, 0, bend, 4 * source);
  };
  for (let j = 0; j < JOINT_COUNT; j++) {
    const [first, second] = map.drivers[j];
    take(turned, first);
    if (second !== undefined) {
      take(other, second);
      halfway(turned, 0, turned, 0, other, 0);
    }
    multiply(out, o + 4 * j, up, 0, turned, 0);
  }
  if (!armsDown) return;
  const copy = (to: number, from: number) => out.copyWithin(o + 4 * to, o + 4 * from, o + 4 * from + 4);
  copy(Joint.leftCollar, Joint.spine3);
  copy(Joint.rightCollar, Joint.spine3);
  copy(Joint.leftWrist, Joint.leftElbow);
  copy(Joint.rightWrist, Joint.rightElbow);
}

/** Turns joint j's rotation by the shortest way that points its bone to `child` along the placed joints. */
function pointBone(
  joints: Float64Array,
  p: number,
  rotations: Float64Array,
  r: number,
  j: number,
  child: number,
): void {
  rotate(
    offset,
    0,
    rotations,
    r + 4 * j,
    REST_OFFSETS[3 * child],
    REST_OFFSETS[3 * child + 1],
    REST_OFFSETS[3 * child + 2],
  );
  const [a, b] = [p + 3 * j, p + 3 * child];
  between(
    swing,
    0,
    offset[0],
    offset[1],
    offset[2],
    joints[b] - joints[a],
    joints[b + 1] - joints[a + 1],
    joints[b + 2] - joints[a + 2],
  );
  multiply(rotations, r + 4 * j, swing, 0, rotations, r + 4 * j);
}

/**
 * Retargets posed frames of a figure; bone lengths are exactly `BONE_LENGTHS`. Torso, arms and feet take the source's
 * rotations; the legs reach by two-bone inverse kinematics for the source's ankles scaled by the ratio of leg lengths, so that
 * planted feet stay planted.
 */
export function retarget(figure: SourceFigure, pose: BvhPose): Retargeted {
  const { map, scale, up } = figure;
  const { frames } = pose;
  const sourceJoints = pose.positions.length / 3 / frames;
  const joints = new Float64Array(frames * JOINT_COUNT * 3);
  const rotations = new Float64Array(frames * JOINT_COUNT * 4);
  const source = (out: Float64Array, frame: number, joint: number) => {
    const i = 3 * (frame * sourceJoints + map.drivers[joint][0]);
    const { positions } = pose;
    rotate(out, 0, up, 0, scale * positions[i], scale * positions[i + 1], scale * positions[i + 2]);
  };
  const a = new Float64Array(3);
  const b = new Float64Array(3);
  const limb = new Float64Array(6);
  for (let t = 0; t < frames; t++) {
    const p = t * JOINT_COUNT * 3;
    const r = t * JOINT_COUNT * 4;
    takeRotations(figure, pose, t, rotations, r);
    const hang = (j: number) => {
      rotate(
        offset,
        0,
        rotations,
        r + 4 * PARENTS[j],
        REST_OFFSETS[3 * j],
        REST_OFFSETS[3 * j + 1],
        REST_OFFSETS[3 * j + 2],
      );
      for (let c = 0; c < 3; c++) joints[p + 3 * j + c] = joints[p + 3 * PARENTS[j] + c] + offset[c];
    };
    source(a, t, Joint.leftHip);
    source(b, t, Joint.rightHip);
    rotate(offset, 0, rotations, r, HIP_CENTRE[0], HIP_CENTRE[1], HIP_CENTRE[2]);
    for (let c = 0; c < 3; c++) joints[p + c] = (a[c] + b[c]) / 2 - offset[c];
    if (map.daz) joints[p + 1] += DAZ_LIFT;
    hang(Joint.leftHip);
    hang(Joint.rightHip);
    hang(Joint.spine1);
    for (const [hip, knee, ankle, foot] of LEGS) {
      source(a, t, ankle);
      source(b, t, knee);
      const start = joints.subarray(p + 3 * hip, p + 3 * hip + 3);
      solveTwoBone(limb, start, a, b, BONE_LENGTHS[knee], BONE_LENGTHS[ankle]);
      joints.set(limb.subarray(0, 3), p + 3 * knee);
      joints.set(limb.subarray(3), p + 3 * ankle);
      pointBone(joints, p, rotations, r, hip, knee);
      pointBone(joints, p, rotations, r, knee, ankle);
      hang(foot);
    }
    for (const joint of HANGING_JOINTS) hang(joint);
  }
  return { joints, rotations };
}

/** Frames posed at a time: what the source's many joints need in between stays small for takes of any length. */
const BLOCK = 1024;
/** Most joints times frames of a take: two hours of 57 joints at 120 frames per second. */
const LARGEST_TAKE = 5e7;

/**
 * Joints `[frame, 22, xyz]` of all frames of a figure's BVH.
 * @throws FormatError `ERR_BVH` for a take too large to be one.
 */
export function retargetAll(figure: SourceFigure): Float64Array {
  const frames = bvhFrameCount(figure.bvh);
  const size = frames * figure.bvh.joints.length;
  if (size > LARGEST_TAKE)
    throw new FormatError('ERR_BVH', `at most ${LARGEST_TAKE}`, 'joints x frames', size);
  const joints = new Float64Array(frames * JOINT_COUNT * 3);
  for (let first = 0; first < frames; first += BLOCK) {
    const picked = Int32Array.from({ length: Math.min(BLOCK, frames - first) }, (_, t) => first + t);
    joints.set(retarget(figure, poseBvh(figure.bvh, picked)).joints, first * JOINT_COUNT * 3);
  }
  return joints;
}

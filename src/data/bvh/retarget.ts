import { type Bvh, bvhFrameCount } from '../../io/bvh.js';
import { FormatError } from '../../io/format-error.js';
import { facing } from '../../motion/heading.js';
import { Joint } from '../../motion/joint.js';
import { between, halfway, multiply, rotate } from '../../motion/quaternion.js';
import { BONE_LENGTHS, REST_OFFSETS } from '../../motion/rest-skeleton.js';
import { JOINT_COUNT, PARENTS } from '../../motion/skeleton.js';
import { solveTwoBone } from '../../motion/two-bone.js';
import { type BvhPose, poseBvh } from './pose.js';
import { mapSkeleton, type SkeletonMap } from './skeleton-map.js';

/**
 * How a foreign figure becomes the body of this package: torso, arms and feet take the source's rotations (relative to its
 * rest pose), the legs reach by two-bone inverse kinematics for the source's ankles scaled by the ratio of leg lengths, so
 * that planted feet stay planted. The unit of length needs no guess: a leg of the result is as long as `BONE_LENGTHS` says
 * whatever the source's unit was.
 */
export interface SourceFigure {
  bvh: Bvh;
  map: SkeletonMap;
  /** Metres of the result per unit of the file: ratio of the leg lengths. */
  scale: number;
  /** Turns the file's axes to y up. */
  up: Float64Array;
  /** Turns a vector of our rest pose (y up, facing +z) to the source's rest pose, in the file's axes. */
  rest: Float64Array;
  /** Correction of each joint's rotation for a rest pose whose bone points elsewhere, `[22, wxyz]`. */
  bend: Float64Array;
  /** The rest pose has its arms hanging: then the collars carry no rotation of their own. */
  armsDown: boolean;
}

/** Retargeted frames. */
export interface Retargeted {
  /** `[frame, 22, xyz]`, metres, y up, in the source's world. */
  joints: Float64Array;
  /** Global rotations relative to our rest pose, `[frame, 22, wxyz]`. */
  rotations: Float64Array;
}

/** The Daz figure stands with 8 degrees of knee bend: its pelvis is lifted over the ankles by this much [m]. */
export const DAZ_LIFT = 0.01;
/** cos of the angle up to which a rest pose counts as standing. */
const UPRIGHT = 0.85;
/** Upper arms that fall by more than this share of their length hang. */
const HANGING = 0.7;

/** Limbs: start, middle, end, and the foot or none. */
export const LEGS = [
  [Joint.leftHip, Joint.leftKnee, Joint.leftAnkle, Joint.leftFoot],
  [Joint.rightHip, Joint.rightKnee, Joint.rightAnkle, Joint.rightFoot],
] as const;
const ARMS = [
  [Joint.leftShoulder, Joint.leftElbow, Joint.leftWrist],
  [Joint.rightShoulder, Joint.rightElbow, Joint.rightWrist],
] as const;
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

const identity = () => Float64Array.of(1, 0, 0, 0);
const inverse = (q: Float64Array) => Float64Array.of(q[0], -q[1], -q[2], -q[3]);

/**
 * Recognises the skeleton of a BVH, its scale, its up axis and the way its rest pose faces.
 * @throws FormatError `ERR_BVH` when the joints are not found or the rest pose does not stand upright.
 */
export function recogniseFigure(bvh: Bvh): SourceFigure {
  const map = mapSkeleton(bvh.joints);
  const { positions } = poseBvh(bvh, 'rest');
  const at = (joint: number) => 3 * map.drivers[joint][0];
  const span = (a: number, b: number) =>
    Math.hypot(...[0, 1, 2].map((c) => positions[at(b) + c] - positions[at(a) + c]));
  let leg = 0;
  for (const [hip, knee, ankle] of LEGS) leg += span(hip, knee) + span(knee, ankle);
  const ours = LEGS.reduce((sum, [, knee, ankle]) => sum + BONE_LENGTHS[knee] + BONE_LENGTHS[ankle], 0);
  const scale = ours / leg;
  if (!(scale > 1e-6 && scale < 1e6))
    throw new FormatError('ERR_BVH', 'legs', 'the rest pose', `length ${leg}`);

  const down = [0, 1, 2].map((c) =>
    LEGS.reduce((sum, [hip, , ankle]) => sum + positions[at(ankle) + c] - positions[at(hip) + c], 0),
  );
  const norm = Math.hypot(...down);
  const up = identity();
  if (-down[2] / norm > UPRIGHT) between(up, 0, 0, 0, 1, 0, 1, 0);
  else if (!(-down[1] / norm > UPRIGHT))
    throw new FormatError(
      'ERR_BVH',
      'legs that point down along y or z',
      'the rest pose (all rotations 0)',
      `direction ${down.map((value) => (value / norm).toFixed(2)).join(' ')}`,
    );

  // our rest pose turned to face as the source's does, then back to the file's axes
  const standing = new Float64Array(JOINT_COUNT * 3);
  for (let j = 0; j < JOINT_COUNT; j++)
    rotate(standing, 3 * j, up, 0, positions[at(j)], positions[at(j) + 1], positions[at(j) + 2]);
  const yaw = facing(standing);
  const rest = identity();
  multiply(rest, 0, inverse(up), 0, Float64Array.of(Math.cos(yaw / 2), 0, Math.sin(yaw / 2), 0), 0);

  const bend = new Float64Array(JOINT_COUNT * 4);
  for (let j = 0; j < JOINT_COUNT; j++) bend[4 * j] = 1;
  const bone = new Float64Array(3);
  const toOurs = inverse(rest);
  let hanging = 0;
  for (const arm of ARMS)
    for (let k = 0; k < 2; k++) {
      const [from, to] = [arm[k], arm[k + 1]];
      const d = [0, 1, 2].map((c) => positions[at(to) + c] - positions[at(from) + c]);
      rotate(bone, 0, toOurs, 0, d[0], d[1], d[2]);
      if (k === 0 && -bone[1] > HANGING * Math.hypot(...bone)) hanging++;
      // the Daz figure's rest pose is not what the actor's T pose was: its rotations are taken as they are
      if (!map.daz)
        between(
          bend,
          4 * from,
          REST_OFFSETS[3 * to],
          REST_OFFSETS[3 * to + 1],
          REST_OFFSETS[3 * to + 2],
          bone[0],
          bone[1],
          bone[2],
        );
    }
  return { bvh, map, scale, up, rest, bend, armsDown: hanging === 2 };
}

const turned = new Float64Array(4);
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
  for (let j = 0; j < JOINT_COUNT; j++) {
    const [first, second] = map.drivers[j];
    if (second === undefined) turned.set(pose.rotations.subarray(4 * (row + first), 4 * (row + first) + 4));
    else halfway(turned, 0, pose.rotations, 4 * (row + first), pose.rotations, 4 * (row + second));
    multiply(turned, 0, up, 0, turned, 0);
    multiply(turned, 0, turned, 0, rest, 0);
    multiply(out, o + 4 * j, turned, 0, bend, 4 * j);
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

/** Retargets posed frames of a figure; bone lengths are exactly `BONE_LENGTHS`. */
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

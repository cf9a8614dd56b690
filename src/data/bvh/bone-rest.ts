import { type Bvh, bvhFrameCount } from '../../io/bvh.js';
import { Joint } from '../../motion/joint.js';
import { nearestRotation } from '../../motion/nearest-rotation.js';
import { between, fromMatrix, rotate } from '../../motion/quaternion.js';
import { REST_OFFSETS } from '../../motion/rest-skeleton.js';
import { PARENTS } from '../../motion/skeleton.js';
import { type BvhPose, poseBvh } from './pose.js';
import type { SkeletonMap } from './skeleton-map.js';
import {
  ARMS,
  identities,
  identity,
  inverse,
  LEGS,
  length,
  span,
  turnUp,
  type Vector,
} from './source-span.js';

/** Frames looked at to see where bones lie. */
const FRAMES_SEEN = 9;
/** Share of the body's height that must lie along the axis that is up. */
const UPWARD = 0.7;

/** Some frames all over a take. */
export function glimpse(bvh: Bvh): BvhPose {
  const frames = bvhFrameCount(bvh);
  const count = Math.min(frames, FRAMES_SEEN);
  return poseBvh(
    bvh,
    Int32Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * frames) / count)),
  );
}

/** Which way is up while the figure moves: from the ankles to the neck. */
export function upInMotion(bvh: Bvh, map: SkeletonMap, pose: BvhPose): Float64Array | undefined {
  const sum: Vector = [0, 0, 0];
  for (let t = 0; t < pose.frames; t++)
    for (const ankle of [Joint.leftAnkle, Joint.rightAnkle])
      span(map, pose.positions, ankle, Joint.neck, t * bvh.joints.length).forEach((value, c) => {
        sum[c] += value;
      });
  return turnUp(sum, UPWARD);
}

/** Where the toes are from the ankle: the first joint or end site below it that is not in the same place. */
function toes(bvh: Bvh, ankle: number): readonly number[] | undefined {
  const below = bvh.joints.find((joint) => joint.parent === ankle && length(joint.offset) > 0);
  return below?.offset ?? bvh.joints[ankle].end;
}

/** A direction of a posed frame, whose joints begin at `row`. */
type Direction = (row: number) => Vector;

/** A direction as seen from one of our joints' source, on average over posed frames. */
function inFrameOf(joint: number, direction: Direction, bvh: Bvh, map: SkeletonMap, pose: BvhPose): Vector {
  const sum: Vector = [0, 0, 0];
  const seen = new Float64Array(3);
  for (let t = 0; t < pose.frames; t++) {
    const row = t * bvh.joints.length;
    const q = 4 * (row + map.drivers[joint][0]);
    rotate(seen, 0, inverse(pose.rotations.subarray(q, q + 4)), 0, ...direction(row));
    for (let c = 0; c < 3; c++) sum[c] += seen[c];
  }
  const norm = length(sum) || 1;
  return [sum[0] / norm, sum[1] / norm, sum[2] / norm];
}

/**
 * A rest pose that does not stand (all bones along one axis, or whatever the tool made): each joint is read by what lies
 * around it in its own frame. Torso and collars, whose bones differ between skeletons, by the axes of the trunk (the spine
 * is up, hips and shoulders are across); arms and feet by their bones. Legs are placed by their ankles anyway.
 */
export function boneRest(bvh: Bvh, map: SkeletonMap, pose: BvhPose) {
  const bend = identities(bvh.joints.length);
  const along =
    (from: number, to: number): Direction =>
    (row) =>
      span(map, pose.positions, from, to, row);
  const hips = along(Joint.rightHip, Joint.leftHip);
  const shoulders = along(Joint.rightShoulder, Joint.leftShoulder);
  const both: Direction = (row) => {
    const a = hips(row);
    const b = shoulders(row);
    return [
      a[0] / length(a) + b[0] / length(b),
      a[1] / length(a) + b[1] / length(b),
      a[2] / length(a) + b[2] / length(b),
    ];
  };
  const trunk = along(Joint.pelvis, Joint.neck);
  const chest = along(Joint.spine3, Joint.neck);
  /** Up and across as seen from each joint of the torso; a spine joint halfway between two sources has none of its own. */
  const torso: readonly [number, Direction, Direction][] = [
    [
      Joint.pelvis,
      along(Joint.pelvis, map.drivers[Joint.spine1].length > 1 ? Joint.spine3 : Joint.spine1),
      hips,
    ],
    [
      Joint.spine1,
      along(Joint.spine1, map.drivers[Joint.spine2].length > 1 ? Joint.spine3 : Joint.spine2),
      both,
    ],
    [Joint.spine2, along(Joint.spine2, Joint.spine3), both],
    [Joint.spine3, chest, shoulders],
    [Joint.neck, along(Joint.neck, Joint.head), shoulders],
    [Joint.head, chest, shoulders],
    [Joint.leftCollar, trunk, along(Joint.leftCollar, Joint.leftShoulder)],
    [Joint.rightCollar, trunk, along(Joint.rightShoulder, Joint.rightCollar)],
  ];
  const matrix = new Float64Array(9);
  const read = new Set<number>();
  const first = (joint: number): number | undefined => {
    const [source, second] = map.drivers[joint];
    if (second !== undefined || read.has(source)) return undefined;
    read.add(source);
    return source;
  };
  for (const [joint, up, across] of torso) {
    const source = first(joint);
    if (source === undefined) continue;
    const x = inFrameOf(joint, across, bvh, map, pose);
    const y = inFrameOf(joint, up, bvh, map, pose);
    // the columns of the turn are where our x and y lie in the joint's frame; z follows
    for (let r = 0; r < 3; r++) {
      matrix[3 * r] = x[r];
      matrix[3 * r + 1] = y[r];
      matrix[3 * r + 2] = 0;
    }
    nearestRotation(matrix, matrix);
    fromMatrix(bend, 4 * source, matrix, 0);
  }
  for (const limb of [...ARMS, ...LEGS])
    for (let k = 0; k + 1 < limb.length; k++) {
      const [joint, child] = [limb[k], limb[k + 1]];
      const source = first(joint);
      if (source === undefined) continue;
      const isFoot = map.drivers[child][0] === source;
      const bone = isFoot ? toes(bvh, source) : inFrameOf(joint, along(joint, child), bvh, map, pose);
      if (!bone || length(bone) === 0) {
        const above = 4 * map.drivers[PARENTS[joint]][0];
        bend.copyWithin(4 * source, above, above + 4);
      } else {
        const [x, y, z] = REST_OFFSETS.subarray(3 * child, 3 * child + 3);
        between(bend, 4 * source, x, y, z, bone[0], bone[1], bone[2]);
      }
    }
  return { rest: identity(), bend, armsDown: false };
}

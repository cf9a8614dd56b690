import type { Bvh } from '../../io/bvh.js';
import { FormatError } from '../../io/format-error.js';
import { facing } from '../../motion/heading.js';
import { between, multiply, rotate } from '../../motion/quaternion.js';
import { BONE_LENGTHS, REST_OFFSETS } from '../../motion/rest-skeleton.js';
import { JOINT_COUNT } from '../../motion/skeleton.js';
import { boneRest, glimpse, upInMotion } from './bone-rest.js';
import { poseBvh } from './pose.js';
import { mapSkeleton, type SkeletonMap } from './skeleton-map.js';
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

/**
 * How the rotations and positions of a foreign skeleton are to be read. The unit of length needs no guess: a leg of the
 * result is as long as `BONE_LENGTHS` says whatever the source's unit was.
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
  /** Turns each source joint's rotation on, where its bone rests elsewhere than ours, `[source joint, wxyz]`. */
  bend: Float64Array;
  /** The rest pose has its arms hanging: then the collars carry no rotation of their own. */
  armsDown: boolean;
}

/** cos of the angle up to which a rest pose counts as standing. */
const UPRIGHT = 0.85;
/** Upper arms that fall by more than this share of their length hang. */
const HANGING = 0.7;

/** A rest pose that stands: rotations are relative to it, arms are read along their bones. */
function standingRest(bvh: Bvh, map: SkeletonMap, positions: Float64Array, up: Float64Array) {
  // our rest pose turned to face as the source's does, then back to the file's axes
  const standing = new Float64Array(JOINT_COUNT * 3);
  for (let j = 0; j < JOINT_COUNT; j++) {
    const at = 3 * map.drivers[j][0];
    rotate(standing, 3 * j, up, 0, positions[at], positions[at + 1], positions[at + 2]);
  }
  const yaw = facing(standing);
  const rest = identity();
  multiply(rest, 0, inverse(up), 0, Float64Array.of(Math.cos(yaw / 2), 0, Math.sin(yaw / 2), 0), 0);
  const bend = identities(bvh.joints.length);
  const toOurs = inverse(rest);
  const bone = new Float64Array(3);
  let hanging = 0;
  for (const arm of ARMS)
    for (let k = 0; k < 2; k++) {
      const [from, to] = [arm[k], arm[k + 1]];
      rotate(bone, 0, toOurs, 0, ...span(map, positions, from, to));
      if (k === 0 && -bone[1] > HANGING * Math.hypot(bone[0], bone[1], bone[2])) hanging++;
      // the Daz figure's rest pose is not what the actor's T pose was: its rotations are taken as they are
      if (!map.daz) {
        const [x, y, z] = REST_OFFSETS.subarray(3 * to, 3 * to + 3);
        between(bend, 4 * map.drivers[from][0], x, y, z, bone[0], bone[1], bone[2]);
      }
    }
  return { up, rest, bend, armsDown: hanging === 2 };
}

/**
 * Recognises the skeleton of a BVH, its scale, its up axis and how its rest pose is to be read.
 * @throws FormatError `ERR_BVH` when the joints are not found, have no extent, or neither y nor z is up.
 */
export function recogniseFigure(bvh: Bvh): SourceFigure {
  const map = mapSkeleton(bvh.joints);
  const { positions } = poseBvh(bvh, 'rest');
  let theirs = 0;
  let ours = 0;
  const rise: Vector = [0, 0, 0];
  for (const [hip, knee, ankle] of LEGS) {
    theirs += length(span(map, positions, hip, knee)) + length(span(map, positions, knee, ankle));
    ours += BONE_LENGTHS[knee] + BONE_LENGTHS[ankle];
    span(map, positions, ankle, hip).forEach((value, c) => {
      rise[c] += value;
    });
  }
  const scale = ours / theirs;
  if (!(scale > 1e-6 && scale < 1e6))
    throw new FormatError('ERR_BVH', 'legs', 'the rest pose', `length ${theirs}`);
  const up = turnUp(rise, UPRIGHT);
  if (up) return { bvh, map, scale, ...standingRest(bvh, map, positions, up) };
  const pose = glimpse(bvh);
  const moving = upInMotion(bvh, map, pose);
  if (!moving)
    throw new FormatError('ERR_BVH', 'a figure that stands along y or z', 'a BVH motion', 'another');
  return { bvh, map, scale, up: moving, ...boneRest(bvh, map, pose) };
}

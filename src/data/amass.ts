import type { AmassMotion } from '../io/amass.js';
import {
  forwardKinematics,
  globalRotations,
  inverseKinematics,
  localRotations,
} from '../motion/kinematics.js';
import { fromRotationVector, toRotationVector } from '../motion/quaternion.js';
import { REST_OFFSETS } from '../motion/rest-skeleton.js';

/**
 * AMASS without the licensed body model: the poses turn a fixed skeleton (`REST_OFFSETS`) with the pelvis at `trans`. The
 * constant offset of SMPL's pelvis from `trans` and the person's proportions are left out. z up becomes y up:
 * (x, y, z) -> (x, z, -y).
 */

function toYUp(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 3) {
    out[i] = values[i];
    out[i + 1] = values[i + 2];
    out[i + 2] = -values[i + 1];
  }
  return out;
}

function toZUp(values: Float64Array | Float32Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 3) {
    out[i] = values[i];
    out[i + 1] = -values[i + 2];
    out[i + 2] = values[i + 1];
  }
  return out;
}

/** Global rotations `[frame, 22, wxyz]` in the archive's axes. */
function rotationsOf(poses: Float64Array): Float64Array {
  const local = new Float64Array((poses.length / 3) * 4);
  for (let i = 0; i < poses.length / 3; i++)
    fromRotationVector(local, 4 * i, poses[3 * i], poses[3 * i + 1], poses[3 * i + 2]);
  return globalRotations(local);
}

/** Joints `[frame, 22, xyz]` of an archive, metres, y up, in its own world and at its own rate. */
export function amassJoints(file: AmassMotion): Float64Array {
  return toYUp(forwardKinematics(file.trans, rotationsOf(file.poses), REST_OFFSETS));
}

/**
 * Poses and path of joints `[frame, 22, xyz]` (y up). Joints with the bone lengths of the rest skeleton are met exactly; for
 * others bones point the right way. With `guide`, the poses the joints came from, each joint turns from its own former
 * rotation, so twist, head and hands stay.
 */
export function amassPoses(
  joints: Float64Array | Float32Array,
  guide?: Float64Array,
): { poses: Float64Array; trans: Float64Array } {
  const upright = toZUp(joints);
  // our rest pose faces +z with y up, as SMPL's does: in AMASS the root rotation carries the turn to z up
  const global = inverseKinematics(upright, REST_OFFSETS, guide && rotationsOf(guide));
  const local = localRotations(global);
  const count = local.length / 4;
  const poses = new Float64Array(count * 3);
  for (let i = 0; i < count; i++) toRotationVector(poses, 3 * i, local, 4 * i);
  const frames = upright.length / 66;
  const trans = new Float64Array(frames * 3);
  for (let t = 0; t < frames; t++) trans.set(upright.subarray(t * 66, t * 66 + 3), 3 * t);
  return { poses, trans };
}

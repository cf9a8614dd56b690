import { type Bvh, channelCount } from '../../io/bvh.js';
import { Joint } from '../../motion/joint.js';
import { inverseKinematics } from '../../motion/kinematics.js';
import { between, multiply, relative, rotate } from '../../motion/quaternion.js';
import { REST_OFFSETS } from '../../motion/rest-skeleton.js';
import { JOINT_COUNT } from '../../motion/skeleton.js';
import { solveTwoBone } from '../../motion/two-bone.js';
import { writeAngles } from './angles.js';
import type { SourceFigure } from './figure.js';
import { jointChannels, poseBvh } from './pose.js';
import { DAZ_LIFT, HIP_CENTRE, retarget } from './retarget.js';
import { LEGS } from './source-span.js';

/** An ankle this close to its target stays [m]: its leg may be straighter than a solved one. */
const NEAR = 1e-6;
/** For each source joint the one of ours that turns it, or -1. Where one drives several of ours, the one nearest the root. */
function turnedBy({ bvh, map, armsDown }: SourceFigure): Int32Array {
  const ours = new Int32Array(bvh.joints.length).fill(-1);
  for (let j = JOINT_COUNT - 1; j >= 0; j--) {
    const [source, second] = map.drivers[j];
    const idle = armsDown && (j === Joint.leftCollar || j === Joint.rightCollar);
    const axes = new Set(bvh.joints[source].channels.filter((channel) => channel.endsWith('rotation')));
    if (second === undefined && !idle && axes.size === 3) ours[source] = j;
  }
  return ours;
}

/** The joint at or above the pelvis that has a position. */
function moverOf({ bvh, map }: SourceFigure): number {
  let joint = map.drivers[Joint.pelvis][0];
  while (
    joint >= 0 &&
    bvh.joints[joint].channels.filter((channel) => channel.endsWith('position')).length < 3
  )
    joint = bvh.joints[joint].parent;
  return joint;
}

/**
 * Writes changed joints back into the hierarchy they came from: a copy of the BVH in which the frames from `first` on show
 * `joints` (`[frame, 22, xyz]`, metres, in the space of `retarget`). Each source joint that drives one of ours turns in the
 * world by as much as ours does, so twist, fingers and whatever else the 22 joints do not show stay as they were; the root
 * moves so that the hips meet, and the legs then reach for the ankles, so that planted feet stay planted.
 */
export function transfer(figure: SourceFigure, first: number, joints: Float64Array): Bvh {
  const { bvh, map, scale, up } = figure;
  const frames = joints.length / (JOINT_COUNT * 3);
  const pose = poseBvh(
    bvh,
    Int32Array.from({ length: frames }, (_, t) => first + t),
  );
  const { joints: was, rotations: before } = retarget(figure, pose);
  const after = inverseKinematics(joints, REST_OFFSETS, before);
  const channels = jointChannels(bvh);
  const count = channels.length;
  const width = channelCount(bvh);
  const values = bvh.values.slice();
  const ours = turnedBy(figure);
  const mover = moverOf(figure);

  /** Global rotations of one frame: given where a joint is turned, else following from the parent. */
  const global = new Float64Array(4 * count);
  const local = new Float64Array(4 * count);
  const positions = new Float64Array(3 * count);
  const inverseBefore = new Float64Array(4);
  const inverseUp = Float64Array.of(up[0], -up[1], -up[2], -up[3]);
  const turn = new Float64Array(4);
  const point = new Float64Array(3);
  const limb = new Float64Array(6);

  /** A point of ours in the file's axes and unit. */
  const toSource = (x: number, y: number, z: number): Float64Array => {
    const out = new Float64Array(3);
    rotate(out, 0, inverseUp, 0, x / scale, y / scale, z / scale);
    return out;
  };
  const position = (joint: number) => positions.subarray(3 * joint, 3 * joint + 3);

  /** Forward kinematics of one frame with the turned joints' global rotations as set and the others' local ones as read. */
  const pass = (rows: number): void => {
    for (let s = 0; s < count; s++) {
      const { parent } = channels[s];
      const original = 4 * (rows + s);
      if (parent < 0) {
        if (ours[s] < 0) for (let c = 0; c < 4; c++) global[4 * s + c] = pose.rotations[original + c];
        for (let c = 0; c < 4; c++) local[4 * s + c] = global[4 * s + c];
        for (let c = 0; c < 3; c++) positions[3 * s + c] = pose.positions[3 * (rows + s) + c];
        continue;
      }
      const originalParent = 4 * (rows + parent);
      if (ours[s] < 0) {
        relative(turn, 0, pose.rotations, originalParent, pose.rotations, original);
        multiply(global, 4 * s, global, 4 * parent, turn, 0);
      }
      relative(local, 4 * s, global, 4 * parent, global, 4 * s);
      for (let c = 0; c < 3; c++)
        point[c] = pose.positions[3 * (rows + s) + c] - pose.positions[3 * (rows + parent) + c];
      // turned by the parent's change since the file: global parent' parent^-1
      for (let c = 0; c < 4; c++) turn[c] = (c === 0 ? 1 : -1) * pose.rotations[originalParent + c];
      multiply(turn, 0, global, 4 * parent, turn, 0);
      rotate(point, 0, turn, 0, point[0], point[1], point[2]);
      for (let c = 0; c < 3; c++) positions[3 * s + c] = positions[3 * parent + c] + point[c];
    }
  };

  for (let t = 0; t < frames; t++) {
    const rows = t * count;
    const row = (first + t) * width;
    const at = t * JOINT_COUNT;
    for (let s = 0; s < count; s++) {
      if (ours[s] < 0) continue;
      const q = 4 * (at + ours[s]);
      for (let c = 0; c < 4; c++) inverseBefore[c] = (c === 0 ? 1 : -1) * before[q + c];
      multiply(turn, 0, after, q, inverseBefore, 0);
      multiply(turn, 0, turn, 0, up, 0);
      multiply(turn, 0, inverseUp, 0, turn, 0);
      multiply(global, 4 * s, turn, 0, pose.rotations, 4 * (rows + s));
    }
    pass(rows);

    rotate(point, 0, after, 4 * at, HIP_CENTRE[0], HIP_CENTRE[1], HIP_CENTRE[2]);
    const hips = toSource(
      joints[3 * at] + point[0],
      joints[3 * at + 1] + point[1] - (map.daz ? DAZ_LIFT : 0),
      joints[3 * at + 2] + point[2],
    );
    const left = position(map.drivers[Joint.leftHip][0]);
    const right = position(map.drivers[Joint.rightHip][0]);
    const shift = hips.map((value, c) => value - (left[c] + right[c]) / 2);
    if (mover >= 0) {
      const { parent, position: columns } = channels[mover];
      point.set(shift);
      if (parent >= 0) {
        const inverse = Float64Array.of(1, -1, -1, -1).map((sign, c) => sign * global[4 * parent + c]);
        rotate(point, 0, inverse, 0, shift[0], shift[1], shift[2]);
      }
      columns.forEach((column, c) => {
        values[row + column] += point[c];
      });
    } else shift.fill(0);

    for (const [hip, knee, ankle] of LEGS) {
      const sources = [hip, knee, ankle].map((joint) => map.drivers[joint][0]);
      if (ours[sources[0]] < 0 || ours[sources[1]] < 0) continue;
      const [start, middle, end] = sources.map((s) => position(s).map((value, c) => value + shift[c]));
      const length = (a: Float64Array, b: Float64Array) => Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
      // the source's ankle and knee move by as much as ours did
      const moved = (joint: number, source: number) => {
        const i = 3 * (at + joint);
        const step = toSource(joints[i] - was[i], joints[i + 1] - was[i + 1], joints[i + 2] - was[i + 2]);
        return step.map((value, c) => value + pose.positions[3 * (rows + source) + c]);
      };
      const target = moved(ankle, sources[2]);
      const pole = moved(knee, sources[1]);
      if (length(end, target) < NEAR / scale && length(middle, pole) < NEAR / scale) continue;
      solveTwoBone(limb, start, target, pole, length(start, middle), length(middle, end));
      const bones = [
        [middle, start, limb, start],
        [end, middle, limb.subarray(3), limb],
      ] as const;
      bones.forEach(([head, tail, newHead, newTail], k) => {
        between(
          turn,
          0,
          head[0] - tail[0],
          head[1] - tail[1],
          head[2] - tail[2],
          newHead[0] - newTail[0],
          newHead[1] - newTail[1],
          newHead[2] - newTail[2],
        );
        multiply(global, 4 * sources[k], turn, 0, global, 4 * sources[k]);
      });
    }
    pass(rows);
    for (let s = 0; s < count; s++)
      if (ours[s] >= 0) writeAngles(values, row, row, channels[s].columns, channels[s].axes, local, 4 * s);
  }
  return { ...bvh, values };
}

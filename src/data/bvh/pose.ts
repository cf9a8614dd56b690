import { type Bvh, type BvhChannel, bvhFrameCount, channelCount } from '../../io/bvh.js';
import { fromEuler } from '../../motion/euler.js';
import { multiply, rotate } from '../../motion/quaternion.js';

/** Where the joints of a BVH are, in the file's unit and axes. */
export interface BvhPose {
  frames: number;
  /** `[frame, joint, xyz]`. */
  positions: Float64Array;
  /** Global rotations, `[frame, joint, wxyz]`. */
  rotations: Float64Array;
}

export const isPosition = (channel: BvhChannel): boolean => channel.endsWith('position');
export const axisOf = (channel: BvhChannel): number => channel.charCodeAt(0) - 88;

/** How the channels of one joint are read. */
interface JointChannels {
  parent: number;
  /** First column of the joint. */
  column: number;
  /** Columns of x, y, z of the position, -1 where there is none. */
  position: [number, number, number];
  axes: number[];
  columns: number[];
  offset: readonly [number, number, number];
}

export function jointChannels(bvh: Bvh): JointChannels[] {
  let column = 0;
  return bvh.joints.map((joint) => {
    const result: JointChannels = {
      parent: joint.parent,
      column,
      position: [-1, -1, -1],
      axes: [],
      columns: [],
      offset: joint.offset,
    };
    for (const channel of joint.channels) {
      if (isPosition(channel)) result.position[axisOf(channel)] = column++;
      else {
        result.axes.push(axisOf(channel));
        result.columns.push(column++);
      }
    }
    return result;
  });
}

/**
 * Forward kinematics of a BVH. Rotation channels multiply in file order on column vectors; position channels replace the
 * offset. On a root with some position channels the others are 0.
 * @param picked frames to pose, default all; `rest` poses one frame with every channel at 0.
 */
export function poseBvh(bvh: Bvh, picked: ArrayLike<number> | 'all' | 'rest' = 'all'): BvhPose {
  const joints = jointChannels(bvh);
  const width = channelCount(bvh);
  const count = joints.length;
  const frames = picked === 'all' ? bvhFrameCount(bvh) : picked === 'rest' ? 1 : picked.length;
  const positions = new Float64Array(frames * count * 3);
  const rotations = new Float64Array(frames * count * 4);
  const zero = new Float64Array(width);
  const angles = new Float64Array(6);
  const point = new Float64Array(3);
  for (let t = 0; t < frames; t++) {
    const row = picked === 'all' ? t * width : picked === 'rest' ? 0 : picked[t] * width;
    const values = picked === 'rest' ? zero : bvh.values;
    for (let j = 0; j < count; j++) {
      const { parent, position, axes, columns, offset } = joints[j];
      const moves = picked !== 'rest' && (position[0] >= 0 || position[1] >= 0 || position[2] >= 0);
      for (let c = 0; c < 3; c++)
        point[c] = moves
          ? position[c] >= 0
            ? values[row + position[c]]
            : parent < 0
              ? 0
              : offset[c]
          : offset[c];
      for (let k = 0; k < columns.length; k++) angles[k] = (values[row + columns[k]] * Math.PI) / 180;
      const q = 4 * (t * count + j);
      const p = 3 * (t * count + j);
      fromEuler(rotations, q, axes, angles);
      if (parent < 0) {
        positions.set(point, p);
        continue;
      }
      const parentRotation = 4 * (t * count + parent);
      const parentPosition = 3 * (t * count + parent);
      rotate(point, 0, rotations, parentRotation, point[0], point[1], point[2]);
      for (let c = 0; c < 3; c++) positions[p + c] = positions[parentPosition + c] + point[c];
      multiply(rotations, q, rotations, parentRotation, rotations, q);
    }
  }
  return { frames, positions, rotations };
}

import { FRAME_SIZE } from './motion.js';

const LEFT_HIP = 3;
const RIGHT_HIP = 6;
const LEFT_SHOULDER = 48;
const RIGHT_SHOULDER = 51;

/** How a clip was moved to its standard place: `placed = yaw(original - (x, floor, z))`. */
export interface Placement {
  /** Height that became 0 [m]. */
  floor: number;
  /** Ground position that became the origin [m]. */
  x: number;
  z: number;
  /** Turn about +y [rad] that was applied after the shift. */
  yaw: number;
}

/**
 * Direction a frame faces, as the angle from +z towards +x [rad]: y x across, with across from the left to the right hip plus
 * from the left to the right shoulder (HumanML3D). 0 when the body has no width.
 */
export function facing(joints: ArrayLike<number>, at = 0): number {
  const across = (c: number) =>
    joints[at + RIGHT_HIP + c] -
    joints[at + LEFT_HIP + c] +
    (joints[at + RIGHT_SHOULDER + c] - joints[at + LEFT_SHOULDER + c]);
  return Math.atan2(across(2), -across(0));
}

/** Height of the lowest joint of a clip [m]. */
export function lowestPoint(joints: Float32Array | Float64Array): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < joints.length; i += 3) if (joints[i] < lowest) lowest = joints[i];
  return lowest;
}

/**
 * The placement HumanML3D gives a clip: lowest joint of all frames at y = 0, pelvis of frame 0 above the origin, frame 0
 * facing +z. `floor` sets the floor height instead.
 */
export function standardPlacement(joints: Float32Array | Float64Array, floor?: number): Placement {
  return { floor: floor ?? lowestPoint(joints), x: joints[0], z: joints[2], yaw: -facing(joints) };
}

/** Moves joints `[frame, 22, xyz]` to a placement. */
export function place(joints: Float32Array | Float64Array, placement: Placement): Float32Array {
  const { floor, x, z, yaw } = placement;
  const cosine = Math.cos(yaw);
  const sine = Math.sin(yaw);
  const out = new Float32Array(joints.length);
  for (let i = 0; i < joints.length; i += 3) {
    const dx = joints[i] - x;
    const dz = joints[i + 2] - z;
    out[i] = cosine * dx + sine * dz;
    out[i + 1] = joints[i + 1] - floor;
    out[i + 2] = cosine * dz - sine * dx;
  }
  return out;
}

/** Undoes `place`. */
export function unplace(joints: Float32Array | Float64Array, placement: Placement): Float32Array {
  const { floor, x, z, yaw } = placement;
  const cosine = Math.cos(yaw);
  const sine = Math.sin(yaw);
  const out = new Float32Array(joints.length);
  for (let i = 0; i < joints.length; i += 3) {
    out[i] = cosine * joints[i] - sine * joints[i + 2] + x;
    out[i + 1] = joints[i + 1] + floor;
    out[i + 2] = cosine * joints[i + 2] + sine * joints[i] + z;
  }
  return out;
}

/**
 * A clip in HumanML3D's standard place: floor at y = 0, frame 0 at the origin and facing +z.
 * @throws RangeError when the length is not a multiple of 66.
 */
export function normalise(joints: Float32Array | Float64Array): Float32Array {
  if (joints.length === 0 || joints.length % FRAME_SIZE !== 0)
    throw new RangeError(
      `Expected a multiple of ${FRAME_SIZE} numbers, 22 joints a frame, for joints but received ${joints.length}`,
    );
  return place(joints, standardPlacement(joints));
}

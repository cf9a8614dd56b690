import type { Motion } from '../../motion/motion.js';

/** A clip whose contacts with the floor are known because it was built from them. */
export interface ProceduralMotion extends Motion {
  caption: string;
  action: string;
  name: string;
  /**
   * 1 where the left and the right foot are on the floor, `[frames, 2]`: the ball (joints 10, 11) stays in place or, in the
   * first tenth of a second after a heel strike, the ankle (joints 7, 8) does while the ball comes down.
   */
  contacts: Uint8Array;
}

/**
 * Brings a clip to the conventions of HumanML3D: the pelvis of the first frame at x = z = 0, the first frame facing +z (its
 * facing is up x across, across from the left to the right hips and shoulders), the lowest joint of the clip at y = 0.
 */
export function canonical(joints: Float64Array): Float32Array {
  const across = (axis: number) =>
    joints[6 + axis] - joints[3 + axis] + joints[51 + axis] - joints[48 + axis];
  // up x across = (across_z, 0, -across_x)
  const yaw = Math.atan2(across(2), -across(0));
  const cos = Math.cos(yaw);
  const sin = Math.sin(yaw);
  const [rootX, , rootZ] = joints;
  const out = new Float32Array(joints.length);
  let lowest = Infinity;
  for (let i = 1; i < joints.length; i += 3) lowest = Math.min(lowest, joints[i]);
  for (let i = 0; i < joints.length; i += 3) {
    const x = joints[i] - rootX;
    const z = joints[i + 2] - rootZ;
    out[i] = cos * x - sin * z;
    out[i + 1] = joints[i + 1] - lowest;
    out[i + 2] = sin * x + cos * z;
  }
  return out;
}

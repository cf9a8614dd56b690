import { FRAME_SIZE } from './motion.js';
import { MIRROR } from './skeleton.js';

/** The motion as seen in a mirror: x negated, left and right joints exchanged. */
export function mirror(joints: Float32Array): Float32Array {
  const out = new Float32Array(joints.length);
  for (let at = 0; at < joints.length; at += FRAME_SIZE)
    for (let j = 0; j < MIRROR.length; j++) {
      const from = at + 3 * MIRROR[j];
      const to = at + 3 * j;
      out[to] = -joints[from];
      out[to + 1] = joints[from + 1];
      out[to + 2] = joints[from + 2];
    }
  return out;
}

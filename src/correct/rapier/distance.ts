import { FRAME_SIZE } from '../../motion/motion.js';

type Joints = Float32Array | Float64Array;

/** Mean distance of the joints of two motions `[T, 22, 3]`, in the world and relative to the pelvis, in their unit. */
export function jointDistance(a: Joints, b: Joints): { world: number; relative: number } {
  let [world, relative] = [0, 0];
  for (let at = 0; at < a.length; at += FRAME_SIZE) {
    const [x, y, z] = [b[at] - a[at], b[at + 1] - a[at + 1], b[at + 2] - a[at + 2]];
    for (let i = at; i < at + FRAME_SIZE; i += 3) {
      const [dx, dy, dz] = [b[i] - a[i], b[i + 1] - a[i + 1], b[i + 2] - a[i + 2]];
      world += Math.sqrt(dx * dx + dy * dy + dz * dz);
      relative += Math.sqrt((dx - x) ** 2 + (dy - y) ** 2 + (dz - z) ** 2);
    }
  }
  const count = Math.max(1, a.length / 3);
  return { world: world / count, relative: relative / count };
}

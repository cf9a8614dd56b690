import { FRAME_SIZE } from './motion.js';
import { nearestRotation } from './nearest-rotation.js';
import { meanBoneLengths, restOffsets } from './rest-skeleton.js';
import { PARENTS } from './skeleton.js';

/** Up to this much movement against each other the children of a hub count as one piece [m]. */
const RIGID = 5e-4;

const children = (joint: number): number[] =>
  PARENTS.flatMap((parent, child) => (parent === joint ? [child] : []));

/** The pelvis and the chest, whose three children no single rotation can point at will. */
export const HUBS: readonly number[] = [0, 9];

/**
 * Rest offsets for a motion: bone lengths are the means over its frames, directions those of the T pose, and the children of
 * the pelvis and of the chest lie as they do on average in the frame of their hub (Procrustes analysis), exactly so when they
 * move as one piece.
 * @param joints `[frame, 22, xyz]`.
 * @returns offsets `[22, xyz]` in the units of the joints; rigid: whether the children of each of `HUBS` do move as one piece.
 */
export function fitRestOffsets(joints: Float32Array): { offsets: Float64Array; rigid: boolean[] } {
  const offsets = restOffsets(meanBoneLengths(joints));
  const frames = joints.length / FRAME_SIZE;
  const matrix = new Float64Array(9);
  const rigid = HUBS.map((hub) => {
    let worst = 0;
    for (let round = 0; round < 3; round++) {
      const mean = new Float64Array(9);
      worst = 0;
      for (let t = 0; t < frames; t++) {
        const bone = (child: number, c: number) =>
          joints[t * FRAME_SIZE + 3 * child + c] - joints[t * FRAME_SIZE + 3 * hub + c];
        matrix.fill(0);
        for (const child of children(hub))
          for (let r = 0; r < 3; r++)
            for (let c = 0; c < 3; c++) matrix[3 * r + c] += bone(child, r) * offsets[3 * child + c];
        nearestRotation(matrix, matrix);
        children(hub).forEach((child, k) => {
          for (let c = 0; c < 3; c++) {
            let local = 0;
            for (let r = 0; r < 3; r++) local += matrix[3 * r + c] * bone(child, r);
            mean[3 * k + c] += local / frames;
            worst = Math.max(worst, Math.abs(local - offsets[3 * child + c]));
          }
        });
      }
      if (round < 2)
        children(hub).forEach((child, k) => {
          const at = 3 * child;
          const length = Math.hypot(offsets[at], offsets[at + 1], offsets[at + 2]);
          const norm = Math.hypot(mean[3 * k], mean[3 * k + 1], mean[3 * k + 2]) || 1;
          for (let c = 0; c < 3; c++) offsets[at + c] = (mean[3 * k + c] * length) / norm;
        });
    }
    return worst < RIGID;
  });
  return { offsets, rigid };
}

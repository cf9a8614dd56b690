import { forwardKinematics, globalRotations } from '../../src/motion/kinematics.js';
import { fromRotationVector } from '../../src/motion/quaternion.js';
import { REST_OFFSETS } from '../../src/motion/rest-skeleton.js';
import { Random } from '../../src/random/random.js';

/** A wandering, turning figure with random smooth poses: exact bone lengths, pelvis of frame 0 above the origin. */
export function randomMotion(
  seed: number,
  frames: number,
  bend = 0.4,
): { joints: Float64Array; local: Float64Array } {
  const random = new Random(seed, 'motion');
  const local = new Float64Array(frames * 22 * 4);
  const root = new Float64Array(frames * 3);
  const axes = Float64Array.from({ length: 22 * 3 }, () => random.normal() * bend);
  const rates = Float64Array.from({ length: 22 }, () => random.uniform(0.02, 0.3));
  const turn = random.uniform(-0.15, 0.15);
  for (let t = 0; t < frames; t++) {
    for (let j = 0; j < 22; j++) {
      const s = Math.sin(rates[j] * t + j);
      const at = 4 * (t * 22 + j);
      if (j === 0) fromRotationVector(local, at, 0.1 * s, turn * t, 0.05 * s);
      else fromRotationVector(local, at, axes[3 * j] * s, axes[3 * j + 1] * s, axes[3 * j + 2] * s);
    }
    if (t > 0)
      root.set(
        [root[3 * t - 3] + 0.06 * Math.sin(turn * t), 0, root[3 * t - 1] + 0.06 * Math.cos(turn * t)],
        3 * t,
      );
    root[3 * t + 1] = 0.9 + 0.05 * Math.sin(0.3 * t);
  }
  return { joints: forwardKinematics(root, globalRotations(local), REST_OFFSETS), local };
}

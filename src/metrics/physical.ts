import { measure, type Plausibility } from '../motion/measure.js';
import { FRAME_SIZE } from '../motion/motion.js';

/** Plausibility of each motion of a set [N, frames, 22, 3]; numbers that are not finite count as 0, others are clipped to +-50 m. */
export function measureEach(joints: Float32Array, frames: number, fps: number): Plausibility[] {
  const size = frames * FRAME_SIZE;
  const sane = new Float32Array(joints.length);
  for (let i = 0; i < joints.length; i++)
    sane[i] = Number.isFinite(joints[i]) ? Math.min(50, Math.max(-50, joints[i])) : 0;
  return Array.from({ length: joints.length / size }, (_, i) =>
    measure(sane.subarray(i * size, (i + 1) * size), fps),
  );
}

/** Mean of each measure over motions. */
export function meanPlausibility(each: readonly Plausibility[]): Plausibility {
  const mean = { ...each[0] };
  for (const name of Object.keys(mean) as (keyof Plausibility)[])
    mean[name] = each.reduce((sum, one) => sum + one[name], 0) / each.length;
  return mean;
}

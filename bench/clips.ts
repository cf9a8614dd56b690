/** Motions of any number and length for benches: built-in clips, walked to and fro so that nothing jumps. */
import { proceduralMotions } from '../src/data/procedural/index.js';
import { FRAME_SIZE } from '../src/motion/motion.js';

function walked(joints: Float32Array, frames: number): Float32Array {
  const own = joints.length / FRAME_SIZE;
  const clip = new Float32Array(frames * FRAME_SIZE);
  for (let t = 0; t < frames; t++) {
    const cycle = t % (2 * own - 2);
    const from = cycle < own ? cycle : 2 * own - 2 - cycle;
    clip.set(joints.subarray(from * FRAME_SIZE, (from + 1) * FRAME_SIZE), t * FRAME_SIZE);
  }
  return clip;
}

const sources = proceduralMotions({ count: 64, seed: 1 });

export function clips(count: number, frames: number): { joints: Float32Array }[] {
  const made = sources.map(({ joints }) => ({ joints: walked(joints, frames) }));
  return Array.from({ length: count }, (_, i) => made[i % made.length]);
}

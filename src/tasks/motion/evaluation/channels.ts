import { Normalisation } from '../../../generator/index.js';
import { POSITIONS, ROTATIONS, STEPS } from '../../../motion/feature-layout.js';
import { encodeAllFrames, FEATURE_SIZE } from '../../../motion/features.js';
import { place, standardPlacement } from '../../../motion/heading.js';
import { FRAME_SIZE } from '../../../motion/motion.js';

/**
 * What the evaluator sees of a frame: of HumanML3D's features the root's turn, step and height and the rotations of the joints. Selection
 * sees positions and velocities of joints, and no channel of these.
 */
const SEEN = [
  ...Array.from({ length: POSITIONS }, (_, k) => k),
  ...Array.from({ length: STEPS - ROTATIONS }, (_, k) => ROTATIONS + k),
];
/** Numbers a frame. */
export const CHANNELS = SEEN.length;
/** Normalised numbers are clipped here. */
const CLIP = 10;
/** Positions are clipped here [m], so that their features stay finite. */
const FARTHEST = 50;

/** Mean and deviation of each channel. */
export interface ChannelScale {
  mean: Float32Array;
  deviation: Float32Array;
}

/** Features of motions [N, frames, 22, 3], turned and moved to their standard place but for their height; what is not finite counts as 0. */
function features(joints: Float32Array, frames: number): Float32Array {
  const size = frames * FRAME_SIZE;
  const count = joints.length / size;
  const out = new Float32Array(count * frames * FEATURE_SIZE);
  for (let i = 0; i < count; i++) {
    const motion = joints
      .subarray(i * size, (i + 1) * size)
      .map((value) => (Number.isFinite(value) ? Math.min(FARTHEST, Math.max(-FARTHEST, value)) : 0));
    out.set(encodeAllFrames(place(motion, standardPlacement(motion, 0))), i * frames * FEATURE_SIZE);
  }
  return out;
}

/** The scale of real motions; channels of one kind share a deviation, as HumanML3D's do. */
export function fitChannels(joints: Float32Array, frames: number): ChannelScale {
  const { mean, deviation } = Normalisation.fit(features(joints, frames));
  return {
    mean: Float32Array.from(SEEN, (k) => mean[k]),
    deviation: Float32Array.from(SEEN, (k) => deviation[k]),
  };
}

/** Normalised channels [N, frames, CHANNELS] of motions [N, frames, 22, 3], clipped to +-10. */
export function channelsOf(joints: Float32Array, frames: number, scale: ChannelScale): Float32Array {
  const all = features(joints, frames);
  const rows = all.length / FEATURE_SIZE;
  const out = new Float32Array(rows * CHANNELS);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < CHANNELS; k++) {
      const value = (all[row * FEATURE_SIZE + SEEN[k]] - scale.mean[k]) / scale.deviation[k];
      out[row * CHANNELS + k] = Number.isFinite(value) ? Math.min(CLIP, Math.max(-CLIP, value)) : 0;
    }
  return out;
}

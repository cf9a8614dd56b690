import { decodeFeatures, FEATURE_SIZE } from '../../motion/features.js';
import { FRAME_SIZE } from '../../motion/motion.js';

/** Motions of one length as the generator knows them, with the class each was asked for. */
export interface MotionSamples {
  frames: number;
  /** HumanML3D features, not normalised, [N, frames, 263]. */
  features: Float32Array;
  /** Class of each motion, length N. */
  labels: Int32Array;
  /** What the corrector said of each motion; lost when sets are joined. */
  corrections?: { status: string; residualForce: number }[];
}

export function takeSamples(samples: MotionSamples, positions: ArrayLike<number>): MotionSamples {
  const { frames, features, labels, corrections } = samples;
  const size = frames * FEATURE_SIZE;
  const out = new Float32Array(positions.length * size);
  for (let i = 0; i < positions.length; i++)
    out.set(features.subarray(positions[i] * size, (positions[i] + 1) * size), i * size);
  return {
    frames,
    features: out,
    labels: Int32Array.from(positions, (position) => labels[position]),
    ...(corrections && {
      corrections: Array.from(positions as ArrayLike<number>, (position) => corrections[position]),
    }),
  };
}

export function joinSamples(sets: readonly MotionSamples[]): MotionSamples {
  const features = new Float32Array(sets.reduce((sum, set) => sum + set.features.length, 0));
  const labels = new Int32Array(sets.reduce((sum, set) => sum + set.labels.length, 0));
  let at = 0;
  let label = 0;
  for (const set of sets) {
    features.set(set.features, at);
    labels.set(set.labels, label);
    at += set.features.length;
    label += set.labels.length;
  }
  return { frames: sets[0].frames, features, labels };
}

const decoded = new WeakMap<MotionSamples, Float32Array>();

/** Joints [N, frames, 22, 3] of samples; decoded once per set. */
export function jointsOf(samples: MotionSamples): Float32Array {
  let joints = decoded.get(samples);
  if (!joints) {
    const { frames, features, labels } = samples;
    joints = new Float32Array(labels.length * frames * FRAME_SIZE);
    const size = frames * FEATURE_SIZE;
    for (let i = 0; i < labels.length; i++)
      joints.set(decodeFeatures(features.subarray(i * size, (i + 1) * size)), i * frames * FRAME_SIZE);
    decoded.set(samples, joints);
  }
  return joints;
}

/** Joints of motion i, a view. */
export const motionAt = (joints: Float32Array, frames: number, i: number): Float32Array =>
  joints.subarray(i * frames * FRAME_SIZE, (i + 1) * frames * FRAME_SIZE);

import type { MotionDataset } from '../../data/dataset.js';
import { normalise } from '../../motion/heading.js';
import { mirror } from '../../motion/mirror.js';
import { FRAME_SIZE, frameCount } from '../../motion/motion.js';
import { resample } from '../../motion/resample.js';
import { encodeWindow, windowStarts } from '../../motion/window.js';
import { Random } from '../../random/random.js';
import type { MotionSamples } from './samples.js';

/** Frames per second of every window. */
export const FPS = 20;

/** One window of a clip: one frame more than its features have rows, in its standard place. */
export interface Window {
  /** [frames + 1, 22, 3] m. */
  joints: Float32Array;
  label: number;
  /** Index of the clip in the data set. */
  clip: number;
}

/** Windows of `frames` frames (and the one after), `stride` apart, of the clips of one split; mirror images as well if asked. */
export function cutWindows(
  dataset: MotionDataset,
  split: 'train' | 'test',
  options: { frames: number; stride: number; mirrored: boolean },
): Window[] {
  const length = options.frames + 1;
  const windows: Window[] = [];
  for (const clip of dataset[split]) {
    const motion = dataset.motions[clip];
    const joints = motion.fps === FPS ? motion.joints : resample(motion.joints, FRAME_SIZE, motion.fps, FPS);
    for (const start of windowStarts(frameCount({ joints }), length, options.stride)) {
      const cut = joints.subarray(start * FRAME_SIZE, (start + length) * FRAME_SIZE);
      const label = dataset.labels[clip];
      windows.push({ joints: normalise(cut), label, clip });
      if (options.mirrored) windows.push({ joints: normalise(mirror(cut)), label, clip });
    }
  }
  return windows;
}

/** The windows' joints and labels as one array, without the frame behind. */
export function stackWindows(
  windows: readonly Window[],
  frames: number,
): { joints: Float32Array; labels: Int32Array } {
  const size = frames * FRAME_SIZE;
  const joints = new Float32Array(windows.length * size);
  windows.forEach((window, i) => {
    joints.set(window.joints.subarray(0, size), i * size);
  });
  return { joints, labels: Int32Array.from(windows, (window) => window.label) };
}

/**
 * The n real windows of a seed: one window of each of n different clips, drawn at random; where there are fewer clips, more windows
 * of them, none twice.
 */
export function chooseReal(windows: readonly Window[], n: number, seed: number): Window[] {
  const byClip = new Map<number, number[]>();
  windows.forEach((window, i) => {
    byClip.set(window.clip, [...(byClip.get(window.clip) ?? []), i]);
  });
  const clips = [...byClip.values()];
  const chosen = [...new Random(seed, 'real clips').permutation(clips.length)]
    .slice(0, n)
    .map((k) => clips[k][new Random(seed, 'real window', clips[k][0]).integer(clips[k].length)]);
  const taken = new Set(chosen);
  for (const i of new Random(seed, 'more real windows').permutation(windows.length)) {
    if (chosen.length === n) break;
    if (!taken.has(i)) chosen.push(i);
  }
  if (chosen.length < n)
    throw new RangeError(
      `Expected ${n} windows or more in the training clips but received ${windows.length}; give more or longer clips, or a smaller n`,
    );
  return chosen.map((i) => windows[i]);
}

/** Windows as samples: their exact features. */
export function encodeSamples(windows: readonly Window[], frames: number): MotionSamples {
  const rows = windows.map((window) => encodeWindow(window.joints, frames));
  const features = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    features.set(row, at);
    at += row.length;
  }
  return { frames, features, labels: Int32Array.from(windows, (window) => window.label) };
}

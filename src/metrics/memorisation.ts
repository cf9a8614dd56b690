import { facing } from '../motion/heading.js';
import { mirror } from '../motion/mirror.js';
import { FRAME_SIZE } from '../motion/motion.js';
import { nearestDistances } from './neighbours.js';
import { newTable, type Table } from './table.js';

/** Every third frame is compared: 0.15 s apart at 20 fps. */
const EVERY = 3;
/** Positions are clipped here [m]. */
const FARTHEST = 50;

/**
 * Motions as sequences of poses [N, 66 T']: every third frame's joints relative to the pelvis on the floor and turned to its facing
 * direction, over the square root of 22 T', so that the distance of two rows is the root mean square distance of their joints at equal times [m].
 * No filter, no principal component, no velocity: no space that selection uses.
 * @param joints [N, frames, 22, 3] m, y up
 */
export function poseSequences(joints: Float32Array, frames: number): Table {
  const count = joints.length / (frames * FRAME_SIZE);
  const shown = Math.ceil(frames / EVERY);
  const out = newTable(count, shown * FRAME_SIZE);
  const scale = 1 / Math.sqrt((shown * FRAME_SIZE) / 3);
  const bounded = (value: number): number =>
    Number.isFinite(value) ? scale * Math.min(FARTHEST, Math.max(-FARTHEST, value)) : 0;
  for (let i = 0; i < count; i++)
    for (let t = 0; t < shown; t++) {
      const at = (i * frames + t * EVERY) * FRAME_SIZE;
      const angle = facing(joints, at);
      const sine = Number.isFinite(angle) ? Math.sin(angle) : 0;
      const cosine = Number.isFinite(angle) ? Math.cos(angle) : 1;
      const to = i * out.columns + t * FRAME_SIZE;
      for (let k = 0; k < FRAME_SIZE; k += 3) {
        const x = joints[at + k] - joints[at];
        const z = joints[at + k + 2] - joints[at + 2];
        out.data[to + k] = bounded(cosine * x - sine * z);
        out.data[to + k + 1] = bounded(joints[at + k + 1]);
        out.data[to + k + 2] = bounded(sine * x + cosine * z);
      }
    }
  return out;
}

/** Motions and their mirror images as pose sequences: what a model of these motions could copy. */
export function copyable(joints: Float32Array, frames: number): Table {
  const own = poseSequences(joints, frames);
  const mirrored = poseSequences(mirror(joints), frames);
  const out = newTable(2 * own.rows, own.columns);
  out.data.set(own.data);
  out.data.set(mirrored.data, own.data.length);
  return out;
}

/**
 * Median distance of motions to the nearest training motion or mirror image of one [m]. Over the same of held-out real motions it is the
 * memorisation ratio: 1 where samples are as far from the training motions as new real motion is, 0 where they are copies (Meehan et al.,
 * "A non-parametric test to detect data-copying in generative models", AISTATS 2020, compare the same two sets of distances). Smooth and
 * central poses lower it too: compare arms as well.
 */
export function copyingDistance(samples: Table, training: Table): number {
  const sorted = nearestDistances(samples, training).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

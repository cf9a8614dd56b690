import { type Bvh, bvhFrameCount, writeBvh } from '../../io/bvh.js';
import { FormatError } from '../../io/format-error.js';
import { FRAME_SIZE } from '../../motion/motion.js';
import { resample } from '../../motion/resample.js';
import { addDisplacement } from '../displacement.js';
import { recogniseFigure } from './figure.js';
import { fromOwnBvh, ownJoints, toBvh } from './generic.js';
import { liftToes, standingFloor } from './ground.js';
import { retargetAll } from './retarget.js';
import { transfer } from './transfer.js';

/** A BVH as motion of our 22 joints, and the way back. */
export interface BvhMotion {
  /** `[frame, 22, xyz]` at the asked rate, metres, y up. */
  joints: Float32Array;
  /** A BVH of the same hierarchy, rate and length that shows other joints (as many frames as `joints`). */
  write(corrected: Float32Array): string;
}

/** No joint moves faster than this [m/s]: what does at the start of a take is the jump out of an inserted T pose. */
const FASTEST = 16;
/** Frames at the start in which such a jump may occur. */
const START_FRAMES = 10;

/** First frame behind the jumps at the start of a take (conversions insert a T pose as frame 0). */
function firstRealFrame(joints: Float64Array, fps: number): number {
  const frames = joints.length / FRAME_SIZE;
  let first = 0;
  for (let t = 0; t + 1 < Math.min(frames, START_FRAMES); t++)
    for (let i = t * FRAME_SIZE; i < (t + 1) * FRAME_SIZE; i += 3) {
      const step = Math.hypot(
        joints[i + FRAME_SIZE] - joints[i],
        joints[i + FRAME_SIZE + 1] - joints[i + 1],
        joints[i + FRAME_SIZE + 2] - joints[i + 2],
      );
      if (step * fps > FASTEST) first = t + 1;
    }
  return first;
}

/**
 * Reads a BVH as motion at `fps` frames a second. A skeleton with our own joint names is taken as it is. Any other known one
 * (`mapSkeleton`) is retargeted to our bone lengths, starts behind an inserted T pose, and stands on y = 0: the floor is
 * where its feet rest, and toes that would dip below it are lifted.
 * @throws FormatError `ERR_BVH`, `ERR_MOTION` when there are no frames.
 */
export function bvhMotion(bvh: Bvh, fps: number): BvhMotion {
  const frames = bvhFrameCount(bvh);
  const sourceFps = 1 / bvh.frameTime;
  if (!(frames > 0)) throw new FormatError('ERR_MOTION', 'one frame or more', 'a BVH motion', frames);
  const own = ownJoints(bvh);
  if (own) {
    const { joints: source, unitsPerMetre } = fromOwnBvh(bvh, own);
    const joints = resample(source, FRAME_SIZE, sourceFps, fps);
    return {
      joints: Float32Array.from(joints),
      write: (corrected) =>
        writeBvh(
          toBvh(
            Float32Array.from(addDisplacement(source, joints, corrected, fps, sourceFps)),
            sourceFps,
            unitsPerMetre,
          ),
        ),
    };
  }
  const figure = recogniseFigure(bvh);
  const all = retargetAll(figure);
  const first = firstRealFrame(all, sourceFps);
  const source = all.subarray(first * FRAME_SIZE);
  const raw = resample(source, FRAME_SIZE, sourceFps, fps);
  const floor = standingFloor(raw, fps);
  const lifted = raw.slice();
  liftToes(lifted, floor);
  const toFloor = (values: Float64Array) =>
    Float32Array.from(values, (value, i) => (i % 3 === 1 ? value - floor : value));
  return {
    joints: toFloor(lifted),
    write: (corrected) => {
      const inSource = Float64Array.from(corrected, (value, i) => (i % 3 === 1 ? value + floor : value));
      return writeBvh({
        ...transfer(figure, first, addDisplacement(source, raw, inSource, fps, sourceFps)),
        frameTime: bvh.frameTime,
      });
    },
  };
}

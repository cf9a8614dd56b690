import { facing } from '../../motion/heading.js';
import { Joint } from '../../motion/joint.js';
import { FRAME_SIZE } from '../../motion/motion.js';

/** A foot slower than this stands [m/s]. */
const STANDING_SPEED = 0.2;
/** Share of the standing feet that are lower than the floor found: some noise, few outliers. */
const FLOOR_SHARE = 0.2;
const FEET = [
  [Joint.leftAnkle, Joint.leftFoot],
  [Joint.rightAnkle, Joint.rightFoot],
] as const;

/** numpy's linear percentile; sorts its argument. */
function percentile(values: number[], share: number): number {
  values.sort((a, b) => a - b);
  const at = share * (values.length - 1);
  const low = Math.floor(at);
  return values[low] + (at - low) * ((values[low + 1] ?? values[low]) - values[low]);
}

/**
 * Height of the floor a figure stands on: the 20th percentile of the height of slow foot joints; with fewer than three of
 * them, the 5th percentile of the lowest joint.
 */
export function standingFloor(joints: Float64Array, fps: number): number {
  const frames = joints.length / FRAME_SIZE;
  const heights: number[] = [];
  for (let t = 0; t + 1 < frames; t++)
    for (const [, foot] of FEET) {
      const a = t * FRAME_SIZE + 3 * foot;
      const b = a + FRAME_SIZE;
      const step = Math.hypot(
        joints[b] - joints[a],
        joints[b + 1] - joints[a + 1],
        joints[b + 2] - joints[a + 2],
      );
      if (step * fps < STANDING_SPEED) heights.push(joints[a + 1]);
    }
  if (heights.length >= 3) return percentile(heights, FLOOR_SHARE);
  const lows = Array.from({ length: frames }, (_, t) => {
    let low = Number.POSITIVE_INFINITY;
    for (let i = t * FRAME_SIZE + 1; i < (t + 1) * FRAME_SIZE; i += 3) low = Math.min(low, joints[i]);
    return low;
  });
  return percentile(lows, 0.05);
}

/**
 * Pitches up, in place, the toes that dip below the floor because our foot is longer or steeper than the source's: the foot
 * joint goes to the floor at the same distance from its ankle.
 * @returns how many feet were moved.
 */
export function liftToes(joints: Float64Array, floor: number): number {
  let lifted = 0;
  for (let at = 0; at < joints.length; at += FRAME_SIZE) {
    for (const [ankle, foot] of FEET) {
      const a = at + 3 * ankle;
      const f = at + 3 * foot;
      if (joints[f + 1] >= floor) continue;
      let x = joints[f] - joints[a];
      let z = joints[f + 2] - joints[a + 2];
      const length = Math.hypot(x, joints[f + 1] - joints[a + 1], z);
      const drop = floor - joints[a + 1];
      if (!(drop < 0 && drop > -length)) continue;
      let across = Math.hypot(x, z);
      if (across < 0.02) {
        // a foot that points straight down has no direction of its own: it takes the body's
        const yaw = facing(joints, at);
        x = Math.sin(yaw);
        z = Math.cos(yaw);
        across = 1;
      }
      const reach = Math.sqrt(length * length - drop * drop) / across;
      joints[f] = joints[a] + reach * x;
      joints[f + 1] = floor;
      joints[f + 2] = joints[a + 2] + reach * z;
      lifted++;
    }
  }
  return lifted;
}

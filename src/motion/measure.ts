import { FRAME_SIZE } from './motion.js';
import { JOINT_COUNT, PARENTS } from './skeleton.js';

/** Heights and depths up to this count as touching the floor [m]. */
const TOLERANCE = 0.005;
/** y of the left and right foot joints (10, 11) within a frame. */
const FEET_Y = [31, 34];
/** A foot this low counts as a step for the skate ratio, and slides when it moves more than `SLIDE` in a frame [m]. */
const LOW_FOOT = 0.05;
const SLIDE = 0.025;

/** How plausible a motion is as joint positions over the floor y = 0. Official definitions with joints instead of vertices. */
export interface Plausibility {
  /** Mean over frames of the depth of the lowest joint where it is more than 5 mm below the floor [mm]. */
  penetrate: number;
  /** Mean over frames of the height of the lowest joint where it is more than 5 mm above the floor [mm]. */
  float: number;
  /**
   * Mean over frame pairs of the horizontal step of the foot joints that are at most 5 mm high in both frames
   * [mm per frame]. Blind to a motion that floats: read it together with `float`.
   */
  skate: number;
  /** penetrate + float + skate. */
  physErr: number;
  /** Mean over joints and frames of the third difference of position [m/s^3]. */
  jerk: number;
  /** Share of the foot frames under 5 cm that move more than 2.5 cm horizontally. */
  skateRatio: number;
  /** Mean over bones of the standard deviation of their length [mm]. */
  boneDeviation: number;
  /** The same of the bone that varies most [mm]. */
  worstBoneDeviation: number;
  /** Mean speed of the pelvis [m/s]. */
  rootSpeed: number;
}

function skating(joints: Float32Array, frames: number): { skate: number; skateRatio: number } {
  let total = 0;
  let low = 0;
  let sliding = 0;
  for (let t = 0; t + 1 < frames; t++) {
    let sum = 0;
    let touching = 0;
    for (const foot of FEET_Y) {
      const a = t * FRAME_SIZE + foot;
      const b = a + FRAME_SIZE;
      const step = Math.hypot(joints[b - 1] - joints[a - 1], joints[b + 1] - joints[a + 1]);
      if (joints[a] <= TOLERANCE && joints[b] <= TOLERANCE) {
        sum += step;
        touching++;
      }
      if (joints[a] < LOW_FOOT && joints[b] < LOW_FOOT) {
        low++;
        if (step > SLIDE) sliding++;
      }
    }
    if (touching > 0) total += sum / touching;
  }
  return {
    skate: (1000 * total) / Math.max(1, frames - 1),
    skateRatio: sliding / Math.max(1, low),
  };
}

function meanJerk(joints: Float32Array, frames: number, fps: number): number {
  if (frames < 4) return 0;
  let total = 0;
  const end = joints.length - 3 * FRAME_SIZE;
  for (let i = 0; i < end; i += 3) {
    let squared = 0;
    for (let c = i; c < i + 3; c++)
      squared +=
        (joints[c + 3 * FRAME_SIZE] -
          joints[c] -
          3 * (joints[c + 2 * FRAME_SIZE] - joints[c + FRAME_SIZE])) **
        2;
    total += Math.sqrt(squared);
  }
  return (total / (end / 3)) * fps ** 3;
}

function boneDeviations(joints: Float32Array, frames: number): { mean: number; worst: number } {
  let total = 0;
  let worst = 0;
  for (let j = 1; j < JOINT_COUNT; j++) {
    // Welford's running variance: lengths of 0.4 m with deviations of 1e-7 m would cancel in a sum of squares
    let mean = 0;
    let squares = 0;
    for (let t = 0; t < frames; t++) {
      const a = t * FRAME_SIZE + 3 * j;
      const b = t * FRAME_SIZE + 3 * PARENTS[j];
      // Math.hypot, which guards against overflow, takes ten times as long.
      const length = Math.sqrt(
        (joints[a] - joints[b]) ** 2 +
          (joints[a + 1] - joints[b + 1]) ** 2 +
          (joints[a + 2] - joints[b + 2]) ** 2,
      );
      const difference = length - mean;
      mean += difference / (t + 1);
      squares += difference * (length - mean);
    }
    const deviation = Math.sqrt(squares / frames);
    total += deviation;
    worst = Math.max(worst, deviation);
  }
  return { mean: (1000 * total) / (JOINT_COUNT - 1), worst: 1000 * worst };
}

/**
 * Measures joints `[frame, 22, xyz]` in metres, y up, floor at 0.
 * @throws RangeError when there is no whole frame.
 */
export function measure(joints: Float32Array, fps = 20): Plausibility {
  const frames = joints.length / FRAME_SIZE;
  if (!(Number.isInteger(frames) && frames > 0))
    throw new RangeError(
      `Expected one frame or more of ${FRAME_SIZE} numbers for joints but received ${joints.length} numbers`,
    );
  let depth = 0;
  let height = 0;
  let path = 0;
  for (let t = 0; t < frames; t++) {
    const at = t * FRAME_SIZE;
    let low = joints[at + 1];
    for (let i = at + 4; i < at + FRAME_SIZE; i += 3) low = Math.min(low, joints[i]);
    if (low < -TOLERANCE) depth -= low;
    else if (low > TOLERANCE) height += low;
    if (t > 0)
      path += Math.hypot(
        joints[at] - joints[at - FRAME_SIZE],
        joints[at + 1] - joints[at - FRAME_SIZE + 1],
        joints[at + 2] - joints[at - FRAME_SIZE + 2],
      );
  }
  const penetrate = (1000 * depth) / frames;
  const float = (1000 * height) / frames;
  const bones = boneDeviations(joints, frames);
  const { skate, skateRatio } = skating(joints, frames);
  return {
    penetrate,
    float,
    skate,
    physErr: penetrate + float + skate,
    jerk: meanJerk(joints, frames, fps),
    skateRatio,
    boneDeviation: bones.mean,
    worstBoneDeviation: bones.worst,
    rootSpeed: frames > 1 ? (path / (frames - 1)) * fps : 0,
  };
}

import {
  AXES,
  CHAIN_PARENTS,
  CONTACT_JOINTS,
  CONTACT_STEP_SQUARED,
  CONTACTS,
  FEATURE_SIZE,
  POSITIONS,
  ROTATIONS,
  STEPS,
} from './feature-layout.js';
import { FRAME_SIZE } from './motion.js';
import { between, relative } from './quaternion.js';
import { JOINT_COUNT, PARENTS } from './skeleton.js';

const SIGMA = 20;
const RADIUS = 4 * SIGMA;
const KERNEL = Float64Array.from({ length: RADIUS + 1 }, (_, k) => Math.exp((-0.5 * k * k) / SIGMA ** 2));
const KERNEL_SUM = 2 * KERNEL.reduce((sum, value) => sum + value, 0) - 1;

export interface EncodeOptions {
  /**
   * `continuous` (default) keeps the sign of the heading quaternion continuous, so that recovery is exact for every motion.
   * `published` takes w >= 0 each frame as the published code does: a figure that turns through -z gets one wrong yaw step
   * there. For comparison with published files only; everywhere else the two agree.
   */
  heading?: 'continuous' | 'published';
}

/**
 * Half-angles h of the turns (cos h, 0, sin h, 0) that bring each frame's smoothed heading to +z; 0 at frame 0.
 * Across is (left hip - right hip) + (right shoulder - left shoulder): the published inverse kinematics unpacks its face
 * joints in another order than it is given them, so the hip term has the wrong sign, and the data were made that way.
 */
function halfTurns(joints: Float32Array | Float64Array, frames: number, continuous: boolean): Float64Array {
  const forward = new Float64Array(2 * frames);
  for (let t = 0; t < frames; t++) {
    const at = t * FRAME_SIZE;
    const across = (c: number) =>
      joints[at + 3 + c] - joints[at + 6 + c] + (joints[at + 51 + c] - joints[at + 48 + c]);
    const x = across(0);
    const y = across(1);
    const z = across(2);
    const norm = Math.sqrt(x * x + y * y + z * z) || 1;
    forward[2 * t] = z / norm;
    forward[2 * t + 1] = -x / norm;
  }
  const half = new Float64Array(frames);
  const last = frames - 1;
  for (let t = 1; t < frames; t++) {
    let x = forward[2 * t];
    let z = forward[2 * t + 1];
    for (let k = 1; k <= RADIUS; k++) {
      const before = 2 * Math.max(0, t - k);
      const after = 2 * Math.min(last, t + k);
      x += KERNEL[k] * (forward[before] + forward[after]);
      z += KERNEL[k] * (forward[before + 1] + forward[after + 1]);
    }
    half[t] = -Math.atan2(x / KERNEL_SUM, z / KERNEL_SUM) / 2;
    // h and h + pi are the same turn with opposite quaternions
    if (continuous) half[t] -= Math.PI * Math.round((half[t] - half[t - 1]) / Math.PI);
  }
  return half;
}

const global = new Float64Array(4 * JOINT_COUNT);
const local = new Float64Array(4);

/** Writes the two columns of joint rotations of one frame (chain of shortest rotations from axis to bone). */
function encodeRotations(
  joints: Float32Array | Float64Array,
  at: number,
  half: number,
  out: Float32Array,
  o: number,
): void {
  global[0] = Math.cos(half);
  global[1] = global[3] = 0;
  global[2] = Math.sin(half);
  for (let j = 1; j < JOINT_COUNT; j++) {
    const child = at + 3 * j;
    const parent = at + 3 * PARENTS[j];
    const [x, y, z] = AXES[j];
    between(
      global,
      4 * j,
      x,
      y,
      z,
      joints[child] - joints[parent],
      joints[child + 1] - joints[parent + 1],
      joints[child + 2] - joints[parent + 2],
    );
    relative(local, 0, global, 4 * CHAIN_PARENTS[j], global, 4 * j);
    const [w, a, b, c] = local;
    const column = o + 6 * (j - 1);
    out[column] = 1 - 2 * (b * b + c * c);
    out[column + 1] = 2 * (a * b + c * w);
    out[column + 2] = 2 * (a * c - b * w);
    out[column + 3] = 2 * (a * b - c * w);
    out[column + 4] = 1 - 2 * (a * a + c * c);
    out[column + 5] = 2 * (b * c + a * w);
  }
}

function encode(
  joints: Float32Array | Float64Array,
  rows: number,
  options: EncodeOptions,
  out: Float32Array,
): void {
  const frames = joints.length / FRAME_SIZE;
  const half = halfTurns(joints, frames, options.heading !== 'published');
  for (let t = 0; t < rows; t++) {
    const at = t * FRAME_SIZE;
    const row = t * FEATURE_SIZE;
    const cosine = Math.cos(2 * half[t]);
    const sine = Math.sin(2 * half[t]);
    out[row + 3] = joints[at + 1];
    for (let j = 1; j < JOINT_COUNT; j++) {
      const x = joints[at + 3 * j] - joints[at];
      const z = joints[at + 3 * j + 2] - joints[at + 2];
      const o = row + POSITIONS + 3 * (j - 1);
      out[o] = cosine * x + sine * z;
      out[o + 1] = joints[at + 3 * j + 1];
      out[o + 2] = cosine * z - sine * x;
    }
    encodeRotations(joints, at, half[t], out, row + ROTATIONS);
    if (t + 1 === frames) {
      copySteps(out, row - FEATURE_SIZE, row);
      continue;
    }
    const next = at + FRAME_SIZE;
    const dx = joints[next] - joints[at];
    const dz = joints[next + 2] - joints[at + 2];
    const nextCosine = Math.cos(2 * half[t + 1]);
    const nextSine = Math.sin(2 * half[t + 1]);
    out[row] = Math.asin(Math.sin(half[t + 1] - half[t]));
    out[row + 1] = nextCosine * dx + nextSine * dz;
    out[row + 2] = nextCosine * dz - nextSine * dx;
    for (let j = 0; j < JOINT_COUNT; j++) {
      const x = joints[next + 3 * j] - joints[at + 3 * j];
      const z = joints[next + 3 * j + 2] - joints[at + 3 * j + 2];
      const o = row + STEPS + 3 * j;
      out[o] = cosine * x + sine * z;
      out[o + 1] = joints[next + 3 * j + 1] - joints[at + 3 * j + 1];
      out[o + 2] = cosine * z - sine * x;
    }
    for (let k = 0; k < 4; k++) {
      const j = 3 * CONTACT_JOINTS[k];
      let squared = 0;
      for (let c = 0; c < 3; c++) squared += (joints[next + j + c] - joints[at + j + c]) ** 2;
      out[row + CONTACTS + k] = squared < CONTACT_STEP_SQUARED ? 1 : 0;
    }
  }
}

/** What a last frame cannot know of itself, its step onward, is taken from the row before. */
function copySteps(out: Float32Array, from: number, to: number): void {
  out.copyWithin(to, from, from + 3);
  out.copyWithin(to + STEPS, from + STEPS, from + FEATURE_SIZE);
}

function framesOf(joints: Float32Array | Float64Array): number {
  const frames = joints.length / FRAME_SIZE;
  if (!(Number.isInteger(frames) && frames >= 2))
    throw new RangeError(
      `Expected two frames or more of 22 x 3 numbers for joints but received ${joints.length} numbers`,
    );
  return frames;
}

/**
 * Features `[T-1, 263]` of joints `[T, 22, xyz]`: what HumanML3D's files hold. The motion should be in its standard place
 * (`normalise`); the pelvis of frame 0 must lie above the origin for `decodeFeatures` to give the joints back where they were.
 */
export function encodeFeatures(
  joints: Float32Array | Float64Array,
  options: EncodeOptions = {},
): Float32Array {
  const rows = framesOf(joints) - 1;
  const out = new Float32Array(rows * FEATURE_SIZE);
  encode(joints, rows, options, out);
  return out;
}

/**
 * Features `[T, 263]` of joints `[T, 22, xyz]`: a row for every frame. The last row has the pose of the last frame and
 * repeats the steps and contacts of the row before it, so `decodeFeatures` gives all T frames back.
 */
export function encodeAllFrames(
  joints: Float32Array | Float64Array,
  options: EncodeOptions = {},
): Float32Array {
  const rows = framesOf(joints);
  const out = new Float32Array(rows * FEATURE_SIZE);
  encode(joints, rows, options, out);
  return out;
}

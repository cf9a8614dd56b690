import { multiply, relative, rotate } from '../../motion/quaternion.js';
import { JOINT_COUNT, PARENTS } from '../../motion/skeleton.js';

/** A motion of the humanoid: positions of the pelvis `[T, 3]`, m, and absolute rotations of the bodies `[T, 22, wxyz]`. */
export interface BodyMotion {
  root: Float64Array;
  /** Signs are continuous in time. */
  rotation: Float64Array;
}

const CHANNELS = 3 + 4 * JOINT_COUNT;

/** Gives every rotation of `[T, 22, wxyz]` the sign that is nearest to the frame before. */
export function continueSigns(rotation: Float64Array): void {
  const row = 4 * JOINT_COUNT;
  for (let q = row; q < rotation.length; q += 4) {
    let cosine = 0;
    for (let c = 0; c < 4; c++) cosine += rotation[q + c] * rotation[q + c - row];
    if (cosine < 0) for (let c = 0; c < 4; c++) rotation[q + c] = -rotation[q + c];
  }
}

/** A body motion at any time between its frames: cubics through the frames with the slopes of their neighbours (Catmull-Rom). */
export class Target {
  /** Of the pelvis, m and m/s. */
  readonly position = new Float64Array(3);
  readonly velocity = new Float64Array(3);
  /** Absolute, `[22, wxyz]`. */
  readonly rotation = new Float64Array(4 * JOINT_COUNT);
  /** Absolute angular velocities in world axes `[22, xyz]`, rad/s. */
  readonly spin = new Float64Array(3 * JOINT_COUNT);
  /** Of every joint relative to its parent `[22, wxyz]`, and its rate in the joint's own axes `[22, xyz]`; the pelvis' are unused. */
  readonly joint = new Float64Array(4 * JOINT_COUNT);
  readonly rate = new Float64Array(3 * JOINT_COUNT);
  private readonly values: Float64Array;
  private readonly slopes: Float64Array;
  private readonly channel = new Float64Array(2 * CHANNELS);

  constructor(
    motion: BodyMotion,
    private readonly fps: number,
  ) {
    const frames = motion.root.length / 3;
    this.values = new Float64Array(frames * CHANNELS);
    this.slopes = new Float64Array(frames * CHANNELS);
    const turns = 4 * JOINT_COUNT;
    for (let t = 0; t < frames; t++) {
      this.values.set(motion.root.subarray(3 * t, 3 * t + 3), t * CHANNELS);
      this.values.set(motion.rotation.subarray(t * turns, (t + 1) * turns), t * CHANNELS + 3);
    }
    const { values, slopes } = this;
    const last = frames - 1;
    for (let t = 0; t < frames; t++)
      for (let k = 0; k < CHANNELS; k++) {
        const at = t * CHANNELS + k;
        const step = (from: number) => values[(from + 1) * CHANNELS + k] - values[from * CHANNELS + k];
        if (last === 0) slopes[at] = 0;
        else if (t > 0 && t < last) slopes[at] = (step(t - 1) + step(t)) / 2;
        else if (last === 1) slopes[at] = step(0);
        else slopes[at] = t === 0 ? (3 * step(0) - step(1)) / 2 : (3 * step(last - 1) - step(last - 2)) / 2;
      }
  }

  /** Fills the arrays for the time `share` of the way from one frame to the next. */
  evaluate(frame: number, share: number): void {
    const { values, slopes, channel, fps } = this;
    const [u, v] = [share, 1 - share];
    const a = frame * CHANNELS;
    const b = Math.min(a + CHANNELS, values.length - CHANNELS);
    for (let k = 0; k < CHANNELS; k++) {
      const [p, q, m, n] = [values[a + k], values[b + k], slopes[a + k], slopes[b + k]];
      // Cubic Hermite basis and its derivative.
      channel[k] = v * v * ((1 + 2 * u) * p + u * m) + u * u * ((1 + 2 * v) * q - v * n);
      channel[CHANNELS + k] = fps * (6 * u * v * (q - p) + v * (1 - 3 * u) * m + u * (3 * u - 2) * n);
    }
    for (let c = 0; c < 3; c++) {
      this.position[c] = channel[c];
      this.velocity[c] = channel[CHANNELS + c];
    }
    for (let b = 0; b < JOINT_COUNT; b++) this.turn(b);
    for (let b = 1; b < JOINT_COUNT; b++) {
      const p = PARENTS[b];
      relative(this.joint, 4 * b, this.rotation, 4 * p, this.rotation, 4 * b);
      for (let c = 0; c < 4; c++) inverse[c] = (c ? -1 : 1) * this.rotation[4 * b + c];
      const { spin } = this;
      const [x, y, z] = [0, 1, 2].map((c) => spin[3 * b + c] - spin[3 * p + c]);
      rotate(this.rate, 3 * b, inverse, 0, x, y, z);
    }
  }

  /** Rotation and angular velocity 2 q' q* / |q|^2 of one body from its components. */
  private turn(b: number): void {
    const { channel } = this;
    const at = 3 + 4 * b;
    const norm = Math.hypot(channel[at], channel[at + 1], channel[at + 2], channel[at + 3]);
    for (let c = 0; c < 4; c++) {
      this.rotation[4 * b + c] = channel[at + c] / norm;
      inverse[c] = ((c ? -1 : 1) * channel[at + c]) / (norm * norm);
    }
    multiply(product, 0, channel, CHANNELS + at, inverse, 0);
    for (let c = 0; c < 3; c++) this.spin[3 * b + c] = 2 * product[1 + c];
  }
}

const inverse = new Float64Array(4);
const product = new Float64Array(4);

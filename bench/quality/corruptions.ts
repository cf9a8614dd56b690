/**
 * Known damage done to good motion, so that a correction can be compared with the truth: the corruptions of the tracking
 * study (float, sink, skate, drift, jitter and a mix of all). Pure and seeded: the same clip and seed give the same bytes.
 */
import { FRAME_SIZE } from '../../src/motion/motion.js';
import { Random } from '../../src/random/random.js';

export const CORRUPTIONS = ['float', 'sink', 'skate', 'drift', 'jitter', 'mix'] as const;
export type Corruption = (typeof CORRUPTIONS)[number];

/** Height by which `float` raises and `sink` lowers [m]. */
const SHIFT = 0.05;
/** Factor of the pelvis' horizontal way since the first frame. */
const STRETCH = { skate: 1.2, mix: 1.15 };
/** Horizontal drift along x and z [m/s]. */
const DRIFT = { drift: [0.08, 0.05], mix: [0.05, 0] };
/** Sine of the height: amplitude [m], and its period [s]. */
const SWAY = 0.03;
const PERIOD = 2.5;
/** Height by which `mix` also raises [m]. */
const MIX_SHIFT = 0.02;
/** White noise per coordinate, joint and frame, standard deviation [m]. */
const WHITE = { jitter: 0.015, mix: 0.007 };
/** Noise of `mix` that is correlated over time: standard deviation [m], and of its Gaussian kernel [s]. */
const CORRELATED = 0.007;
const MEMORY = 0.2;

/**
 * A damaged copy of joints `[frames, 22, xyz]` (m, y up):
 * - `float`, `sink`: 5 cm up, down;
 * - `skate`: the pelvis' horizontal way x 1.2, the pose as it was, so that the feet slide;
 * - `drift`: 8 cm/s along x and 5 cm/s along z, and a sine of 3 cm of the height;
 * - `jitter`: 15 mm of white noise on every coordinate;
 * - `mix`: way x 1.15, 2 cm up with a sine of 3 cm, 5 cm/s along x, 7 mm of white and 7 mm of correlated noise.
 * The phase of the sine and the noise come from `seed` and the name of the corruption.
 */
export function corrupt(joints: Float32Array, kind: Corruption, fps: number, seed: number): Float32Array {
  if (joints.length === 0 || joints.length % FRAME_SIZE !== 0)
    throw new RangeError(
      `Expected a positive multiple of ${FRAME_SIZE} numbers for joints but received ${joints.length}`,
    );
  switch (kind) {
    case 'float':
      return moved(joints, () => [0, SHIFT, 0]);
    case 'sink':
      return moved(joints, () => [0, -SHIFT, 0]);
    case 'skate':
      return moved(joints, (at) => stretched(joints, at, STRETCH.skate));
    case 'drift': {
      const sway = heightSine(fps, seed, kind);
      return moved(joints, (_, t) => [(DRIFT.drift[0] * t) / fps, sway(t), (DRIFT.drift[1] * t) / fps]);
    }
    case 'jitter':
      return noisy(joints, whiteNoise(joints.length, WHITE.jitter, new Random(seed, kind, 'white')));
    case 'mix': {
      const sway = heightSine(fps, seed, kind);
      const shifted = moved(joints, (at, t) => {
        const [x, , z] = stretched(joints, at, STRETCH.mix);
        return [x + (DRIFT.mix[0] * t) / fps, MIX_SHIFT + sway(t), z + (DRIFT.mix[1] * t) / fps];
      });
      const white = whiteNoise(joints.length, WHITE.mix, new Random(seed, kind, 'white'));
      return noisy(
        noisy(shifted, white),
        correlatedNoise(joints.length, fps, new Random(seed, kind, 'slow')),
      );
    }
  }
}

type Shift = [x: number, y: number, z: number];

/** Every frame moved as a whole. `shift` gets the offset of the frame's pelvis and the frame. */
function moved(joints: Float32Array, shift: (at: number, t: number) => Shift): Float32Array {
  const out = new Float32Array(joints.length);
  for (let at = 0, t = 0; at < joints.length; at += FRAME_SIZE, t++) {
    const by = shift(at, t);
    for (let i = at; i < at + FRAME_SIZE; i++) out[i] = joints[i] + by[(i - at) % 3];
  }
  return out;
}

const stretched = (joints: Float32Array, at: number, factor: number): Shift => [
  (factor - 1) * (joints[at] - joints[0]),
  0,
  (factor - 1) * (joints[at + 2] - joints[2]),
];

function heightSine(fps: number, seed: number, kind: Corruption): (t: number) => number {
  const phase = 2 * Math.PI * new Random(seed, kind, 'phase').uniform();
  return (t) => SWAY * Math.sin(phase + (2 * Math.PI * t) / (fps * PERIOD));
}

const noisy = (joints: Float32Array, noise: Float32Array): Float32Array =>
  joints.map((value, i) => value + noise[i]);

const whiteNoise = (length: number, deviation: number, random: Random): Float32Array =>
  random.normals(new Float32Array(length)).map((value) => deviation * value);

/** Noise of every coordinate, smoothed over time by a Gaussian kernel and scaled back to its deviation. */
function correlatedNoise(length: number, fps: number, random: Random): Float32Array {
  const sigma = MEMORY * fps;
  const radius = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
  const scale = CORRELATED / Math.sqrt(kernel.reduce((sum, weight) => sum + weight ** 2, 0));
  const source = random.normals(new Float32Array(length + 2 * radius * FRAME_SIZE));
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let k = 0; k < kernel.length; k++) sum += kernel[k] * source[i + k * FRAME_SIZE];
    out[i] = scale * sum;
  }
  return out;
}

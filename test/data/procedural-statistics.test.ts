import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ProceduralMotion, proceduralMotions } from '../../src/data/procedural/index.js';
import { FRAME_SIZE } from '../../src/motion/motion.js';

/**
 * Percentiles 5, 25, 50, 75, 95 of 202 recorded clips (25,130 frames at 20 per second, 20 actions): speed, acceleration and
 * jerk of all joints in all frames by finite differences, and by clip the mean speed of the pelvis over the floor and the
 * mean height of the lowest joint where it is more than 5 mm.
 */
const REAL = {
  speed: [0.016, 0.192, 0.602, 1.188, 2.282],
  acceleration: [0.2, 1.776, 4.066, 8.157, 20.61],
  jerk: [4.39, 37.76, 85.24, 168.1, 447.4],
  rootSpeed: [0.019, 0.232, 0.531, 0.943, 1.367],
  float: [0, 0.0031, 0.0075, 0.0136, 0.0298],
};
const PERCENTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

const percentiles = (values: number[]): number[] => {
  const sorted = Float64Array.from(values).sort();
  return PERCENTILES.map((p) => sorted[Math.round(p * (sorted.length - 1))]);
};

/** Lengths of the n-th differences of all joints, per second^n. */
function differences(motions: ProceduralMotion[], order: number): number[] {
  const lengths: number[] = [];
  for (const { joints, fps } of motions) {
    let values = Float64Array.from(joints);
    for (let n = 0; n < order; n++)
      values = Float64Array.from(
        { length: values.length - FRAME_SIZE },
        (_, i) => (values[i + FRAME_SIZE] - values[i]) * fps,
      );
    for (let i = 0; i < values.length; i += 3)
      lengths.push(Math.hypot(values[i], values[i + 1], values[i + 2]));
  }
  return lengths;
}

function rootSpeed({ joints, fps }: ProceduralMotion): number {
  let way = 0;
  for (let i = FRAME_SIZE; i < joints.length; i += FRAME_SIZE)
    way += Math.hypot(joints[i] - joints[i - FRAME_SIZE], joints[i + 2] - joints[i + 2 - FRAME_SIZE]);
  return (way * fps) / (joints.length / FRAME_SIZE - 1);
}

/** Mean over the frames of the height of the lowest joint, counted where it is over 5 mm. */
function floatHeight({ joints }: ProceduralMotion): number {
  let sum = 0;
  for (let i = 0; i < joints.length; i += FRAME_SIZE) {
    let lowest = Infinity;
    for (let joint = 0; joint < 22; joint++) lowest = Math.min(lowest, joints[i + joint * 3 + 1]);
    if (lowest > 0.005) sum += lowest;
  }
  return sum / (joints.length / FRAME_SIZE);
}

/** Shift of a ball of the foot from frame to frame while it is within 5 mm of the floor, mean over a clip, metres. */
function skate({ joints }: ProceduralMotion): number {
  let sum = 0;
  for (let i = FRAME_SIZE; i < joints.length; i += FRAME_SIZE) {
    const slides = [10, 11].flatMap((joint) => {
      const now = i + joint * 3;
      const before = now - FRAME_SIZE;
      if (joints[now + 1] > 0.005 || joints[before + 1] > 0.005) return [];
      return [Math.hypot(joints[now] - joints[before], joints[now + 2] - joints[before + 2])];
    });
    if (slides.length > 0) sum += slides.reduce((a, b) => a + b) / slides.length;
  }
  return sum / (joints.length / FRAME_SIZE - 1);
}

for (const seed of [0, 1, 2]) {
  const motions = proceduralMotions({ seed });

  test(`seed ${seed}: speed, acceleration and jerk are within a factor 2 of recorded motion`, () => {
    for (const [order, name] of [
      [1, 'speed'],
      [2, 'acceleration'],
      [3, 'jerk'],
    ] as const)
      percentiles(differences(motions, order)).forEach((value, i) => {
        // The feet of a recording tremble; planted ones do not here, which takes up the lowest twentieth.
        if (PERCENTILES[i] < 0.25) return;
        const ratio = value / REAL[name][i];
        assert.ok(
          ratio > 0.5 && ratio < 2,
          `${name} at ${PERCENTILES[i]}: ${value}, ${ratio} of the recorded`,
        );
      });
  });

  test(`seed ${seed}: people get about as far, and are as far off the floor, as recorded ones`, () => {
    percentiles(motions.map(rootSpeed)).forEach((value, i) => {
      if (i > 0)
        assert.ok(value / REAL.rootSpeed[i] > 0.5 && value / REAL.rootSpeed[i] < 2, `${i}: ${value} m/s`);
    });
    const [, , median] = percentiles(motions.map(floatHeight));
    assert.ok(median / REAL.float[2] > 0.5 && median / REAL.float[2] < 2, `float ${median} m`);
    for (const motion of motions) assert.ok(skate(motion) < 1e-4, `${motion.name} skates ${skate(motion)} m`);
  });
}

test.run();

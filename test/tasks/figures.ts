import { asDataset, type MotionDataset, type Split } from '../../src/data/dataset.js';
import { forwardKinematics, globalRotations } from '../../src/motion/kinematics.js';
import type { Motion } from '../../src/motion/motion.js';
import { fromRotationVector } from '../../src/motion/quaternion.js';
import { REST_OFFSETS } from '../../src/motion/rest-skeleton.js';
import { Random } from '../../src/random/random.js';

const LEFT_SHOULDER = 16;
const RIGHT_SHOULDER = 17;
const SPINE = 3;

/** A standing figure that swings its arms or bends its spine: enough of a motion for a test, with exact bones and planted feet. */
export function figure(action: 'swing' | 'bend', random: Random, frames: number): Motion {
  const rate = random.uniform(0.5, 1.2);
  const phase = random.uniform(0, 2 * Math.PI);
  const size = random.uniform(0.2, 0.6);
  const root = new Float64Array(3 * frames);
  const local = new Float64Array(frames * 22 * 4);
  for (let i = 0; i < local.length; i += 4) local[i] = 1;
  for (let t = 0; t < frames; t++) {
    root[3 * t + 1] = 0.93;
    const wave = size * Math.sin(phase + (2 * Math.PI * rate * t) / 20);
    const turn = (joint: number, x: number, y: number, z: number): void =>
      fromRotationVector(local, 4 * (22 * t + joint), x, y, z);
    const arm = action === 'swing' ? wave : 0;
    turn(LEFT_SHOULDER, arm, 0, -1.3);
    turn(RIGHT_SHOULDER, -arm, 0, 1.3);
    if (action === 'bend') turn(SPINE, 0.4 * (size + wave), 0, 0);
  }
  const joints = forwardKinematics(root, globalRotations(local), REST_OFFSETS);
  const lowest = joints.reduce((low, value, i) => (i % 3 === 1 ? Math.min(low, value) : low), 9);
  return {
    joints: Float32Array.from(joints, (value, i) => (i % 3 === 1 ? value - lowest : value)),
    fps: 20,
    action,
    caption: `a figure does a ${action}`,
  };
}

/** 24 clips of two actions, a quarter of them for the test. */
export function figureDataset(frames = 30): MotionDataset {
  const motions = Array.from({ length: 24 }, (_, i) =>
    figure(i % 2 ? 'swing' : 'bend', new Random('figure', i), frames),
  );
  return asDataset(motions, { splits: motions.map((_, i): Split => (i % 8 < 6 ? 'train' : 'test')) });
}

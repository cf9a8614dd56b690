import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCsv } from '../../src/io/csv.js';
import { readNumbers } from '../../src/io/npy.js';
import { measure } from '../../src/motion/measure.js';
import { REST_OFFSETS } from '../../src/motion/rest-skeleton.js';
import { PARENTS } from '../../src/motion/skeleton.js';
import { shared } from '../io/shared-data.js';

/** A figure in the T pose whose lowest joints, the feet, are at the given height in each frame, moved by `at`. */
function standing(heights: number[], at: (t: number) => number = () => 0): Float32Array {
  const pose = new Float64Array(66);
  for (let j = 1; j < 22; j++)
    for (let c = 0; c < 3; c++) pose[3 * j + c] = pose[3 * PARENTS[j] + c] + REST_OFFSETS[3 * j + c];
  // both feet at one height, though the legs differ
  const low = Math.min(pose[31], pose[34]);
  pose[31] = pose[34] = low;
  const joints = new Float32Array(66 * heights.length);
  heights.forEach((height, t) => {
    for (let i = 0; i < 66; i++)
      joints[66 * t + i] = pose[i] + (i % 3 === 1 ? height - low : i % 3 === 0 ? at(t) : 0);
  });
  return joints;
}
const near = (value: number, expected: number, tolerance = 1e-3) =>
  assert.ok(Math.abs(value - expected) < tolerance, `${value}, expected ${expected}`);

test('depth counts beyond 5 mm below the floor, height beyond 5 mm above it', () => {
  const result = measure(standing([-0.03, -0.004, 0, 0.004, 0.05]));
  near(result.penetrate, 30 / 5);
  near(result.float, 50 / 5);
  near(result.physErr, result.penetrate + result.float + result.skate);
});

test('skate is the step of feet that touch in both frames', () => {
  const slide = (t: number) => 0.01 * t;
  near(measure(standing([0, 0, 0, 0], slide)).skate, 10);
  // the step into the raised frame and out of it does not count
  near(measure(standing([0, 0, 0.1, 0], slide)).skate, 10 / 3);
  near(measure(standing([0.006, 0.006], slide)).skate, 0);
  near(measure(standing([0.006, 0.006], slide)).skateRatio, 0);
  near(measure(standing([0.04, 0.04], (t) => 0.03 * t)).skateRatio, 1);
  near(measure(standing([0.06, 0.06], (t) => 0.03 * t)).skateRatio, 0);
  // one foot alone
  const one = standing([0, 0], slide);
  one[31] += 0.1;
  one[66 + 31] += 0.1;
  near(measure(one).skate, 10);
});

test('jerk of a cubic path is its third derivative, of a parabola nothing', () => {
  const fps = 10;
  const at = (power: number) => (t: number) => 0.5 * (t / fps) ** power;
  near(measure(standing(new Array(8).fill(0), at(3)), fps).jerk, 3, 2e-3);
  near(measure(standing(new Array(8).fill(0), at(2)), fps).jerk, 0, 2e-3);
  near(measure(standing([0, 0, 0], at(3)), fps).jerk, 0);
});

test('bone deviation and root speed', () => {
  const joints = standing([0, 0, 0, 0], (t) => 0.1 * t);
  near(measure(joints, 20).rootSpeed, 2, 1e-4);
  near(measure(joints).boneDeviation, 0, 1e-3);
  // the head bone alternates by +-10 mm along its direction: its deviation is 10 mm, the mean over 21 bones 10 / 21
  const bone = [45, 46, 47].map((i) => joints[i] - joints[i - 9]);
  const length = Math.hypot(...bone);
  for (let t = 0; t < 4; t++)
    for (let c = 0; c < 3; c++) joints[66 * t + 45 + c] += ((t % 2 ? 0.01 : -0.01) * bone[c]) / length;
  near(measure(joints).boneDeviation, 10 / 21);
  near(measure(joints).worstBoneDeviation, 10);
  assert.throws(() => measure(new Float32Array(65)), /one frame or more/);
});

test('agrees with the numbers published with 202 real and 51 damaged clips', () => {
  const mocap = shared('mocap');
  const generated = shared('generated');
  if (!mocap || !generated) return;
  for (const [root, path] of [
    [mocap, (row: Record<string, string>) => `joints/${row.id}.npy`],
    [generated, (row: Record<string, string>) => row.file],
  ] as const)
    for (const row of parseCsv(readFileSync(`${root}/manifest.csv`, 'utf8'))) {
      const result = measure(readNumbers(readFileSync(`${root}/${path(row)}`)).data as Float32Array);
      near(result.penetrate, Number(row.penetrate_mm), 0.0051);
      near(result.float, Number(row.float_mm), 0.0051);
      near(result.skate, Number(row.skate_mm), 0.0051);
      if (row.bone_std_mm) near(result.worstBoneDeviation, Number(row.bone_std_mm), 0.0051);
    }
});

test.run();

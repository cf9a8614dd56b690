// Joint positions to a cleaned reference, and the measures of plausibility: properties that hold for any motion.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MIRROR, PARENTS } from '../../src/motion/skeleton.js';
import { Random } from '../../src/random/random.js';
import { haveMocap, mocapClip, mocapIds, waving } from '../support/motions.js';
import {
  build,
  buildExactly,
  changed,
  distance,
  FPS,
  FRAME,
  measure,
  native,
  PRESETS,
  raised,
} from './reference-probe.js';

/** v rotated by the quaternion q (wxyz). */
function rotate(q: ArrayLike<number>, v: ArrayLike<number>): number[] {
  const cross = (a: number[], b: ArrayLike<number>) => [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ];
  const u = [q[1], q[2], q[3]];
  const t = cross(u, v).map((value) => 2 * value);
  const s = cross(u, t);
  return [0, 1, 2].map((k) => v[k] + q[0] * t[k] + s[k]);
}

test('measures are those of their definitions', () => {
  const frames = 5;
  // All joints at 1 m but the feet: the left one rests at 3 mm and slides 10 mm per frame, then leaves.
  const heights = [0.003, 0.003, 0.003, -0.02, 0.05];
  const joints = new Float32Array(frames * FRAME);
  for (let t = 0; t < frames; t++)
    for (let j = 0; j < 22; j++)
      joints.set(j === 10 ? [0.01 * t, heights[t], 0] : [0, 1, 0], t * FRAME + 3 * j);
  const m = measure(joints);
  assert.ok(Math.abs(m.penetrate - 20 / 5) < 1e-3);
  assert.ok(Math.abs(m.float - 50 / 5) < 1e-3);
  assert.ok(
    Math.abs(m.skate - (10 * 3) / 4) < 1e-3,
    'the foot touches in four frames, so three steps of 10 mm',
  );
  const third = (t: number) => heights[t + 3] - 3 * heights[t + 2] + 3 * heights[t + 1] - heights[t];
  const jerk = ((Math.abs(third(0)) + Math.abs(third(1))) / 2 / 22) * FPS ** 3;
  assert.ok(Math.abs(m.jerk - jerk) < 1e-3 * jerk);
});

test('what is not a motion is refused with its reason', () => {
  const good = waving(40);
  const reason = (joints: Float32Array) => build(joints).reason;
  assert.is(reason(new Float32Array(0)), 1);
  assert.is(reason(good.map((value, i) => (i === 100 ? Number.NaN : value))), 2);
  assert.is(reason(good.map((value, i) => (i === 100 ? Number.POSITIVE_INFINITY : value))), 2);
  assert.is(reason(changed(good, ([x, y, z]) => [x + 1500, y, z])), 3);
  assert.is(
    reason(changed(good, ([x, y, z], t) => [x + (t > 20 ? 8 : 0), y, z])),
    3,
    'eight metres in 50 ms',
  );
  assert.is(reason(changed(good, () => [0, 0, 0])), 4);
  const random = new Random(1, 'noise');
  assert.is(reason(good.map(() => 0.3 * random.normal())), 4);
  assert.is(reason(good.subarray(0, 3 * FRAME)), 7);
  assert.is(reason(good.subarray(0, 4 * FRAME)), 0);
});

test('frames side by side give the bytes of one frame at a time, for motions of any length', () => {
  const random = new Random(5, 'lanes');
  const figures = [4, 5, 7, 8, 9, 16, 31, 61, 196].map((frames) => waving(frames));
  const sinking = (joints: Float32Array) => changed(joints, ([x, y, z], t) => [x, y - 0.004 * t, z]);
  const trembling = (joints: Float32Array) => joints.map((value) => value + 0.01 * random.normal());
  const leaping = (joints: Float32Array) =>
    changed(joints, ([x, y, z], t, j) => [x + 0.02 * t, y + (t === 3 && j === 20 ? 0.3 : 0), z]);
  const motions = figures.flatMap((joints) => [joints, sinking(joints), trembling(joints), leaping(joints)]);
  if (haveMocap) motions.push(...mocapIds('test').slice(0, 12).map(mocapClip));
  for (const preset of PRESETS)
    for (const [i, joints] of motions.entries())
      assert.equal(build(joints, preset), buildExactly(joints, preset), `${preset}, motion ${i}`);
});

test('joints are the forward kinematics of root, rotations and offsets, moved down by the ground', () => {
  for (const preset of PRESETS) {
    const { joints, root, rotation, offset, ground } = build(waving(60), preset);
    for (let t = 0; t < 60; t++) {
      const p: number[][] = [];
      for (let j = 0; j < 22; j++) {
        const parent = PARENTS[j];
        const q = rotation.subarray((t * 22 + parent) * 4, (t * 22 + parent) * 4 + 4);
        const bone = rotate(q, offset.subarray(3 * j, 3 * j + 3));
        p[j] =
          parent < 0 ? [...root.subarray(3 * t, 3 * t + 3)] : p[parent].map((value, k) => value + bone[k]);
        const written = joints.subarray(t * FRAME + 3 * j, t * FRAME + 3 * j + 3);
        const error = Math.hypot(p[j][0] - written[0], p[j][1] + ground - written[1], p[j][2] - written[2]);
        assert.ok(error < 1e-5, `frame ${t}, joint ${j}: ${error}`);
      }
    }
  }
});

test('rotations are unit quaternions of continuous sign, and both feet of a standing figure are planted', () => {
  const { rotation, contact, root } = build(waving(60));
  for (let i = 0; i < rotation.length; i += 4) {
    assert.ok(Math.abs(Math.hypot(...rotation.subarray(i, i + 4)) - 1) < 1e-5);
    if (i < 88) continue;
    const dot = [0, 1, 2, 3].reduce((sum, k) => sum + rotation[i + k] * rotation[i - 88 + k], 0);
    assert.ok(dot >= 0);
  }
  assert.ok(contact.every((value) => value === 1));
  // Its toe joints are at 0, so the ground under the soles is 25 mm lower and the pelvis, at 0.93 m, that much higher.
  assert.ok(Math.abs(root[1] - 0.955) < 0.01, `${root[1]}`);
});

test('an upright figure with hanging arms that faces +z has no rotation in its trunk and legs', () => {
  const { rotation } = build(waving(40));
  for (const joint of [0, 9, 13, 14, 1, 2, 4, 5, 7, 8]) {
    const angle = 2 * Math.acos(Math.min(1, Math.abs(rotation[4 * joint]))) * (180 / Math.PI);
    assert.ok(angle < 25, `joint ${joint} is turned by ${angle} degrees`);
  }
});

test('the result turns, moves and mirrors with its input', () => {
  const clip = haveMocap ? mocapClip('c006_05_0') : waving(64);
  const turn = ([x, y, z]: number[]) => [0.6 * x + 0.8 * z + 7, y, -0.8 * x + 0.6 * z - 3];
  const mirror = (joints: Float32Array) =>
    changed(joints, (_, t, j) => {
      const i = t * FRAME + 3 * MIRROR[j];
      return [-joints[i], joints[i + 1], joints[i + 2]];
    });
  for (const preset of PRESETS) {
    const { joints } = build(clip, preset);
    assert.ok(distance(build(changed(clip, turn), preset).joints, changed(joints, turn), false) < 0.1);
    assert.ok(distance(build(mirror(clip), preset).joints, mirror(joints), false) < 0.1);
  }
});

test('a figure far over or under the floor is put on it', () => {
  const standing = waving(60);
  const { joints } = build(standing);
  for (const height of [-1, -0.05, 0.06, 0.8])
    for (const preset of PRESETS) {
      const moved = build(raised(standing, height), preset).joints;
      assert.ok(distance(moved, joints, false) < 6, `${height}: ${distance(moved, joints, false)} mm`);
      const { penetrate, float } = measure(moved);
      assert.ok(penetrate <= 0.5 && float <= 0.5);
    }
});

test('a joint that leaves for one frame comes back', () => {
  const clip = haveMocap ? mocapClip('c006_05_0') : waving(64);
  const broken = changed(clip, ([x, y, z], t, j) =>
    t === 30 && j === 18 ? [x + 0.3, y + 0.2, z] : [x, y, z],
  );
  const [clean, repaired] = [build(clip).joints, build(broken).joints];
  assert.ok(distance(clip, broken, false) > 0.25);
  assert.ok(distance(clean, repaired, true) < 0.1 * distance(clip, broken, true) + 0.02);
});

test('lengths from 4 to 2000 frames, any rate and any disfigured body give finite numbers', () => {
  const random = new Random(2, 'disfigured');
  const clip = waving(2000);
  const ways: ((p: number[], t: number, j: number) => number[])[] = [
    (p) => p,
    (p) => p.map((value) => value + 0.03 * random.normal()),
    (p) => p.map((value) => 0.1 * value),
    ([x, y, z]) => [x, -y, z],
    ([x, y, z]) => [y, x, z],
    ([x, y, z], t) => [x + Math.sin(t), y, z + 0.2 * t],
    ([x, y, z], t) => [x, y + 2 * Math.abs(Math.sin(0.3 * t)), z],
    ([, y, z], _, j) => [0.01 * j, y, z],
    ([x, y, z], _, j) => (j < 12 ? [x, 0.01 * j, z] : [x, y, z]),
  ];
  let built = 0;
  for (const frames of [4, 5, 6, 7, 9, 40, 2000])
    for (const way of ways)
      for (const fps of [5, 20, 120])
        for (const preset of PRESETS) {
          const result = native.buildReference(changed(clip.subarray(0, frames * FRAME), way), fps, preset);
          if (result.reason !== 0) continue;
          built++;
          for (const values of [result.joints, result.root, result.rotation, result.offset])
            assert.ok(
              values.every(Number.isFinite),
              `${frames} frames, ${fps} fps, way ${ways.indexOf(way)}`,
            );
        }
  assert.ok(built > 200, `only ${built} were built`);
});

test.run();

// Joint positions to a cleaned reference, and the measures of plausibility, through the addon's probes.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MIRROR, PARENTS } from '../../src/motion/skeleton.js';
import { Random } from '../../src/random/random.js';
import { GENERATED, haveMocap, MOCAP, mocapClip, mocapIds, readNpy, waving } from '../support/motions.js';

type Preset = 'clip' | 'loop';
interface Measure {
  penetrate: number;
  float: number;
  skate: number;
  jerk: number;
}
interface Reference {
  reason: number;
  joints: Float32Array;
  root: Float32Array;
  rotation: Float32Array;
  contact: Uint8Array;
  offset: Float32Array;
  ground: number;
}
interface Probe {
  buildReference(joints: Float32Array, fps: number, preset: Preset): Reference;
  measure(joints: Float32Array, fps: number): Measure;
}
const native = createRequire(import.meta.url)('../../../build/Release/selfcorrect.node') as Probe;
const FPS = 20;
const FRAME = 66;
const PRESETS: Preset[] = ['clip', 'loop'];

const build = (joints: Float32Array, preset: Preset = 'loop') => native.buildReference(joints, FPS, preset);
const measure = (joints: Float32Array) => native.measure(joints, FPS);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A clip with every joint replaced by `change(xyz, frame, joint)`. */
function changed(
  joints: Float32Array,
  change: (p: number[], frame: number, joint: number) => number[],
): Float32Array {
  const result = new Float32Array(joints.length);
  for (let i = 0; i < joints.length; i += 3)
    result.set(change([...joints.subarray(i, i + 3)], Math.floor(i / FRAME), (i % FRAME) / 3), i);
  return result;
}
const raised = (joints: Float32Array, height: number) => changed(joints, ([x, y, z]) => [x, y + height, z]);

/** Mean distance of joints in mm, of those `only` names, in the world or relative to the pelvis. */
function distance(
  a: Float32Array,
  b: Float32Array,
  relative: boolean,
  only = (_joint: number) => true,
): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < a.length; i += 3) {
    if (!only((i % FRAME) / 3)) continue;
    const root = i - (i % FRAME);
    sum += Math.hypot(
      ...[0, 1, 2].map((k) => a[i + k] - b[i + k] - (relative ? a[root + k] - b[root + k] : 0)),
    );
    count++;
  }
  return (1000 * sum) / count;
}

function rootPath(joints: Float32Array): number {
  let sum = 0;
  for (let i = FRAME; i < joints.length; i += FRAME)
    sum += Math.hypot(joints[i] - joints[i - FRAME], joints[i + 2] - joints[i + 2 - FRAME]);
  return sum;
}

/** Height of the pelvis in every frame. */
const heights = (joints: Float32Array) => [...joints].filter((_, i) => i % FRAME === 1);

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

if (!haveMocap) console.log(`note: ${MOCAP} is missing; references of real motion are not tested here`);
else {
  const clips = mocapIds('test').map(mocapClip);
  const rows = readFileSync(`${MOCAP}/manifest.csv`, 'utf8').split('\n');
  const names = rows[0].split(',');

  test('measures of real clips are those that the data set lists', () => {
    const manifest = JSON.parse(readFileSync(`${MOCAP}/manifest.json`, 'utf8')) as {
      clips: { id: string; penetrate_mm: number; float_mm: number; skate_mm: number }[];
    };
    assert.ok(names.includes('float_mm'));
    for (const clip of manifest.clips) {
      const m = measure(mocapClip(clip.id));
      assert.ok(Math.abs(m.penetrate - clip.penetrate_mm) < 0.02, clip.id);
      assert.ok(Math.abs(m.float - clip.float_mm) < 0.02, clip.id);
      assert.ok(Math.abs(m.skate - clip.skate_mm) < 0.02, clip.id);
    }
  });

  test('inverse kinematics reproduces what the cleaning leaves alone: trunk, head and arms of real clips', () => {
    const above = (joint: number) => ![1, 2].includes(joint) && ![4, 5, 7, 8, 10, 11].includes(joint);
    const glitched = 'c013_14_1'; // its upper body jumps by 15 to 20 cm for one frame, which is repaired
    for (const [i, id] of mocapIds('test').entries()) {
      const error = distance(build(clips[i]).joints, clips[i], true, above);
      assert.ok(id === glitched ? error > 0.1 && error < 2 : error < 0.001, `${id}: ${error} mm`);
    }
  });

  test('preset loop on real clips: near the input, on the floor, no skating, speed and jerk kept', () => {
    const results = clips.map((clip) => build(clip).joints);
    const before = clips.map(measure);
    const after = results.map(measure);
    const error = mean(clips.map((clip, i) => distance(clip, results[i], true)));
    const speed = mean(results.map((joints, i) => rootPath(joints) / rootPath(clips[i])));
    const jerk = mean(after.map((m, i) => m.jerk / before[i].jerk));
    const [penetrate, float, skate] = (['penetrate', 'float', 'skate'] as const).map((k) =>
      mean(after.map((m) => m[k])),
    );
    const summary =
      `loop: ${error.toFixed(1)} mm root-relative, penetrate ${penetrate.toFixed(3)}, float ${float.toFixed(1)} mm ` +
      `(before ${mean(before.map((m) => m.float)).toFixed(1)}), skate ${skate.toFixed(2)} mm/frame, ` +
      `speed x${speed.toFixed(3)}, jerk x${jerk.toFixed(2)}`;
    console.log(summary);
    assert.ok(error <= 10, summary);
    assert.ok(Math.max(...after.map((m) => m.penetrate)) <= 0.5, summary);
    assert.ok(Math.max(...after.map((m) => m.skate)) <= 4, summary);
    assert.ok(float <= mean(before.map((m) => m.float)) + 1, summary);
    assert.ok(Math.abs(speed - 1) <= 0.03 && Math.abs(jerk - 1) <= 0.1, summary);
  });

  test('preset clip on real clips: near the input, on the floor, no skating', () => {
    const results = clips.map((clip) => build(clip, 'clip').joints);
    const after = results.map(measure);
    const error = mean(clips.map((clip, i) => distance(clip, results[i], true)));
    console.log(`clip: ${error.toFixed(1)} mm root-relative`);
    assert.ok(error <= 12);
    assert.ok(Math.max(...after.map((m) => m.penetrate)) <= 0.5);
    assert.ok(Math.max(...after.map((m) => m.skate)) <= 4);
  });

  test('cleaning twice is cleaning once', () => {
    for (const preset of PRESETS) {
      const moved = clips.map((clip) => {
        const once = build(clip, preset).joints;
        return distance(once, build(once, preset).joints, false);
      });
      console.log(`${preset}: the second cleaning moves joints by ${mean(moved).toFixed(1)} mm`);
      assert.ok(mean(moved) <= 5, `${preset}: ${mean(moved)}`);
    }
  });

  const defects = readFileSync(`${GENERATED}/manifest.csv`, 'utf8')
    .split('\n')
    .filter((row) => row.startsWith('defects/'))
    .map((row) => row.split(','))
    .map(([file, , kind, , truth]) => ({
      kind,
      joints: readNpy(`${GENERATED}/${file}`),
      truth: mocapClip(truth),
    }));
  const having = (...kinds: string[]) => defects.filter(({ kind }) => kinds.includes(kind));

  test('sunk, floating and bobbing clips are put on the floor as their true clips are', () => {
    assert.is(having('sink', 'float', 'bob').length, 12);
    for (const preset of PRESETS)
      for (const { kind, joints, truth } of having('sink', 'float', 'bob')) {
        const result = build(joints, preset).joints;
        const clean = build(truth, preset).joints;
        const m = measure(result);
        assert.ok(m.penetrate <= 0.5, `${kind}: penetrate ${m.penetrate}`);
        assert.ok(
          m.float <= measure(truth).float + 5,
          `${kind}: float ${m.float}, true ${measure(truth).float}`,
        );
        const near = distance(result, clean, true);
        assert.ok(near <= (kind === 'bob' ? 5 : 1), `${kind}: ${near} mm`);
        const lift = mean(heights(result).map((height, t) => 1000 * Math.abs(height - heights(clean)[t])));
        assert.ok(lift <= (kind === 'bob' ? 12 : 8.5), `${kind}: pelvis off by ${lift} mm`);
      }
  });

  test('a steady slide is taken out of the path, and noise out of the joints, where one clip is repaired', () => {
    for (const { joints, truth } of having('slide')) {
      const result = build(joints, 'clip').joints;
      const end = (clip: Float32Array) => clip[clip.length - FRAME];
      assert.ok(Math.abs(end(joints) - end(truth)) > 0.9);
      assert.ok(
        Math.abs(end(result) - end(truth)) < 0.3 * Math.abs(end(joints) - end(truth)),
        `${end(result) - end(truth)} m of slide left`,
      );
      assert.ok(measure(result).skate < 1);
    }
    const jerks = having('jitter').map(
      ({ joints }) => measure(build(joints, 'clip').joints).jerk / measure(joints).jerk,
    );
    console.log(`jitter: jerk x${mean(jerks).toFixed(2)}`);
    assert.ok(mean(jerks) <= 0.3);
    for (const { joints, truth } of having('jitter'))
      assert.ok(distance(build(joints, 'clip').joints, truth, true) < 0.8 * distance(joints, truth, true));
  });

  test('a body that grows and shrinks comes back to its size', () => {
    for (const preset of PRESETS)
      for (const { joints, truth } of having('stretch'))
        assert.ok(distance(build(joints, preset).joints, truth, true) < 0.6 * distance(joints, truth, true));
  });

  test('a leap without any contact stays in the air', () => {
    const jump = mocapClip('c013_39_0');
    const high: number[] = [];
    for (let t = 0; t < jump.length / FRAME; t++)
      if (Math.min(jump[t * FRAME + 31], jump[t * FRAME + 34]) > 0.1) high.push(t);
    const leap = jump.slice(high[0] * FRAME, (high[high.length - 1] + 1) * FRAME);
    assert.ok(high.length >= 6 && measure(leap).float > 150);
    const { joints, contact } = build(leap);
    assert.ok(distance(joints, leap, false) < 2);
    assert.ok(contact.every((value) => value === 0));
  });
}

test.run();

// References of real motion and of real motion with a known defect: how near, how clean, how stable.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GENERATED, haveMocap, MOCAP, mocapClip, mocapIds, readNpy } from '../support/motions.js';
import { build, distance, FPS, FRAME, mean, measure, native, PRESETS } from './reference-probe.js';

function rootPath(joints: Float32Array): number {
  let sum = 0;
  for (let i = FRAME; i < joints.length; i += FRAME)
    sum += Math.hypot(joints[i] - joints[i - FRAME], joints[i + 2] - joints[i + 2 - FRAME]);
  return sum;
}

/** Height of the pelvis in every frame. */
const heights = (joints: Float32Array) => [...joints].filter((_, i) => i % FRAME === 1);

if (!haveMocap) console.log(`note: ${MOCAP} is missing; references of real motion are not tested here`);
else {
  const clips = mocapIds('test').map(mocapClip);

  test('measures of real clips are those that the data set lists', () => {
    const manifest = JSON.parse(readFileSync(`${MOCAP}/manifest.json`, 'utf8')) as {
      clips: { id: string; penetrate_mm: number; float_mm: number; skate_mm: number }[];
    };
    for (const clip of manifest.clips) {
      const m = measure(mocapClip(clip.id));
      assert.ok(Math.abs(m.penetrate - clip.penetrate_mm) < 0.02, clip.id);
      assert.ok(Math.abs(m.float - clip.float_mm) < 0.02, clip.id);
      assert.ok(Math.abs(m.skate - clip.skate_mm) < 0.02, clip.id);
    }
  });

  test('inverse kinematics reproduces what the cleaning leaves alone: trunk, head and arms of real clips', () => {
    const above = (joint: number) => ![1, 2].includes(joint) && ![4, 5, 7, 8, 10, 11].includes(joint);
    // What no body does, in mm: an upper body that jumps by 15 to 20 cm for one frame, forearms that bend
    // backwards from the elbow all through a recording, and a shoulder out of its range for two frames.
    const repaired: Record<string, [number, number]> = {
      c013_14_1: [0.1, 2],
      c013_18_0: [5, 40],
      c013_18_1: [5, 40],
      c013_18_2: [5, 40],
      c005_20_0: [0.001, 0.1],
    };
    for (const [i, id] of mocapIds('test').entries()) {
      const error = distance(build(clips[i]).joints, clips[i], true, above);
      const [least, most] = repaired[id] ?? [0, 0.001];
      assert.ok(error >= least && error < most, `${id}: ${error} mm`);
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

  test('half the frame rate gives the same motion', () => {
    for (const preset of PRESETS) {
      const errors = clips.map((clip) => {
        const half = (joints: Float32Array) => joints.filter((_, i) => Math.floor(i / FRAME) % 2 === 0);
        const { joints } = native.buildReference(half(clip), FPS / 2, preset);
        return distance(joints, half(build(clip, preset).joints), true);
      });
      assert.ok(mean(errors) < 8, `${preset}: ${mean(errors)} mm`);
    }
  });

  test('no body spins faster than limbs do', () => {
    for (const [i, id] of mocapIds('test').entries()) {
      const { rotation } = build(clips[i]);
      let fastest = 0;
      for (let k = 88; k < rotation.length; k += 4) {
        const dot = [0, 1, 2, 3].reduce((sum, c) => sum + rotation[k + c] * rotation[k - 88 + c], 0);
        fastest = Math.max(fastest, 2 * Math.acos(Math.min(1, Math.abs(dot))) * FPS);
      }
      assert.ok(fastest < 55, `${id}: ${fastest} rad/s`);
    }
  });
}

test.run();

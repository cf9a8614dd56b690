// References keep to the limits of the joints, with feet and hands where they were.
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/random/random.js';
import { GENERATED, haveMocap, MOCAP, mocapClip, readNpy, waving } from '../support/motions.js';
import {
  BODIES,
  bend,
  LEFT_ELBOW,
  LEFT_KNEE,
  native as limits,
  RIGHT_ELBOW,
  RIGHT_KNEE,
} from './limit-probe.js';
import { build, changed, FRAME, PRESETS } from './reference-probe.js';

const KNEES = [LEFT_KNEE, RIGHT_KNEE];
const ELBOWS = [LEFT_ELBOW, RIGHT_ELBOW];
// Rotations are stored as floats.
const ROUNDING = 1e-3;

/** The furthest any joint of a reference is beyond its limits, rad. */
const beyond = (joints: Float32Array, preset: (typeof PRESETS)[number]) => {
  const { reason, rotation } = build(joints, preset);
  assert.is(reason, 0);
  return Math.max(...limits.probeExcess(Float64Array.from(rotation)));
};

type Vec = number[];
const at = (joints: Float32Array, t: number, j: number): Vec => [
  ...joints.subarray(t * FRAME + 3 * j, t * FRAME + 3 * j + 3),
];
const distance = (a: Vec, b: Vec) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** A waving figure whose middle joint of a limb is moved out by `out` m in z, the bones' lengths kept. */
function bent(frames: number, [top, middle, end]: number[], out: (t: number) => number): Float32Array {
  return changed(waving(frames), (p, t, j) => {
    if (j !== middle && j !== end && j !== end + 3) return p;
    const rest = waving(frames);
    const [a, b, c] = [at(rest, t, top), at(rest, t, middle), at(rest, t, end)];
    const [upper, lower] = [distance(a, b), distance(b, c)];
    const across = Math.abs(out(t));
    const reach = Math.sqrt(upper ** 2 - across ** 2) + Math.sqrt(lower ** 2 - across ** 2);
    const share = Math.sqrt(upper ** 2 - across ** 2) / reach;
    const line = c.map((x, k) => (x - a[k]) / distance(a, c));
    const foot = a.map((x, k) => x + line[k] * reach);
    if (j === middle) return a.map((x, k) => x + line[k] * reach * share + (k === 2 ? out(t) : 0));
    if (j === end) return foot;
    return middle < 6 ? p.map((x, k) => x + foot[k] - c[k]) : p; // the toes go with the ankle
  });
}

test('a knee that bends backwards bends forwards instead, with hip and ankle in place', () => {
  // A leg held up, so that no contact moves it: the whole figure is high over the ground for its other foot.
  const out = -0.15; // m behind the line from hip to ankle: about 43 degrees backwards
  const frames = 60;
  const joints = bent(frames, [1, LEFT_KNEE, 7], (t) => out * Math.min(1, t / 20));
  const { joints: result, rotation, reason } = build(joints, 'loop');
  assert.is(reason, 0);
  let before = 0;
  for (let t = 25; t < frames - 5; t++) {
    const angle = bend(rotation, t, LEFT_KNEE);
    assert.ok(angle > 30 && angle < 60, `frame ${t}: ${angle}`);
    const relative = (clip: Float32Array, j: number) => at(clip, t, j).map((x, k) => x - at(clip, t, 0)[k]);
    assert.ok(distance(relative(result, 1), relative(joints, 1)) < 0.005, 'hip');
    // The foot lock may move an ankle by centimetres where the foot comes near the ground.
    assert.ok(distance(relative(result, 7), relative(joints, 7)) < 0.05, 'ankle');
    const knee = relative(result, LEFT_KNEE)[2] - relative(joints, LEFT_KNEE)[2];
    assert.ok(knee > 0.2, `frame ${t}: the knee came ${knee} m forwards`);
    before++;
  }
  assert.ok(before > 20);
  for (let t = 0; t < frames; t++) assert.ok(bend(rotation, t, LEFT_KNEE) > -5.01);
});

test('an elbow that bends backwards by 50 degrees bends forwards, with the wrist within 5 cm', () => {
  const joints = bent(60, [17, RIGHT_ELBOW, 21], (t) => 0.11 * Math.min(1, t / 20));
  for (const preset of PRESETS) {
    const { joints: result, rotation } = build(joints, preset);
    for (let t = 0; t < 60; t++) {
      assert.ok(bend(rotation, t, RIGHT_ELBOW) < 18.01);
      const relative = (clip: Float32Array) => at(clip, t, 21).map((x, k) => x - at(clip, t, 0)[k]);
      if (preset === 'loop') assert.ok(distance(relative(result), relative(joints)) < 0.05, `frame ${t}`);
    }
  }
});

test('an arm bent back by 10 degrees, as supple arms are, stays as it is', () => {
  const joints = bent(60, [17, RIGHT_ELBOW, 21], () => 0.023);
  const { joints: result, rotation } = build(joints, 'loop');
  for (let t = 0; t < 60; t++)
    for (const j of [14, 17, RIGHT_ELBOW, 21])
      assert.ok(
        distance(
          at(result, t, j).map((x, k) => x - at(result, t, 0)[k]),
          at(joints, t, j).map((x, k) => x - at(joints, t, 0)[k]),
        ) < 1e-5,
      );
  assert.ok(bend(rotation, 30, RIGHT_ELBOW) > 5, `${bend(rotation, 30, RIGHT_ELBOW)}`);
});

test('whatever comes in, the reference is within the limits', () => {
  const random = new Random(5, 'limits');
  for (let trial = 0; trial < 12; trial++) {
    const sigma = 0.01 * 1.4 ** trial; // m: from jitter to a heap of joints
    const noise = Array.from({ length: 22 * 3 }, () => random.normal());
    const joints = waving(50).map((x, i) => x + sigma * noise[i % 66] * Math.sin(0.3 * Math.floor(i / 66)));
    const built = build(joints, 'loop');
    if (built.reason !== 0) continue; // bones that no body has
    for (const preset of PRESETS) assert.ok(beyond(joints, preset) < ROUNDING, `noise of ${sigma} m`);
  }
});

if (!haveMocap) console.log(`note: ${MOCAP} is missing; the limits of real motion are not tested here`);
else {
  test('knees and elbows of all real clips bend the right way', () => {
    for (const file of readdirSync(`${MOCAP}/joints`)) {
      const { rotation } = build(mocapClip(file.slice(0, -4)), 'loop');
      for (let t = 0; t < rotation.length / (4 * BODIES); t++) {
        for (const knee of KNEES) assert.ok(bend(rotation, t, knee) > -5.01, `${file}, frame ${t}, ${knee}`);
        for (const elbow of ELBOWS) assert.ok(bend(rotation, t, elbow) < 18.01, `${file}, ${t}, ${elbow}`);
      }
    }
  });

  test('a foot seen backwards does not turn a bent knee round', () => {
    for (const [id, knee, frame] of [
      ['c060_02_1', LEFT_KNEE, 5],
      ['c060_15_1', RIGHT_KNEE, 122],
      ['c005_03_0', RIGHT_KNEE, 49],
    ] as const) {
      const clip = mocapClip(id);
      const { joints, rotation } = build(clip, 'loop');
      assert.ok(bend(rotation, frame, knee) > 60, `${id}: ${bend(rotation, frame, knee)}`);
      const relative = (source: Float32Array) =>
        at(source, frame, knee).map((x, k) => x - at(source, frame, 0)[k]);
      assert.ok(distance(relative(joints), relative(clip)) < 0.12, id);
    }
  });

  test('references of damaged motion are within the limits', () => {
    for (const file of readdirSync(`${GENERATED}/defects`))
      for (const preset of PRESETS) {
        const most = beyond(readNpy(`${GENERATED}/defects/${file}`), preset);
        assert.ok(most < ROUNDING, `${file}, ${preset}: ${most} rad`);
      }
  });
}

test.run();

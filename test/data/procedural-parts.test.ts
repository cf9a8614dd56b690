import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planBalance } from '../../src/data/procedural/balance.js';
import { BONE_LENGTHS, legLength, MASS_WEIGHTS, REST_OFFSETS } from '../../src/data/procedural/body.js';
import { sentence } from '../../src/data/procedural/captions.js';
import { cruise, drift, minimumJerk, passes, quintic, spline } from '../../src/data/procedural/curves.js';
import { FootTrack, type Step } from '../../src/data/procedural/feet.js';
import { proceduralMotions } from '../../src/data/procedural/index.js';
import { planLeap } from '../../src/data/procedural/leap.js';
import { shortSwing, walkingCycle, walkingSwing } from '../../src/data/procedural/locomotion.js';
import { Path } from '../../src/data/procedural/path.js';
import { fromYawPitchRoll, multiply } from '../../src/data/procedural/rotation.js';
import { Random } from '../../src/random/random.js';

const near = (value: number, expected: number, tolerance: number, what = '') =>
  assert.ok(
    Math.abs(value - expected) <= tolerance,
    `${what} ${value}, expected ${expected} +- ${tolerance}`,
  );
const slope = (curve: (t: number) => number, t: number) => (curve(t + 1e-4) - curve(t - 1e-4)) / 2e-4;

test('minimum jerk peaks at 1.875 times the mean speed; a cruise keeps its speed between its flanks', () => {
  near(slope(minimumJerk, 0.5), 1.875, 1e-6);
  assert.is(minimumJerk(-1), 0);
  assert.is(minimumJerk(2), 1);
  const curve = (s: number) => cruise(s, 0.3, 0.2);
  for (const s of [0.35, 0.5, 0.75]) near(slope(curve, s), 1 / 0.75, 1e-6);
  for (const s of [0.3, 0.8]) near(curve(s + 1e-7), curve(s - 1e-7), 1e-6);
  near(curve(0.999999), 1, 1e-9);
});

test('curves pass their keys: no overshoot, continuous acceleration, wanted ends', () => {
  const keys: [number, number][] = [
    [0, 0],
    [1, 1],
    [1.5, 1],
    [3, -2],
  ];
  for (const curve of [passes(keys), spline(keys)])
    for (const [t, value] of keys) near(curve(t), value, 1e-12);
  const monotone = passes(keys);
  for (let t = 0; t <= 3; t += 0.01) assert.ok(monotone(t) <= 1 && monotone(t) >= -2);
  const smooth = spline(keys);
  const bend = (t: number) => (smooth(t + 1e-4) - 2 * smooth(t) + smooth(t - 1e-4)) / 1e-8;
  for (const t of [1, 1.5]) near(bend(t - 2e-4), bend(t + 2e-4), 0.02, 'acceleration');
  near(slope(smooth, 1e-4), 0, 2e-3);
  const arc = (t: number) => quintic(t, 0.4, [-0.3, 0, 0], [0.05, 2, -9.81]);
  near(arc(0), -0.3, 1e-12);
  near(arc(0.4), 0.05, 1e-12);
  near(slope(arc, 0.3999), 2, 3e-3);
});

test('drift wanders around 0 with a deviation of 1', () => {
  let sum = 0;
  let squares = 0;
  const curve = drift(new Random(1, 'drift'));
  for (let i = 0; i < 200_000; i++) {
    const value = curve(i * 0.05);
    sum += value;
    squares += value * value;
  }
  near(sum / 2e5, 0, 0.02);
  near(squares / 2e5, 1, 0.03);
});

test('rotations: yaw, pitch and roll act in the stated order and senses', () => {
  const apply = (r: readonly number[], v: number[]) =>
    [0, 3, 6].map((i) => r[i] * v[0] + r[i + 1] * v[1] + r[i + 2] * v[2]);
  const [x, , z] = apply(fromYawPitchRoll(Math.PI / 2, 0, 0), [0, 0, 1]);
  near(x, 1, 1e-12, 'a left turn from +z faces +x:');
  near(z, 0, 1e-12);
  assert.ok(apply(fromYawPitchRoll(0, 0.3, 0), [0, 1, 0])[2] > 0.2, 'pitch leans forward');
  assert.ok(apply(fromYawPitchRoll(0, 0, 0.3), [1, 0, 0])[1] > 0.2, 'roll lifts the left side');
  const whole = fromYawPitchRoll(0.4, -0.7, 1.1);
  const steps = multiply(
    multiply(fromYawPitchRoll(0.4, 0, 0), fromYawPitchRoll(0, -0.7, 0)),
    fromYawPitchRoll(0, 0, 1.1),
  );
  whole.forEach((value, i) => {
    near(value, steps[i], 1e-12);
  });
});

test('the body: offsets have the bone lengths, masses sum to 1, a straight leg is the longest', () => {
  for (let joint = 1; joint < 22; joint++)
    near(Math.hypot(...REST_OFFSETS.subarray(joint * 3, joint * 3 + 3)), BONE_LENGTHS[joint], 1e-12);
  near(
    MASS_WEIGHTS.reduce((a, b) => a + b),
    1,
    1e-12,
  );
  near(legLength(0, 0), BONE_LENGTHS[4] + BONE_LENGTHS[7], 1e-12);
  assert.ok(legLength(0, 1) < legLength(0, 0.5));
});

test('walking cycles follow the published law; leaps reach their height', () => {
  // Relative speed 1.5 for a leg of 0.82 m: 1.346 / sqrt(1.5).
  near(walkingCycle(1.23).cycle, 1.099, 1e-3);
  assert.ok(walkingCycle(0.6).duty > walkingCycle(1.6).duty);
  const leap = planLeap(1, { height: 0.3, depth: 0.25, give: 0.2, crouch: 0.4, up: 0.5 });
  near(leap.speed ** 2 / 2 / 9.81, 0.3, 1e-12);
  near((leap.speed * 2) / 9.81, leap.land - leap.leave, 0.01, 'time in the air');
  assert.ok(
    leap.crouch < leap.push && leap.push < leap.leave && leap.land < leap.bottom && leap.bottom < leap.up,
  );
});

const step = (side: 0 | 1, liftOff: number, touchDown: number, at: number): Step => ({
  side,
  liftOff,
  touchDown,
  at,
  forward: 0,
  left: side === 0 ? 0.1 : -0.1,
  out: 0,
  swing: side === 0 ? walkingSwing(1.2) : shortSwing(0.06),
});

test('a foot is planted, swings over the floor and is planted again; steps may not overlap', () => {
  const path = new Path(3);
  path.move({ start: 1, end: 2, rise: 0.2, fall: 0.2, forward: 1, left: 0 });
  const first = { at: 0, forward: 0, left: 0.1, out: 0 };
  const foot = new FootTrack(0, path, first, [step(0, 1, 1.4, 2)], 0.01);
  const before = foot.at(0.5).ball;
  near(before[1], 0.01, 1e-12, 'flat foot:');
  for (const t of [0.6, 0.8, 0.9, 1]) {
    const { ball, planted } = foot.at(t);
    assert.ok(planted);
    near(ball[2], before[2], 1e-12, `at ${t} s`);
  }
  assert.ok(foot.at(0.98).ankle[1] > foot.at(0.5).ankle[1] + 0.04, 'the heel rises');
  for (let t = 1.02; t < 1.4; t += 0.02) {
    const { ball, planted } = foot.at(t);
    assert.ok(!planted && ball[1] > 0, `at ${t} s`);
  }
  assert.ok(foot.at(1.41).ball[1] > 0.02, 'the heel lands first');
  near(foot.at(2).ball[2] - before[2], path.at(2).z, 1e-12);
  assert.throws(
    () => new FootTrack(0, path, first, [step(0, 1, 1.4, 2), step(0, 1.3, 1.6, 2)], 0.01),
    /Expected steps one after the other for foot 0 but received a lift-off at 1.30 s/,
  );
});

test('the planned centre of mass obeys the linear inverted pendulum and moves ahead of a step', () => {
  const path = new Path(3);
  const holds = [0.1, -0.1].map((left) => ({ at: 0, forward: 0, left, out: 0 }));
  const feet = [
    new FootTrack(0, path, holds[0], [], 0.01),
    new FootTrack(1, path, holds[1], [step(1, 1.5, 2.5, 2)], 0.01),
  ] as const;
  const balance = planBalance(path, feet, 3, () => 0.5);
  near(balance(-3)[0], 0, 0.01, 'standing on both:');
  assert.ok(balance(1.4)[0] > 0.03, 'over to the left foot before the right one leaves');
  // c'' = w^2 (c - p) with the pressure p under the left foot.
  const h = 0.2;
  const [before, now, after] = [2 - h, 2, 2 + h].map((t) => balance(t)[0]);
  const omega = Math.sqrt(9.81 / 0.95);
  // Second difference of the solution a cosh(w t): 2 (cosh(w h) - 1) times its value.
  near(before - 2 * now + after, 2 * (Math.cosh(omega * h) - 1) * (now - 0.1), 2e-3);
});

test('sentences: slots are filled, gaps closed', () => {
  const text = sentence(new Random(1), ['{who} walks {pace} {way}, then stops'], { pace: '', way: 'on' });
  assert.match(text, /^(a|an|the|someone)[a-z ]* walks on, then stops$/);
});

test('captions say slowly below 0.9 m/s and quickly above 1.5 m/s', () => {
  let told = 0;
  for (let seed = 0; seed < 4; seed++)
    for (const { action, caption, joints } of proceduralMotions({ seed, count: 160 })) {
      if (action !== 'walk' || /sneak|back/.test(caption)) continue;
      const speeds: number[] = [];
      for (let i = 10 * 66; i < joints.length; i += 66)
        speeds.push(2 * Math.hypot(joints[i] - joints[i - 660], joints[i + 2] - joints[i - 658]));
      // Mean over half a second, the fastest one of the clip.
      const fastest = Math.max(...speeds);
      if (/slowly/.test(caption)) assert.ok(fastest < 1.1, `${caption}: ${fastest}`);
      else if (/quickly/.test(caption)) assert.ok(fastest > 1.35, `${caption}: ${fastest}`);
      else assert.ok(fastest > 0.75 && fastest < 1.75, `${caption}: ${fastest}`);
      told++;
    }
  assert.ok(told > 20);
});

test.run();

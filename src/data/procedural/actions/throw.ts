import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import type { Side } from '../body.js';
import { chance, countWord, pick, sentence, sideWord } from '../captions.js';
import type { ArmPose } from '../controls.js';
import { DEGREE, passes } from '../curves.js';
import { shortSwing } from '../locomotion.js';
import { carriage, hangingArms, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

/** The arm over a throw: drawn back, let go, followed through; degrees. */
const WAYS: Record<'over' | 'under', readonly ArmPose[]> = {
  over: [
    { flexion: -12, abduction: 88, rotation: -72, elbow: 92 },
    { flexion: 78, abduction: 34, rotation: -38, elbow: 38 },
    { flexion: 62, abduction: 10, rotation: 30, elbow: 22 },
  ],
  under: [
    { flexion: -52, abduction: 16, rotation: 0, elbow: 14 },
    { flexion: 42, abduction: 10, rotation: 0, elbow: 10 },
    { flexion: 108, abduction: 8, rotation: 0, elbow: 28 },
  ],
};

/** Throws over or under arm, with a step of the other foot, one to three times. */
export function toss(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { build } = score;
  const side = random.integer(2) as Side;
  const kind = chance(random, 0.65) ? 'over' : 'under';
  const power = random.uniform(0.6, 1.1);
  build.knee += random.uniform(2, 8) * DEGREE;
  holdArms(score, ...hangingArms(random, random.uniform(25, 50)));
  carriage(score);
  const around = surround(score, { into: 0.75, onward: 0.65, time: 2.5 });
  const stride = chance(random, 0.75) ? random.uniform(0.2, 0.42) : 0;
  let count = 0;
  let over = around.start + random.uniform(0.1, 0.35);
  while (
    count === 0 ||
    lay(score, { start: over, side, kind, power, stride, dry: true }) < around.end + 0.2
  ) {
    over = lay(score, { start: over, side, kind, power, stride, dry: false }) + random.uniform(0.05, 0.3);
    count++;
  }
  around.leave(over);
  score.enliven(random.uniform(0.8, 1.4));
  const slots = {
    hand: `the ${sideWord(side)} hand`,
    kind: kind === 'over' ? pick(random, ['overarm', 'over the shoulder']) : 'underarm',
    hard: power > 0.95 ? 'hard' : power < 0.72 ? 'gently' : '',
    what: pick(random, ['a ball', 'something', 'an object', 'a stone']),
    times: count > 1 ? countWord(count) : '',
    step: stride > 0 ? pick(random, ['', 'stepping forward']) : '',
  };
  const caption = sentence(
    random,
    [
      '{who} throws {what} {hard} {kind} with {hand} {times} {step}',
      '{who} throws {what} {kind} {hard} {times} using {hand} {step}',
      '{who} winds up and throws {what} {hard} {kind} {times} with {hand}',
      '{who} tosses {what} {kind} with {hand} {times} {step}',
      '{who} takes aim and throws {what} {hard} {kind} {times} {step}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

/** @returns when it is over. With `dry` nothing is laid. */
function lay(
  score: Score,
  one: { start: number; side: Side; kind: 'over' | 'under'; power: number; stride: number; dry: boolean },
): number {
  const { controls, build } = score;
  const { start, side, kind, power, stride } = one;
  const back = start + 0.68 - 0.12 * power;
  const go = back + 0.34 - 0.1 * power;
  const through = go + 0.22;
  const end = through + 0.6;
  if (one.dry) return end + (stride > 0 ? 0.5 : 0);
  const other = (1 - side) as Side;
  const name = side === 0 ? 'left' : 'right';
  const poses = WAYS[kind];
  const track = (key: keyof ArmPose) =>
    passes([
      [start, poses[0][key]],
      [back, poses[0][key]],
      [go, poses[1][key]],
      [through, poses[2][key]],
      [end, poses[2][key]],
    ]);
  const weight = passes([
    [start, 0],
    [start + 0.5 * (back - start), 0.6],
    [back, 1],
    [through, 1],
    [end, 0],
  ]);
  for (const [control, key] of [
    [`${name}Flexion`, 'flexion'],
    [`${name}Abduction`, 'abduction'],
    [`${name}Rotation`, 'rotation'],
    [`${name}Elbow`, 'elbow'],
  ] as const) {
    const curve = track(key);
    controls.blend(control, (t) => curve(t) * DEGREE, weight);
  }
  // Trunk: turned to the throwing side, then through to the other one; pelvis ahead of the chest.
  const sign = side === 0 ? 1 : -1;
  const turned = (lead: number) =>
    passes([
      [start - lead, 0],
      [back - lead, 1],
      [go - lead, -0.7],
      [through, -1],
      [end, 0],
    ]);
  const size = (kind === 'over' ? 30 : 18) * power * DEGREE * sign;
  const chest = turned(0);
  const pelvis = turned(0.08);
  controls.add('chestYaw', (t) => size * chest(t));
  controls.add('pelvisYaw', (t) => 0.5 * size * pelvis(t));
  const bend = passes([
    [start, 0],
    [back, kind === 'over' ? -6 : 9],
    [go, 6],
    [through, kind === 'over' ? 20 : 6],
    [end, 0],
  ]);
  controls.add('chestPitch', (t) => 0.7 * power * DEGREE * bend(t));
  controls.add('pelvisPitch', (t) => 0.4 * power * DEGREE * bend(t));
  const otherArm = side === 0 ? ('right' as const) : ('left' as const);
  controls.add(`${otherArm}Flexion`, (t) => 38 * power * DEGREE * chest(t));
  controls.add(`${otherArm}Abduction`, (t) => 10 * power * DEGREE * Math.abs(chest(t)));
  if (stride === 0) return end;

  const place = (foot: Side) => ({
    forward: 0,
    left: foot === 0 ? build.halfWidth : -build.halfWidth,
    out: build.toeOut,
  });
  score.step({
    side: other,
    liftOff: back - 0.22,
    touchDown: go - 0.06,
    at: end + 0.5,
    ...place(other),
    swing: { ...shortSwing(0.07), landing: -6 * DEGREE },
  });
  score.step({
    side,
    liftOff: through + 0.12,
    touchDown: through + 0.6,
    at: end + 0.5,
    ...place(side),
    swing: { ...shortSwing(0.06), toeOff: 45 * DEGREE, heelRise: 0.4 },
  });
  score.path.move({
    start: back - 0.2,
    end: end + 0.3,
    rise: 0.4,
    fall: 0.5,
    forward: stride / (end + 0.05 - back),
    left: 0,
  });
  return end + 0.5;
}

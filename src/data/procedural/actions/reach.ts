import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import type { Side } from '../body.js';
import { chance, pick, sentence, sideWord } from '../captions.js';
import type { ArmPose } from '../controls.js';
import { DEGREE, minimumJerk, pulse } from '../curves.js';
import { carriage, hangingArms, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';
import { shiftWeight } from './idle.js';

const LEVELS = ['floor', 'table', 'shelf', 'front'] as const;

/** Reaching for something on the floor, a table, in front or on a shelf, some after a walk up to it. */
export function reach(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls } = score;
  const level = pick(random, LEVELS);
  const side = random.integer(2) as Side;
  const both = chance(random, 0.35);
  holdArms(score, ...hangingArms(random));
  carriage(score);
  shiftWeight(score, random.uniform(0.04, 0.12));
  const around = surround(score, { into: 0.6, onward: 0.5, time: 2.1 });
  const start = around.start + random.uniform(-0.1, 0.3);

  const out = random.uniform(0.55, 0.9) * (level === 'floor' ? 1.25 : 1);
  const hold = random.uniform(0.15, 0.7);
  const back = random.uniform(0.55, 0.9) * (level === 'floor' ? 1.2 : 1);
  const end = start + out + hold + back;
  const weight = (t: number) => pulse(t, start, end, out, back);
  const arm: ArmPose = {
    floor: { flexion: random.uniform(80, 95), abduction: 8, rotation: 10, elbow: 15 },
    table: { flexion: random.uniform(55, 70), abduction: 10, rotation: 15, elbow: 25 },
    shelf: { flexion: random.uniform(130, 158), abduction: 8, rotation: 5, elbow: 15 },
    front: { flexion: random.uniform(78, 100), abduction: 6, rotation: 12, elbow: 15 },
  }[level];
  for (const hand of both ? ([0, 1] as const) : ([side] as const)) controls.blendArm(hand, () => arm, weight);
  const lean = { floor: 62, table: 26, shelf: -3, front: 10 }[level] * random.uniform(0.85, 1.15);
  const crouch = level === 'floor' ? random.uniform(0.18, 0.34) : level === 'table' ? 0.02 : 0;
  controls.add('height', (t) => -crouch * weight(t));
  controls.add('pelvisPitch', (t) => 0.5 * lean * DEGREE * weight(t));
  controls.add('chestPitch', (t) => 0.5 * lean * DEGREE * weight(t));
  controls.add('headPitch', (t) => (level === 'shelf' ? -14 : 10) * DEGREE * weight(t));
  if (!both) {
    const sign = side === 0 ? -1 : 1;
    const twist = sign * random.uniform(10, 20) * DEGREE;
    controls.add('chestYaw', (t) => twist * weight(t));
    controls.add('chestRoll', (t) => (level === 'shelf' ? -sign : 0) * 6 * DEGREE * weight(t));
  }
  // What was taken is held in front for a while.
  const keeps = chance(random, 0.4);
  if (keeps)
    for (const hand of both ? ([0, 1] as const) : ([side] as const))
      controls.blendArm(
        hand,
        () => ({ flexion: 25, abduction: 12, rotation: 15, elbow: 82 }),
        (t) => minimumJerk((t - start - out - hold) / back),
      );
  around.leave(end - 0.15);
  score.enliven(random.uniform(0.8, 1.4));

  const slots = {
    hand: both ? 'both hands' : `the ${sideWord(side)} hand`,
    where: { floor: 'down to the floor', table: 'down to a table', shelf: 'up to a shelf', front: 'forward' }[
      level
    ],
    after: keeps ? 'and holds the object' : '',
  };
  const caption = sentence(
    random,
    [
      '{who} reaches {where} with {hand} {after}',
      '{who} stretches {hand} {where} {after}',
      '{who} picks something up, reaching {where} with {hand} {after}',
      '{who} moves {hand} {where} to take something {after}',
      '{who} grabs something, {hand} going {where} {after}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

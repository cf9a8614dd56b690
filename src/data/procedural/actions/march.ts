import type { Random } from '../../../random/random.js';
import type { Side } from '../body.js';
import { chance, pick, sentence } from '../captions.js';
import { DEGREE } from '../curves.js';
import { accompany, layBout } from '../locomotion.js';
import { carriage, HANDS_ON_HIPS, hangingArms, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

/** Marching with raised knees, in place or forward, in a bend or straight. */
export function march(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const inPlace = chance(random, 0.4);
  const speed = inPlace ? 0 : random.uniform(0.4, 1.1);
  const stepTime = random.uniform(0.46, 0.66);
  const lift = random.uniform(0.16, 0.4);
  const hips = chance(random, 0.15);
  const arms = hangingArms(random);
  holdArms(score, hips ? HANDS_ON_HIPS : arms[0], hips ? HANDS_ON_HIPS : arms[1]);
  carriage(score, random.uniform(-2, 2));
  const start = chance(random, 0.6) ? -2.5 : random.uniform(0.3, 0.7);
  const end = chance(random, 0.6) ? seconds + 2.5 : seconds - random.uniform(0.3, 0.7);
  if (speed > 0)
    score.path.move({ start, end, rise: 1.6 * stepTime, fall: 1.6 * stepTime, forward: speed, left: 0 });
  const rhythm = layBout(score, {
    start,
    end,
    first: random.integer(2) as Side,
    stepTime,
    duty: 0.62,
    halfWidth: random.uniform(0.06, 0.09),
    toeOut: score.build.toeOut * 0.6,
    swing: {
      clearance: lift,
      up: 1.5,
      down: 1.7,
      rise: 0.38,
      fall: 0.34,
      toeOff: 35 * DEGREE,
      follow: 2 * DEGREE,
      heelRise: 0.22,
      landing: speed > 0.6 ? -8 * DEGREE : 8 * DEGREE,
      landingTime: 0.1,
    },
  });
  const armSwing = hips ? 2 : random.uniform(14, 36);
  accompany(score, rhythm, {
    armSwing,
    twist: random.uniform(2, 5),
    list: random.uniform(1, 3),
    bob: 0.006,
    sink: 0.008,
  });
  let way = inPlace ? pick(random, ['in place', 'on the spot']) : pick(random, ['forward', '']);
  if (chance(random, 0.35)) {
    const side = pick(random, [-1, 1]);
    score.path.turn({ start: 0, end: seconds, angle: side * random.uniform(45, 120) * DEGREE, rise: 0.3 });
    way += ` turning ${side > 0 ? 'left' : 'right'}`;
  }
  score.enliven(random.uniform(0.8, 1.5));
  const slots = {
    way,
    high: lift > 0.28 ? 'with high knees' : '',
    pace: stepTime > 0.6 ? 'slowly' : stepTime < 0.5 ? 'quickly' : '',
    arms: hips ? 'with hands on hips' : armSwing > 27 ? 'swinging the arms' : '',
  };
  const caption = sentence(
    random,
    [
      '{who} marches {way} {high} {pace} {arms}',
      '{who} {pace} marches {high} {way} {arms}',
      '{who} lifts the knees and marches {way} {pace} {arms}',
      '{who} marches like a soldier {way} {high} {arms} {pace}',
      '{who} is marching {way} {pace} {high} {arms}',
    ],
    slots,
  );
  return { score, caption };
}

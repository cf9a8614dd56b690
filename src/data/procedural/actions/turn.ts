import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import type { Side } from '../body.js';
import { chance, pick, sentence } from '../captions.js';
import { DEGREE, pulse } from '../curves.js';
import { layBout, shortSwing } from '../locomotion.js';
import { carriage, holdArms, standingArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';
import { shiftWeight } from './idle.js';

const ANGLES = [45, 60, 90, 90, 120, 150, 180, 180, 270, 360];

/** Turns on the spot by 45 to 360 degrees in planted steps; one or two of them. The head goes first. */
export function turn(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { arms } = standingArms(random);
  holdArms(score, ...arms);
  carriage(score);
  shiftWeight(score, random.uniform(0.03, 0.1));
  const rate = random.uniform(65, 150);
  const turns: { angle: number; start: number; end: number }[] = [];
  const around = surround(score, { into: 0.75, onward: 0.65, time: 1.8 });
  let start = around.start + random.uniform(0.1, 0.4);
  const wanted = 3;
  const back = chance(random, 0.4);
  for (let i = 0; i < wanted; i++) {
    const room = (around.end - start - 0.2) * rate;
    const fitting = ANGLES.filter((angle) => angle <= Math.max(60, room));
    let angle = pick(random, [-1, 1]) * pick(random, fitting);
    if (i > 0 && back) angle = -turns[0].angle;
    if (i > 0 && Math.abs(angle) > room) break;
    const end = lay(score, angle * random.uniform(0.94, 1.06), start, rate);
    turns.push({ angle, start, end });
    start = end + random.uniform(0.1, 0.5);
  }
  around.leave(start - 0.05);
  score.enliven(random.uniform(0.8, 1.5));

  const word = ({ angle }: { angle: number }) => {
    const side = angle > 0 ? 'left' : 'right';
    const size = Math.abs(angle);
    if (size === 360) return `in a full circle to the ${side}`;
    if (size === 180) return pick(random, [`around to the ${side}`, `halfway around to the ${side}`]);
    if (size < 70) return `a little to the ${side}`;
    if (size === 90) return pick(random, [`to the ${side}`, `a quarter turn to the ${side}`]);
    return `far to the ${side}`;
  };
  const slots = {
    how: word(turns[0]),
    after: turns.length > 1 ? (back ? 'and then back' : `and then ${word(turns[1])}`) : '',
    pace: rate > 115 ? 'quickly' : rate < 75 ? 'slowly' : '',
  };
  const caption = sentence(
    random,
    [
      '{who} turns {how} {pace} {after}',
      '{who} {pace} turns on the spot {how} {after}',
      '{who} stands and turns {how} {after} {pace}',
      '{who} rotates {pace} {how} {after} with small steps',
      '{who} changes direction, turning {pace} {how} {after}',
      '{who} turns in place {how} {after} {pace}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

/** @returns the end of the turn. */
function lay(score: Score, degrees: number, start: number, rate: number): number {
  const { random, path, controls, build } = score;
  const size = Math.abs(degrees);
  const side: Side = degrees > 0 ? 0 : 1;
  // Two steps for each 40 to 65 degrees: the foot on the inner side opens, the other one closes.
  const pairs = Math.max(1, Math.round(size / random.uniform(40, 62)));
  const stepTime = Math.min(0.6, Math.max(0.34, size / rate / (2 * pairs)));
  const end = start + 2 * pairs * stepTime;
  const angle = degrees * DEGREE;
  path.turn({ start: start - 0.1, end: end - 0.3 * stepTime, angle, rise: Math.min(0.45, 1 / (2 * pairs)) });
  const rhythm = layBout(score, {
    start,
    end,
    first: side,
    stepTime,
    duty: 0.62,
    halfWidth: build.halfWidth + 0.015,
    toeOut: build.toeOut,
    swing: shortSwing(random.uniform(0.04, 0.09)),
    lead: { side, steps: 0.4 },
  });
  const ahead = Math.sign(degrees) * Math.min(45, size * 0.5) * DEGREE;
  controls.add('headYaw', (t) => 0.7 * ahead * pulse(t, start - 0.35, end, 0.4, 0.8 * stepTime + 0.3));
  controls.add('chestYaw', (t) => 0.35 * ahead * pulse(t, start - 0.25, end, 0.4, 0.8 * stepTime + 0.3));
  controls.add('chestRoll', (t) => 2 * DEGREE * rhythm.support(t));
  controls.add('pelvisRoll', (t) => -1.5 * DEGREE * rhythm.support(t));
  const out = random.uniform(3, 10) * DEGREE;
  for (const name of ['leftAbduction', 'rightAbduction'] as const)
    controls.add(name, (t) => out * rhythm.active(t));
  // The arms lag behind the turning trunk.
  const lag = Math.sign(degrees) * random.uniform(5, 14) * DEGREE;
  controls.add('leftFlexion', (t) => lag * pulse(t, start, end, 0.5) + 3 * DEGREE * rhythm.stride(t));
  controls.add('rightFlexion', (t) => -lag * pulse(t, start, end, 0.5) - 3 * DEGREE * rhythm.stride(t));
  return end;
}

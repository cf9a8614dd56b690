import type { Random } from '../../../random/random.js';
import type { Side } from '../body.js';
import { chance, pick, sentence, sideWord } from '../captions.js';
import { DEGREE } from '../curves.js';
import { layBout, shortSwing } from '../locomotion.js';
import { carriage, guard, HANDS_ON_HIPS, hangingArms, holdArms, lookAround } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

/** Steps to the side, closing the feet after each: one way or to and fro, at 0.25 to 0.85 m/s. */
export function sidestep(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls, build } = score;
  const speed = random.uniform(0.4, 1.15);
  // Steps of 15 to 32 cm.
  const stepTime = Math.min(0.6, Math.max(0.3, random.uniform(0.18, 0.3) / speed));
  const direction = random.integer(2) as Side;
  const returning = chance(random, 0.45);
  const crouch = chance(random, 0.3) ? random.uniform(0.05, 0.12) : 0;
  build.halfWidth = random.uniform(0.08, 0.12);
  score.stand[0].left = build.halfWidth;
  score.stand[1].left = -build.halfWidth;

  const style = pick(random, ['hang', 'hang', 'hang', 'hips', 'guard', 'out'] as const);
  if (style === 'hang') holdArms(score, ...hangingArms(random));
  else if (style === 'hips') holdArms(score, HANDS_ON_HIPS, HANDS_ON_HIPS);
  else if (style === 'guard') holdArms(score, guard(random), guard(random));
  else {
    const out = {
      flexion: 12,
      abduction: random.uniform(35, 75),
      rotation: 10,
      elbow: random.uniform(15, 40),
    };
    holdArms(score, out, out);
  }
  carriage(score, crouch > 0 ? random.uniform(8, 16) : undefined);
  controls.add('height', () => -crouch);

  const pair = 2 * stepTime;
  const spans: [number, number, Side][] = [];
  const start = chance(random, 0.4) ? -2 * pair : random.uniform(0.2, 0.6);
  if (returning) {
    const half = Math.max(1, Math.round((seconds * 0.5 - start) / pair)) * pair;
    const pause = random.uniform(0.1, 0.5);
    spans.push([start, start + half, direction]);
    spans.push([start + half + pause, start + half + pause + 4 * pair, (1 - direction) as Side]);
  } else {
    const end = chance(random, 0.5) ? seconds + 2 : seconds - random.uniform(0.3, 0.7);
    spans.push([start, start + Math.max(1, Math.round((end - start) / pair)) * pair, direction]);
  }
  const size = random.uniform(0.7, 1.3);
  for (const [from, to, side] of spans) {
    const left = side === 0 ? speed : -speed;
    score.path.move({ start: from, end: to, rise: stepTime, fall: stepTime, forward: 0, left });
    const rhythm = layBout(score, {
      start: from,
      end: to,
      first: side,
      stepTime,
      duty: 0.6,
      halfWidth: build.halfWidth,
      toeOut: build.toeOut * 0.6,
      swing: { ...shortSwing(random.uniform(0.05, 0.1)), rise: 0.38, fall: 0.4 },
      lead: { side, steps: 0.5 },
    });
    // The trunk leans a little against each step, and the arms go out with it.
    controls.add('chestRoll', (t) => 3 * size * DEGREE * rhythm.support(t));
    controls.add('pelvisRoll', (t) => -2 * size * DEGREE * rhythm.support(t));
    controls.add('height', (t) => 0.006 * size * rhythm.bounce(t));
    const spread = style === 'hang' ? 9 : 4;
    const lead = side === 0 ? 1 : -1;
    for (const name of ['leftAbduction', 'rightAbduction'] as const)
      controls.add(
        name,
        (t) => spread * size * DEGREE * (0.5 * rhythm.active(t) + 0.5 * lead * rhythm.support(t)),
      );
    for (const [name, sign] of [
      ['leftFlexion', 1],
      ['rightFlexion', -1],
    ] as const)
      controls.add(name, (t) => sign * 4 * size * DEGREE * rhythm.support(t));
    controls.add('headYaw', (t) => 12 * lead * DEGREE * rhythm.active(t) * (size - 0.7));
  }
  if (chance(random, 0.25)) lookAround(score);
  score.enliven(random.uniform(0.8, 1.4));

  const to = sideWord(direction);
  const slots = {
    to,
    back: returning
      ? pick(random, ['and back again', `and then back to the ${sideWord((1 - direction) as Side)}`])
      : '',
    pace: speed > 0.85 ? 'quickly' : speed < 0.55 ? 'slowly' : '',
    arms: { hang: '', hips: 'with hands on hips', guard: 'with the fists up', out: 'with arms held out' }[
      style
    ],
    low: crouch > 0 ? 'in a crouch' : '',
  };
  const caption = sentence(
    random,
    [
      '{who} sidesteps {pace} to the {to} {back} {arms} {low}',
      '{who} steps {pace} sideways to the {to} {back} {low} {arms}',
      '{who} {pace} moves sideways to the {to} {low} {back} {arms}',
      '{who} shuffles {pace} to the {to} {back} {low} {arms}',
      '{who} takes side steps to the {to} {back} {pace} {arms} {low}',
    ],
    slots,
  );
  return { score, caption };
}

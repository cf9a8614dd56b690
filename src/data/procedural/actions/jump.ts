import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import { chance, countWord, pick, sentence } from '../captions.js';
import { DEGREE, minimumJerk, pulse } from '../curves.js';
import { type Leap, layLeap, planLeap } from '../leap.js';
import { carriage, hangingArms, holdArms } from '../posture.js';
import { GRAVITY, Score } from '../score.js';
import type { Clip } from './clip.js';

/** Jumps of 6 to 38 cm: in place, forward, turning; single ones or hops that follow each other at once. */
export function jump(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { build } = score;
  const hopping = chance(random, 0.3);
  const height = hopping ? random.uniform(0.05, 0.14) : random.uniform(0.1, 0.38);
  const far = chance(random, 0.45) ? random.uniform(0.25, 1.1) * (hopping ? 0.5 : 1) : 0;
  const turn = far === 0 && chance(random, 0.25) ? pick(random, [-1, 1]) * random.uniform(50, 110) : 0;
  const armed = chance(random, 0.75);
  const tuck = chance(random, 0.25) ? random.uniform(0.08, 0.2) : random.uniform(0, 0.04);

  holdArms(score, ...hangingArms(random));
  carriage(score);
  const around = surround(score, { into: 0.75, onward: 0.65, time: 2.3 });
  const leaps = plan(random, {
    height,
    hopping,
    start: around.start + random.uniform(0.25, 0.5),
    end: around.end,
  });
  for (const leap of leaps) {
    const landing = {
      far,
      turn: turn * DEGREE,
      tuck,
      halfWidth: build.halfWidth,
      toeOut: build.toeOut,
      fold: 1,
    };
    layLeap(score, leap, landing);
    swingArms(score, leap, armed ? (hopping ? 0.5 : 1) : 0.25);
  }
  // While jumping the path itself says where the mass is: it flies straight on.
  const first = leaps[0].crouch;
  const last = leaps[leaps.length - 1].up;
  score.followPath = (t) => pulse(t, first - 0.3, last + 0.1, 0.3);
  around.leave(last);
  score.enliven(random.uniform(0.8, 1.5));

  const sideways = turn === 0 ? '' : `and turns ${turn > 0 ? 'left' : 'right'} in the air`;
  const slots = {
    verb: hopping ? pick(random, ['hops', 'bounces']) : pick(random, ['jumps', 'jumps', 'leaps']),
    high: height < 0.16 ? pick(random, ['a little', 'low']) : height > 0.3 ? 'high' : '',
    way:
      far > 0.75
        ? 'far forward'
        : far > 0
          ? 'forward'
          : sideways || pick(random, ['up', 'in place', 'on the spot']),
    times: leaps.length > 1 ? countWord(leaps.length) : pick(random, ['', 'once']),
    arms: armed
      ? pick(random, ['', 'swinging the arms', 'with a swing of the arms'])
      : 'without using the arms',
  };
  const caption = sentence(
    random,
    [
      '{who} {verb} {high} {way} {times} {arms}',
      '{who} bends the knees and {verb} {high} {way} {times} {arms}',
      '{who} {verb} {way} {high} {times} {arms} with both feet',
      '{who} crouches and {verb} {way} {high} {times} {arms}',
      '{who} gets ready and then {verb} {high} {way} {times} {arms}',
      '{who} {verb} {high} {way} with both feet {times} {arms}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

function plan(
  random: Random,
  { height, hopping, start, end }: { height: number; hopping: boolean; start: number; end: number },
): Leap[] {
  const leaps: Leap[] = [];
  const upright = random.uniform(0.4, 0.65);
  let depth = Math.min(0.36, 0.12 + 0.55 * height + random.uniform(-0.03, 0.06));
  for (let t = start; ; ) {
    const chained = hopping && leaps.length > 0;
    const size = height * random.uniform(0.85, 1.15);
    const give = Math.min(0.3, 0.07 + size * random.uniform(0.45, 0.75));
    const leap = planLeap(t, {
      height: size,
      depth,
      give,
      crouch: chained ? 0 : random.uniform(0.32, 0.5),
      up: hopping ? 0 : upright,
    });
    if (leaps.length > 0 && leap.up + (hopping ? upright : 0) > end + 0.15) break;
    leaps.push(leap);
    depth = hopping ? give : depth * random.uniform(0.9, 1.1);
    t = leap.up + (hopping ? 0 : random.uniform(0, 0.2));
  }
  leaps[leaps.length - 1].up = leaps[leaps.length - 1].bottom + upright;
  return leaps;
}

/** Arms swing back in the crouch, up with the push, and down again. `size` 1 is a full swing. */
function swingArms(score: Score, leap: Leap, size: number): void {
  const { crouch, push, leave, land, bottom, depth, speed } = leap;
  const back = push === crouch ? 0 : -45 * size * Math.min(1, depth / 0.25);
  const front = size * (60 + 160 * Math.min(0.35, speed ** 2 / (2 * GRAVITY)));
  const top = leave + 0.3 * (land - leave);
  const rest = Math.max(leap.up - 0.1, bottom);
  for (const name of ['leftFlexion', 'rightFlexion'] as const)
    score.controls.add(name, (t) => {
      const swung = back * minimumJerk((t - crouch) / (push - crouch || 1));
      const raised = (front - back) * minimumJerk((t - push) / (top - push));
      const lowered = -front * minimumJerk((t - top) / (rest - top));
      return DEGREE * (swung + raised + lowered);
    });
  for (const name of ['leftElbow', 'rightElbow'] as const)
    score.controls.add(
      name,
      (t) =>
        size *
        35 *
        DEGREE *
        minimumJerk((t - push) / (top - push)) *
        (1 - minimumJerk((t - land) / (rest - land))),
    );
}

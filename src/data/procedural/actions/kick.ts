import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import type { Side } from '../body.js';
import { chance, countWord, pick, sentence, sideWord } from '../captions.js';
import { DEGREE, pulse } from '../curves.js';
import type { Swing } from '../feet.js';
import { shortSwing } from '../locomotion.js';
import { carriage, guard, hangingArms, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

const KINDS = ['front', 'front', 'side', 'ball', 'knee'] as const;
type Kind = (typeof KINDS)[number];

/** Times and size of one kick. */
interface Kick {
  kind: Kind;
  side: Side;
  height: number;
  /** Time from the lift of the foot to the farthest point, and from there to the floor. */
  out: number;
  back: number;
  stepForward: number;
}

/** Where the ankle goes, in the frame of the path, and the pitch of the foot. */
function way(kick: Kick, half: number): NonNullable<Swing['via']> {
  const { kind, side, height, out, back } = kick;
  const sign = side === 0 ? 1 : -1;
  const left = sign * half;
  const chamber = (t: number, up: number, forward: number) => ({ t, forward, left, up, pitch: 35 * DEGREE });
  // Hips at 0.86 m, a leg of 0.78 m that is not quite straight.
  const reach = (leg: number) => Math.sqrt(Math.max(0.02, leg ** 2 - (0.86 - height) ** 2));
  switch (kind) {
    case 'front':
      return [
        chamber(0.55 * out, Math.min(0.5, 0.3 + 0.3 * height), 0.08),
        { t: out, forward: reach(0.77), left: left * 0.8, up: height, pitch: 20 * DEGREE },
        chamber(out + 0.4 * back, 0.4, 0.16),
      ];
    case 'side':
      return [
        { t: 0.55 * out, forward: 0.1, left: left + sign * 0.12, up: 0.42, pitch: 20 * DEGREE },
        { t: out, forward: 0.12, left: left + sign * 0.9 * reach(0.76), up: height, pitch: 5 * DEGREE },
        { t: out + 0.45 * back, forward: 0.1, left: left + sign * 0.15, up: 0.36, pitch: 20 * DEGREE },
      ];
    case 'ball':
      return [
        { t: 0.5 * out, forward: -0.38, left, up: 0.34, pitch: 60 * DEGREE },
        { t: out, forward: 0.34, left: left * 0.6, up: 0.16, pitch: 25 * DEGREE },
        { t: out + 0.3 * back, forward: reach(0.76) * 0.9, left: left * 0.4, up: height, pitch: 20 * DEGREE },
      ];
    case 'knee':
      return [
        { t: out, forward: 0.16, left: left * 0.7, up: height, pitch: 40 * DEGREE },
        { t: out + 0.35 * back, forward: 0.14, left: left * 0.8, up: height * 0.8, pitch: 35 * DEGREE },
      ];
  }
}

/** Kicks to the front, to the side, of a ball, and knee strikes; one to three with one or both legs. */
export function kick(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { build } = score;
  const kind = pick(random, KINDS);
  const level = random.uniform(0, 1);
  const height =
    kind === 'front'
      ? 0.3 + 0.8 * level
      : kind === 'side'
        ? 0.3 + 0.5 * level
        : kind === 'ball'
          ? 0.3 + 0.3 * level
          : 0.42 + 0.18 * level;
  const fighting = kind !== 'ball';
  const half = random.uniform(0.08, 0.12);
  build.knee += random.uniform(2, 9) * DEGREE;
  build.halfWidth = half;
  score.stand[0].left = half;
  score.stand[1].left = -half;
  const guarded = fighting && chance(random, 0.7);
  const around = surround(score, { into: 0.75, onward: 0.65, time: 2.1, arms: guarded ? 0.35 : 1 });
  if (guarded) holdArms(score, guard(random), guard(random));
  else holdArms(score, ...hangingArms(random, random.uniform(25, 45)));
  carriage(score, random.uniform(0, 5));

  let side = random.integer(2) as Side;
  const first = side;
  const alternate = chance(random, 0.45);
  let count = 0;
  let used = 0;
  let forward = false;
  let over = 0;
  for (let t = around.start + random.uniform(0.35, 0.6); ; ) {
    const one: Kick = {
      kind,
      side,
      height: height * random.uniform(0.93, 1.05),
      out: random.uniform(0.36, 0.55),
      back: random.uniform(0.42, 0.62),
      stepForward: chance(random, 0.55) ? random.uniform(0.25, 0.6) : 0,
    };
    if (t + duration(one) > around.end) {
      if (count > 0) break;
      one.stepForward = 0;
    }
    over = lay(score, one, t, half, guarded);
    forward ||= one.stepForward > 0;
    used |= 1 << side;
    count++;
    if (alternate) side = (1 - side) as Side;
    t = over + random.uniform(0.05, 0.3);
  }
  around.leave(over);
  score.enliven(random.uniform(0.8, 1.4));

  const high = height > 0.75 ? 'high' : height < 0.4 && kind !== 'knee' ? 'low' : '';
  const slots = {
    leg: used === 3 ? 'both legs in turn' : `the ${sideWord(first)} ${kind === 'knee' ? 'knee' : 'leg'}`,
    what: { front: 'to the front', side: 'to the side', ball: 'a ball', knee: '' }[kind],
    verb: kind === 'knee' ? 'strikes' : 'kicks',
    high,
    times: count === 1 ? pick(random, ['', 'once']) : countWord(count),
    arms: guarded ? pick(random, ['', 'with the fists up']) : '',
    step: forward ? 'and steps forward' : '',
  };
  const caption = sentence(
    random,
    [
      '{who} {verb} {what} {high} with {leg} {times} {arms} {step}',
      '{who} stands and {verb} {what} {high} {times} with {leg} {arms} {step}',
      '{who} {verb} {high} {what} using {leg} {times} {arms} {step}',
      '{who} lifts {leg} and {verb} {what} {high} {times} {arms} {step}',
      '{who} {verb} {what} with {leg} {high} {times} {step} {arms}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

/** Time until both feet stand again, s. */
const duration = ({ out, back, stepForward }: Kick): number => out + back + (stepForward > 0 ? 0.9 : 0.3);

/** @returns when both feet stand again. */
function lay(score: Score, one: Kick, start: number, half: number, guarded: boolean): number {
  const { controls, build } = score;
  const { side, out, back, stepForward, kind } = one;
  const sign = side === 0 ? 1 : -1;
  const land = start + out + back;
  const at = land + (stepForward > 0 ? 1.2 : 0.2);
  if (stepForward > 0) {
    score.path.move({
      start: start + out,
      end: land + 0.7,
      rise: 0.5,
      fall: 0.5,
      forward: stepForward / (back + 0.2),
      left: 0,
    });
    score.step({
      side: (1 - side) as Side,
      liftOff: land + 0.3,
      touchDown: land + 0.75,
      at,
      forward: 0,
      left: -sign * half,
      out: build.toeOut,
      swing: shortSwing(0.06),
    });
  }
  score.step({
    side,
    liftOff: start,
    touchDown: land,
    at,
    forward: 0,
    left: sign * half,
    out: build.toeOut,
    swing: {
      ...shortSwing(0.1),
      toeOff: 30 * DEGREE,
      heelRise: 0.25,
      via: way(one, half),
    },
  });
  const during = (rise: number) => (t: number) => pulse(t, start - 0.25, land + 0.25, rise);
  const weight = during(0.5 * (out + back));
  const lean = kind === 'side' ? 4 : kind === 'knee' ? -2 : 9;
  controls.add('pelvisPitch', (t) => -lean * DEGREE * weight(t));
  controls.add('chestPitch', (t) => (kind === 'ball' ? 12 : 4) * DEGREE * weight(t));
  controls.add('height', (t) => -0.025 * weight(t));
  if (kind === 'side') {
    controls.add('pelvisRoll', (t) => sign * 14 * DEGREE * weight(t));
    controls.add('chestRoll', (t) => sign * 4 * DEGREE * weight(t));
  } else {
    controls.add('pelvisYaw', (t) => -sign * 12 * DEGREE * pulse(t, start, land, out, back));
    controls.add('chestYaw', (t) => sign * 20 * DEGREE * pulse(t, start, land, out, back));
  }
  // The opposite arm comes forward, the one on the kicking side goes back and out.
  const names = side === 0 ? (['left', 'right'] as const) : (['right', 'left'] as const);
  const size = guarded ? 0.3 : 1;
  controls.add(`${names[0]}Flexion`, (t) => -28 * size * DEGREE * weight(t));
  controls.add(`${names[0]}Abduction`, (t) => 16 * size * DEGREE * weight(t));
  controls.add(`${names[1]}Flexion`, (t) => 35 * size * DEGREE * weight(t));
  controls.add(`${names[1]}Abduction`, (t) => 18 * size * DEGREE * weight(t));
  return start + duration(one);
}

import type { Random } from '../../../random/random.js';
import { chance, countWord, pick, sentence } from '../captions.js';
import { type Curve, DEGREE, minimumJerk, quintic } from '../curves.js';
import { carriage, hangingArms, holdArms } from '../posture.js';
import { GRAVITY, Score } from '../score.js';
import type { Clip } from './clip.js';

/** Height of the pelvis over standing when the toes leave the floor, metres: the legs are long and the heels up. */
const TAKE_OFF = 0.05;
const TOUCH_DOWN = 0.035;

/** Times of one jump, s, and what carries it. */
interface Jump {
  crouch: number;
  push: number;
  leave: number;
  land: number;
  bottom: number;
  up: number;
  /** Speed of leaving the floor, m/s. */
  speed: number;
  depth: number;
  give: number;
}

/** Jumps of 8 to 38 cm: in place, forward, turning, one or several. */
export function jump(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const height = random.uniform(0.08, 0.38);
  const far = chance(random, 0.45) ? random.uniform(0.25, 1.1) : 0;
  const turn = far === 0 && chance(random, 0.25) ? pick(random, [-1, 1]) * random.uniform(50, 110) : 0;
  const armed = chance(random, 0.75);
  const tuck = chance(random, 0.25) ? random.uniform(0.08, 0.2) : random.uniform(0, 0.04);

  holdArms(score, ...hangingArms(random));
  carriage(score);
  score.followPath = () => 1;
  const jumps: Jump[] = [];
  for (let t = random.uniform(0.15, 0.8); ; t = jumps[jumps.length - 1].up + random.uniform(0, 0.4)) {
    const next = time(random, t, height * random.uniform(0.85, 1.15));
    if (jumps.length > 0 && (next.up > seconds + 0.3 || jumps.length === 3)) break;
    jumps.push(next);
  }
  for (const one of jumps) lay(score, one, { far, turn: turn * DEGREE, tuck, armed });
  score.enliven(random.uniform(0.6, 1.2));

  const slots = {
    high: height < 0.16 ? pick(random, ['a little', 'low']) : height > 0.3 ? 'high' : '',
    way:
      far > 0.75
        ? 'far forward'
        : far > 0
          ? 'forward'
          : turn !== 0
            ? `and turns ${turn > 0 ? 'left' : 'right'} in the air`
            : pick(random, ['up', 'in place', 'on the spot']),
    times: jumps.length > 1 ? countWord(jumps.length) : pick(random, ['', 'once']),
    arms: armed
      ? pick(random, ['', 'swinging the arms', 'with a swing of the arms'])
      : 'without using the arms',
  };
  const caption = sentence(
    random,
    [
      '{who} jumps {high} {way} {times} {arms}',
      '{who} bends the knees and jumps {high} {way} {times} {arms}',
      '{who} leaps {high} {way} {times} {arms}',
      '{who} crouches and jumps {way} {high} {times} {arms}',
      '{who} stands and then jumps {high} {way} {times} {arms}',
      '{who} hops {high} {way} with both feet {times} {arms}',
    ],
    slots,
  );
  return { score, caption };
}

function time(random: Random, start: number, height: number): Jump {
  const speed = Math.sqrt(2 * GRAVITY * height);
  const depth = Math.min(0.36, 0.12 + 0.55 * height + random.uniform(-0.03, 0.06));
  const give = Math.min(0.3, 0.07 + height * random.uniform(0.45, 0.75));
  const crouch = random.uniform(0.35, 0.55);
  // From rest to a speed over a way takes about twice the way over the speed.
  const push = (2.1 * (depth + TAKE_OFF)) / speed;
  const flight = fallTime(speed);
  const leave = start + crouch + push;
  const land = leave + flight;
  const bottom =
    land + (2.1 * (give + TOUCH_DOWN)) / Math.sqrt(speed ** 2 + 2 * GRAVITY * (TAKE_OFF - TOUCH_DOWN));
  const up = bottom + random.uniform(0.45, 0.8);
  return { crouch: start, push: start + crouch, leave, land, bottom, up, speed, depth, give };
}

/** Time from leaving the floor upward at a speed until the height of touch-down. */
function fallTime(speed: number): number {
  return (speed + Math.sqrt(speed ** 2 + 2 * GRAVITY * (TAKE_OFF - TOUCH_DOWN))) / GRAVITY;
}

function lay(
  score: Score,
  jump: Jump,
  { far, turn, tuck, armed }: { far: number; turn: number; tuck: number; armed: boolean },
): void {
  const { controls, path, build } = score;
  const { crouch, push, leave, land, bottom, up, speed, depth, give } = jump;
  const sink = GRAVITY * (land - leave) - speed;
  const height: Curve = (t) => {
    if (t < push) return -depth * minimumJerk((t - crouch) / (push - crouch));
    if (t < leave) return quintic(t - push, leave - push, [-depth, 0, 0], [TAKE_OFF, speed, 0]);
    if (t < land) return TAKE_OFF + speed * (t - leave) - (GRAVITY / 2) * (t - leave) ** 2;
    if (t < bottom) return quintic(t - land, bottom - land, [TOUCH_DOWN, -sink, 0], [-give, 0, 0]);
    return -give * (1 - minimumJerk((t - bottom) / (up - bottom)));
  };
  controls.add('height', height);
  score.flight(leave, land);

  if (far > 0) {
    const rise = leave - push;
    const fall = Math.min(0.45, up - land);
    const forward = far / (land - leave + (rise + fall) / 2);
    path.move({ start: push, end: land + fall, rise, fall, forward, left: 0 });
  }
  if (turn !== 0) path.turn({ start: leave - 0.12, end: land + 0.12, angle: turn, rise: 0.35 });
  for (const side of [0, 1] as const)
    score.step({
      side,
      liftOff: leave,
      touchDown: land,
      at: up,
      forward: 0,
      left: side === 0 ? build.halfWidth : -build.halfWidth,
      out: build.toeOut,
      swing: {
        clearance: speed ** 2 / (2 * GRAVITY) + tuck,
        up: 1,
        down: 1,
        rise: 0.12,
        fall: 0.12,
        toeOff: 42 * DEGREE,
        follow: 8 * DEGREE,
        heelRise: 0.7 * (leave - push),
        landing: 16 * DEGREE,
        landingTime: 0.09,
      },
    });

  // The trunk folds over the thighs when they bend.
  const fold: Curve = (t) => {
    if (t < push) return depth * minimumJerk((t - crouch) / (push - crouch));
    if (t < leave) return depth * (1 - minimumJerk((t - push) / (leave - push)));
    if (t < land) return 0.25 * give * minimumJerk((t - leave) / (land - leave));
    if (t < bottom) return give * (0.25 + 0.75 * minimumJerk((t - land) / (bottom - land)));
    return give * (1 - minimumJerk((t - bottom) / (up - bottom)));
  };
  controls.add('pelvisPitch', (t) => 75 * DEGREE * fold(t));
  controls.add('chestPitch', (t) => 65 * DEGREE * fold(t));
  const size = armed ? 1 : 0.25;
  const back = -45 * size * Math.min(1, depth / 0.25);
  const front = size * (60 + 160 * Math.min(0.35, speed ** 2 / (2 * GRAVITY)));
  const top = leave + 0.3 * (land - leave);
  for (const name of ['leftFlexion', 'rightFlexion'] as const)
    controls.add(name, (t) => {
      const swung = back * minimumJerk((t - crouch) / (push - crouch));
      const raised = (front - back) * minimumJerk((t - push) / (top - push));
      const lowered = -front * minimumJerk((t - top) / (up - 0.1 - top));
      return DEGREE * (swung + raised + lowered);
    });
  for (const name of ['leftElbow', 'rightElbow'] as const)
    controls.add(
      name,
      (t) =>
        size *
        35 *
        DEGREE *
        minimumJerk((t - push) / (top - push)) *
        (1 - minimumJerk((t - land) / (up - land))),
    );
}

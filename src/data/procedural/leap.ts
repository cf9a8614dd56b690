import type { Side } from './body.js';
import { type Curve, DEGREE, minimumJerk, quintic } from './curves.js';
import { GRAVITY, type Score } from './score.js';

/** Height of the pelvis over standing when the toes leave and reach the floor, metres: legs long, heels up. */
const TAKE_OFF = 0.05;
const TOUCH_DOWN = 0.035;

/** One jump with both feet. */
export interface Leap {
  /** Start of the crouch, and of the push after it, seconds. Equal when the leap follows the landing of another one. */
  crouch: number;
  push: number;
  leave: number;
  land: number;
  /** Lowest point after the landing, and upright again. Equal when another leap follows at once. */
  bottom: number;
  up: number;
  /** Upward speed at take-off, m/s. */
  speed: number;
  /** Lowering of the pelvis before the push and after the landing, metres. */
  depth: number;
  give: number;
}

/**
 * Times of a jump that lifts the centre of mass by `height` metres. Take-off speed is sqrt(2 g h); going from rest to a speed
 * along a minimum-jerk-like way takes about 2.1 times the way over the speed. `crouch` and `up` are seconds, 0 in a chain.
 */
export function planLeap(
  start: number,
  {
    height,
    depth,
    give,
    crouch,
    up,
  }: { height: number; depth: number; give: number; crouch: number; up: number },
): Leap {
  const speed = Math.sqrt(2 * GRAVITY * height);
  const falling = Math.sqrt(speed ** 2 + 2 * GRAVITY * (TAKE_OFF - TOUCH_DOWN));
  const push = start + crouch;
  const leave = push + (2.1 * (depth + TAKE_OFF)) / speed;
  const land = leave + (speed + falling) / GRAVITY;
  const bottom = land + (2.1 * (give + TOUCH_DOWN)) / falling;
  return { crouch: start, push, leave, land, bottom, up: bottom + up, speed, depth, give };
}

/** Where the feet go in a leap, and how. */
export interface Landing {
  /** Distance forward, metres, and turn, radians. */
  far: number;
  turn: number;
  /** Drawing up of the feet in the air, metres. */
  tuck: number;
  halfWidth: number;
  toeOut: number;
  /** Lean of trunk and thighs against each other for a metre of crouching, 1 as usual. */
  fold: number;
}

/** Lays a leap: the height of the pelvis, the flight, the feet, the folding of the trunk. */
export function layLeap(score: Score, leap: Leap, landing: Landing): void {
  const { controls, path } = score;
  const { crouch, push, leave, land, bottom, up, speed, depth, give } = leap;
  const sink = GRAVITY * (land - leave) - speed;
  const chainedIn = push === crouch;
  const chainedOut = up === bottom;
  const within = (t: number) => !(chainedIn && t < push) && !(chainedOut && t >= bottom);
  const height: Curve = (t) => {
    if (!within(t)) return 0;
    if (t < push) return -depth * minimumJerk((t - crouch) / (push - crouch));
    if (t < leave) return quintic(t - push, leave - push, [-depth, 0, 0], [TAKE_OFF, speed, 0]);
    if (t < land) return TAKE_OFF + speed * (t - leave) - (GRAVITY / 2) * (t - leave) ** 2;
    if (t < bottom) return quintic(t - land, bottom - land, [TOUCH_DOWN, -sink, 0], [-give, 0, 0]);
    return -give * (1 - minimumJerk((t - bottom) / (up - bottom)));
  };
  controls.add('height', height);
  score.flight(leave, land);

  if (landing.far !== 0) {
    const rise = leave - push;
    const fall = Math.max(0.2, Math.min(0.45, up - land));
    const forward = landing.far / (land - leave + (rise + fall) / 2);
    path.move({ start: push, end: land + fall, rise, fall, forward, left: 0 });
  }
  if (landing.turn !== 0)
    path.turn({ start: leave - 0.12, end: land + 0.12, angle: landing.turn, rise: 0.35 });
  for (const side of [0, 1] as const)
    score.step({
      side: side as Side,
      liftOff: leave,
      touchDown: land,
      at: Math.max(up, land + 0.2),
      forward: 0,
      left: side === 0 ? landing.halfWidth : -landing.halfWidth,
      out: landing.toeOut,
      swing: {
        clearance: speed ** 2 / (2 * GRAVITY) + landing.tuck,
        up: 1,
        down: 1,
        rise: 0.12,
        fall: 0.12,
        toeOff: 42 * DEGREE,
        follow: 8 * DEGREE,
        heelRise: 0.7 * (leave - push),
        landing: 16 * DEGREE,
        landingTime: Math.min(0.09, 0.6 * (bottom - land)),
      },
    });

  // The trunk folds over the thighs when they bend.
  const fold: Curve = (t) => {
    if (!within(t)) return 0;
    if (t < push) return depth * minimumJerk((t - crouch) / (push - crouch));
    if (t < leave) return depth * (1 - minimumJerk((t - push) / (leave - push)));
    if (t < land) return 0.25 * give * minimumJerk((t - leave) / (land - leave));
    if (t < bottom) return give * (0.25 + 0.75 * minimumJerk((t - land) / (bottom - land)));
    return give * (1 - minimumJerk((t - bottom) / (up - bottom)));
  };
  controls.add('pelvisPitch', (t) => 75 * DEGREE * landing.fold * fold(t));
  controls.add('chestPitch', (t) => 65 * DEGREE * landing.fold * fold(t));
}

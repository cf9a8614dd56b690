import type { Random } from '../../random/random.js';
import type { Side } from './body.js';
import { type Curve, DEGREE, minimumJerk } from './curves.js';
import type { Swing } from './feet.js';
import type { Score } from './score.js';

/** Leg length that the laws of gait are scaled by, metres. */
export const LEG = 0.82;

/**
 * Share of a cycle before toe-off at which the ball of the foot leaves the floor: the toes, which the skeleton lacks, bear
 * on. In recordings the ball rests for 0.50 to 0.60 of the cycle where the whole foot does for 0.58 to 0.68.
 */
const ROLL_OFF = 0.065;

/**
 * Time of a walking cycle of two steps, s, and the share of it that a foot is on the floor. Boulic, Thalmann & Thalmann, "A
 * global human walking model with real-time kinematic personification", The Visual Computer 6 (1990), with the relative
 * speed RV = v / leg length: cycle = 1.346 / sqrt(RV), support = 0.752 cycle - 0.143 s. Meant for RV of 0.5 to 2.3.
 */
export function walkingCycle(speed: number): { cycle: number; duty: number } {
  const relative = Math.min(2.3, Math.max(0.4, speed / LEG));
  const cycle = 1.346 / Math.sqrt(relative);
  return { cycle, duty: (0.752 * cycle - 0.143) / cycle - ROLL_OFF };
}

/** Place of a foot against the path and the heading: metres and, outward, radians. */
export interface Placing {
  forward: number;
  left: number;
  out: number;
}

/** A series of steps of alternating feet. */
export interface Bout {
  start: number;
  end: number;
  /** Foot of the first step. */
  first: Side;
  /** Time from a step to the next, s; rounded so that whole steps fill the bout. */
  stepTime: number;
  /** Share of the time of two steps that a foot is on the floor. */
  duty: number;
  halfWidth: number;
  toeOut: number;
  swing: Swing;
  /** Share of a step by which this foot aims farther along the path than the other (a lead, as in sidestepping). */
  lead?: { side: Side; steps: number };
  /** Distance of the track of the feet to the left of the path, metres. Default 0. */
  shift?: number;
  /** Share of the stance after which the body is over the foot. Default 0.5. */
  under?: number;
  /** How the feet stand after the last steps, when not as in the others. */
  place?: (side: Side) => Placing;
}

/** The rhythm of a bout, for what trunk and arms do along with it. */
export interface Rhythm {
  /** 1 when the left leg is farthest forward, -1 when the right one is. */
  stride: Curve;
  /** 1 in the middle of the swing of the left leg, -1 in that of the right leg. */
  support: Curve;
  /** 1 in the middle of each single support, -1 between. */
  bounce: Curve;
  /** 0 while standing, 1 while stepping. */
  active: Curve;
}

/** Lays the steps of a bout along the path of a score. */
export function layBout(score: Score, bout: Bout): Rhythm {
  const { start, end, first, duty, halfWidth, toeOut, swing, lead } = bout;
  const count = Math.max(1, Math.round((end - start) / bout.stepTime));
  const time = (end - start) / count;
  const swingTime = 2 * time * (1 - duty);
  const stance = 2 * time * duty;
  for (let i = 0; i < count; i++) {
    const side = ((first + i) % 2) as Side;
    const liftOff = start + i * time;
    const touchDown = liftOff + swingTime;
    // The foot goes to where the body will be in the middle of its stance.
    const rolling = {
      forward: 0,
      left: (side === 0 ? halfWidth : -halfWidth) + (bout.shift ?? 0),
      out: toeOut,
    };
    let at = touchDown + (bout.under ?? 0.5) * stance;
    if (lead) at += (side === lead.side ? 1 : -1) * lead.steps * time;
    score.step({
      side,
      liftOff,
      touchDown,
      at,
      ...(i >= count - 2 && bout.place ? bout.place(side) : rolling),
      swing: { ...swing, landingTime: Math.min(swing.landingTime, 0.25 * stance) },
    });
  }
  const sign = first === 0 ? 1 : -1;
  const middle = swingTime / time / 2;
  const phase = (t: number) => (t - start) / time;
  const active: Curve = (t) =>
    minimumJerk((t - start + 0.1 * time) / (1.2 * time)) * minimumJerk((end + 0.3 * time - t) / (1.2 * time));
  const wave = (at: number, rate: number): Curve => {
    return (t) => Math.cos(Math.PI * rate * (phase(t) - at)) * active(t);
  };
  const stride = wave(2 * middle + 0.05, 1);
  const support = wave(middle, 1);
  return {
    stride: (t) => sign * stride(t),
    support: (t) => sign * support(t),
    bounce: wave(middle, 2),
    active,
  };
}

/** A walking swing: the heel rises, the toes leave last, the heel lands first. `speed` in m/s. */
export function walkingSwing(speed: number): Swing {
  const vigour = Math.min(1.2, Math.max(0.35, speed / 1.4));
  return {
    clearance: 0.055 + 0.045 * vigour,
    up: 1.4,
    down: 1.7,
    rise: 0.28,
    fall: 0.13,
    toeOff: 62 * DEGREE * Math.sqrt(vigour),
    follow: 6 * DEGREE,
    heelRise: 0.27 / Math.sqrt(Math.max(0.6, vigour)),
    landing: -17 * DEGREE * vigour,
    landingTime: 0.1,
  };
}

/** A small careful swing that takes off and lands with a nearly flat foot, for steps in place and to the side. */
export function shortSwing(clearance: number): Swing {
  return {
    clearance,
    up: 1.1,
    down: 1.1,
    rise: 0.42,
    fall: 0.42,
    toeOff: 22 * DEGREE,
    follow: 4 * DEGREE,
    heelRise: 0.18,
    landing: 8 * DEGREE,
    landingTime: 0.1,
  };
}

/** How pronounced a walker's trunk and arms move along. */
export interface Manner {
  /** Shoulder swing to each side, degrees. */
  armSwing: number;
  /** Pelvis and chest yaw, pelvis list, degrees. */
  twist: number;
  list: number;
  /** Bob of the pelvis besides what the legs force, and its lowering against standing, metres. */
  bob: number;
  sink: number;
}

/** A walker's manner at a speed: everything swings more when it is faster. */
export function walkingManner(random: Random, speed: number): Manner {
  const relative = speed / LEG;
  return {
    armSwing: random.uniform(9, 20) * (0.4 + 0.45 * relative),
    // Boulic et al. 1990: torsion 4 RV, list 1.66 RV degrees.
    twist: 4 * relative * random.uniform(0.6, 1.1),
    list: 1.66 * relative * random.uniform(0.7, 1.3),
    bob: 0.0075 * relative,
    sink: 0.004 * relative,
  };
}

/** Swings arms against the legs, turns the pelvis with them and the chest against it. */
export function accompany(score: Score, rhythm: Rhythm, manner: Manner): void {
  const { controls } = score;
  const { stride, support, bounce, active } = rhythm;
  const swing = manner.armSwing * DEGREE;
  controls.add('pelvisYaw', (t) => -manner.twist * DEGREE * stride(t));
  controls.add('chestYaw', (t) => 1.9 * manner.twist * DEGREE * stride(t));
  controls.add('pelvisRoll', (t) => -manner.list * DEGREE * support(t));
  controls.add('chestRoll', (t) => 1.2 * manner.list * DEGREE * support(t));
  controls.add('chestPitch', (t) => 0.8 * DEGREE * bounce(t));
  controls.add('height', (t) => manner.bob * bounce(t) - manner.sink * active(t));
  for (const [name, sign] of [
    ['left', -1],
    ['right', 1],
  ] as const) {
    controls.add(`${name}Flexion`, (t) => sign * swing * stride(t));
    // The elbow opens as the arm goes back and closes as it comes forward.
    controls.add(`${name}Elbow`, (t) => swing * (0.45 + 0.75 * sign * stride(t)));
    controls.add(`${name}Rotation`, (t) => sign * 0.35 * swing * stride(t));
  }
}

import { ANKLE_OVER_BALL, footLength, type Side } from './body.js';
import { type Curve, cruise, DEGREE, minimumJerk, mix, passes, spline } from './curves.js';
import type { Path } from './path.js';

/** Where on the foot, from ankle (0) to ball (1), its place on the floor is counted from: under the standing body. */
export const MIDFOOT = 0.45;

/** Toe-down pitch at which the ball has rolled down to its lowest. */
const FULL_ROLL = 45 * DEGREE;

/** How a foot travels from one place to the next. Angles in radians, toes down positive. */
export interface Swing {
  /** Highest rise of the foot on the way, metres. */
  clearance: number;
  /** The rise goes with s^up (1-s)^down, s from 0 to 1: equal numbers are symmetric, 1 and 1 a parabola. */
  up: number;
  down: number;
  /** Share of the swing spent speeding up and slowing down. */
  rise: number;
  fall: number;
  /** Pitch at lift-off, how much it grows after it, and the time the heel rises before lift-off, s. */
  toeOff: number;
  follow: number;
  heelRise: number;
  /** Pitch at touch-down (negative: heel first) and the time from there to the flat foot, s. */
  landing: number;
  landingTime: number;
  /** Points the ankle passes instead, in the frame of the path at that time: seconds after lift-off, metres, radians. */
  via?: readonly { t: number; forward: number; left: number; up: number; pitch: number }[];
}

/** A place on the floor relative to the path at the time `at`. */
export interface Foothold {
  at: number;
  forward: number;
  left: number;
  /** Outward turn against the heading, radians. */
  out: number;
}

export interface Step extends Foothold {
  side: Side;
  liftOff: number;
  touchDown: number;
  swing: Swing;
}

/** Where a foot is at one time. */
export interface FootPose {
  ankle: [number, number, number];
  ball: [number, number, number];
  yaw: number;
  /** The foot bears on the floor: it may not move away and must stay in reach. */
  planted: boolean;
  /** The foot is planted, has just left or is about to land: it should not be out of reach. */
  near: boolean;
  /** The foot is on the floor: its ball rests in place or, just after a heel strike, its ankle does. */
  contact: boolean;
}

interface Stance {
  x: number;
  z: number;
  yaw: number;
  touchDown: number;
  flat: number;
  liftOff: number;
  heelFirst: boolean;
  toeOff: number;
}

/** All stances of one foot and the swings between them, in time. */
export class FootTrack {
  private readonly stances: Stance[];
  private readonly swings: { step: Step; pitch: Curve; via?: [Curve, Curve, Curve] }[];
  private readonly length: number;

  constructor(
    readonly side: Side,
    path: Path,
    first: Foothold,
    steps: readonly Step[],
    /** Height of the ball over its lowest when the foot is flat, metres. */
    private readonly ballHeight: number,
  ) {
    this.length = footLength(side);
    const outward = side === 0 ? 1 : -1;
    const place = (hold: Foothold) => {
      const { x, z, yaw } = path.at(hold.at);
      return {
        x: x + hold.forward * Math.sin(yaw) + hold.left * Math.cos(yaw),
        z: z + hold.forward * Math.cos(yaw) - hold.left * Math.sin(yaw),
        yaw: yaw + outward * hold.out,
      };
    };
    steps.forEach((step, i) => {
      if (!(step.liftOff < step.touchDown && (i === 0 || steps[i - 1].touchDown < step.liftOff)))
        throw new RangeError(
          `Expected steps one after the other for foot ${side} but received a lift-off at ${step.liftOff.toFixed(2)} s`,
        );
    });
    this.stances = [first, ...steps].map((hold, i) => {
      const step = i > 0 ? steps[i - 1] : undefined;
      const next = steps[i];
      return {
        ...place(hold),
        touchDown: step?.touchDown ?? -Infinity,
        flat: step ? step.touchDown + (step.swing.landing === 0 ? 0 : step.swing.landingTime) : -Infinity,
        liftOff: next?.liftOff ?? Infinity,
        heelFirst: (step?.swing.landing ?? 0) < 0,
        toeOff: next?.swing.toeOff ?? 0,
      };
    });
    this.swings = steps.map((step, i) => ({
      step,
      pitch: pitchCurve(step, this.stances[i].flat),
      via: this.viaCurves(path, step, i),
    }));
  }

  /** Index of the stance that holds at a time or, in a swing, held before it. */
  private stanceAt(t: number): number {
    let i = 0;
    while (i + 1 < this.stances.length && t >= this.stances[i + 1].touchDown) i++;
    return i;
  }

  /** Share of the weight this foot could take: 0 in the air, rising after touch-down and falling before lift-off. */
  readiness(t: number, ramp: number): number {
    const { touchDown, liftOff } = this.stances[this.stanceAt(t)];
    return Math.max(0, Math.min(1, (t - touchDown) / ramp, (liftOff - t) / ramp));
  }

  /** Times of the stance at t. */
  stanceTimes(t: number): { touchDown: number; liftOff: number } {
    return this.stances[this.stanceAt(t)];
  }

  /** Centre of pressure (x, z) under this foot: from the heel to the toes over a stance that rolls, else midfoot. */
  pressure(t: number): [number, number] {
    const stance = this.stances[this.stanceAt(t)];
    const span = Math.min(0.45, (stance.liftOff - stance.touchDown) / 2);
    const from = stance.heelFirst ? 0.25 : MIDFOOT;
    const to = stance.toeOff > 20 * DEGREE ? 1.3 : MIDFOOT;
    let along = MIDFOOT;
    if (t < stance.touchDown + span) along = mix(from, MIDFOOT, Math.max(0, (t - stance.touchDown) / span));
    else if (t > stance.liftOff - span) along = mix(to, MIDFOOT, Math.max(0, (stance.liftOff - t) / span));
    const reach = (along - MIDFOOT) * this.length;
    return [stance.x + reach * Math.sin(stance.yaw), stance.z + reach * Math.cos(stance.yaw)];
  }

  at(t: number): FootPose {
    const i = this.stanceAt(t);
    const stance = this.stances[i];
    const next = this.swings[i];
    const inSwing = next !== undefined && t > stance.liftOff;
    // The pitch curve of a swing covers the heel rise before it and the landing after it.
    const pitch = next && t > stance.flat ? next.pitch(t) : i > 0 ? this.swings[i - 1].pitch(t) : 0;
    const base = this.ballHeight * (1 - minimumJerk(pitch / FULL_ROLL));
    if (!inSwing) {
      const turnAtHeel = stance.heelFirst && t < stance.flat;
      const pose = this.pose(stance.x, base, stance.z, stance.yaw, pitch, turnAtHeel ? 0 : 1);
      return { ...pose, planted: true, near: true, contact: true };
    }
    const { step, via } = next;
    const land = this.stances[i + 1];
    const s = (t - step.liftOff) / (step.touchDown - step.liftOff);
    const yaw = mix(stance.yaw, land.yaw, minimumJerk(s));
    // The ankle leads where points are given for it, and toward a heel strike.
    let pivot = 1;
    if (via) pivot = Math.cos(Math.PI * s) ** 2;
    else if (land.heelFirst) pivot = 1 - minimumJerk((s - 0.15) / 0.7);
    if (via) {
      const fade = via[1](t);
      const pose = this.pose(via[0](t), base + fade, via[2](t), yaw, pitch, pivot);
      return { ...pose, planted: false, near: s > 0.9 || s < 0.1, contact: false };
    }
    const { up, down, clearance, rise, fall } = step.swing;
    const progress = cruise(s, rise, fall);
    const peak = up / (up + down);
    const lift = (clearance * s ** up * (1 - s) ** down) / (peak ** up * (1 - peak) ** down);
    const pose = this.pose(
      mix(stance.x, land.x, progress),
      base + lift,
      mix(stance.z, land.z, progress),
      yaw,
      pitch,
      pivot,
    );
    return { ...pose, planted: false, near: s > 0.65 || s < 0.25, contact: false };
  }

  /**
   * Foot of a midfoot place and a height of the ball, pitched about the point at the share `pivot` of the way from ankle to
   * ball: 1 keeps the ball in place (heel rise), 0 the ankle (heel strike).
   */
  private pose(
    x: number,
    height: number,
    z: number,
    yaw: number,
    pitch: number,
    pivot: number,
  ): Pick<FootPose, 'ankle' | 'ball' | 'yaw'> {
    const norm = Math.hypot(this.length, ANKLE_OVER_BALL);
    const slope = Math.atan2(ANKLE_OVER_BALL, this.length) + pitch;
    const flat = this.length;
    const along = norm * Math.cos(slope);
    const drop = norm * Math.sin(slope);
    const back = (pivot - MIDFOOT) * flat - pivot * along;
    const ankleY = height + ANKLE_OVER_BALL * (1 - pivot) + pivot * drop;
    const sin = Math.sin(yaw);
    const cos = Math.cos(yaw);
    return {
      ankle: [x + back * sin, ankleY, z + back * cos],
      ball: [x + (back + along) * sin, ankleY - drop, z + (back + along) * cos],
      yaw,
    };
  }

  private viaCurves(path: Path, step: Step, i: number): [Curve, Curve, Curve] | undefined {
    const { via } = step.swing;
    if (!via) return undefined;
    const middle = MIDFOOT * this.length;
    const points = via.map(({ t, forward, left, up }): [number, number, number, number] => {
      const frame = path.at(step.liftOff + t);
      const sin = Math.sin(frame.yaw);
      const cos = Math.cos(frame.yaw);
      return [
        step.liftOff + t,
        frame.x + (forward + middle) * sin + left * cos,
        up - ANKLE_OVER_BALL - this.ballHeight,
        frame.z + (forward + middle) * cos - left * sin,
      ];
    });
    const from = this.stances[i];
    const to = this.stances[i + 1];
    const all: [number, number, number, number][] = [
      [step.liftOff, from.x, 0, from.z],
      ...points,
      [step.touchDown, to.x, 0, to.z],
    ];
    const axis = (k: 1 | 3) => spline(all.map((point) => [point[0], point[k]] as const));
    const up = passes(all.map(([t, , height]) => [t, height] as const));
    return [axis(1), up, axis(3)];
  }
}

function pitchCurve({ liftOff, touchDown, swing }: Step, previousFlat: number): Curve {
  const time = touchDown - liftOff;
  // Flat for a frame at least, so that no frame turns about the heel and the next one about the ball.
  const heelRise = Math.min(swing.heelRise, Math.max(0.02, 0.9 * (liftOff - previousFlat - 0.05)));
  const keys: [number, number][] = [
    [liftOff - heelRise, 0],
    [liftOff - 0.4 * heelRise, 0.24 * swing.toeOff],
    [liftOff, 0.9 * swing.toeOff],
  ];
  if (swing.via) for (const { t, pitch } of swing.via) keys.push([liftOff + t, pitch]);
  else
    keys.push(
      [liftOff + 0.15 * time, swing.toeOff + swing.follow],
      [liftOff + 0.62 * time, 0.15 * (swing.toeOff + swing.follow)],
    );
  keys.push([touchDown - 0.08 * time, swing.landing], [touchDown, swing.landing]);
  if (swing.landing !== 0) keys.push([touchDown + swing.landingTime, 0]);
  return passes(keys);
}

import { JOINT_COUNT } from '../../motion/skeleton.js';
import type { Random } from '../../random/random.js';
import { planBalance } from './balance.js';
import { ANKLE_OVER_BALL, centreOfMass, legLength, REST_OFFSETS, type Side } from './body.js';
import { CONTROL_COUNT, type Control, ControlTracks, column } from './controls.js';
import { type Curve, DEGREE, drift, mix } from './curves.js';
import { type Foothold, type FootPose, FootTrack, type Step } from './feet.js';
import { canonical, type ProceduralMotion } from './motion.js';
import { Path } from './path.js';
import { assemble, reachableHeight } from './pose.js';

export const GRAVITY = 9.81;
export const FPS = 20;

/** Rounds of moving the pelvis until the centre of mass is where it should be; each leaves about a fifth of the error. */
const ROUNDS = 4;

/** Passes of smoothing a lowering of the pelvis over time; each widens it by about 0.7 frames. */
const SPREAD_PASSES = 5;

/** Traits of one person, drawn once a clip. */
export interface Build {
  /** Knee flexion of easy standing, radians. */
  knee: number;
  /** Half the distance between the feet, metres, and their outward turn, radians. */
  halfWidth: number;
  toeOut: number;
  /** Rise of the ball of the flat foot over its lowest, when it rolls over the toes, metres. */
  ballHeight: number;
}

/**
 * One clip in the making: the way over the floor, the steps, the controls of trunk and arms over time; `finish` makes the
 * joints. Times are seconds from the first frame; before and after the clip up to `MARGIN` seconds can be used.
 */
export class Score {
  readonly frames: number;
  readonly seconds: number;
  readonly path: Path;
  readonly controls: ControlTracks;
  /** Where the feet stand at the beginning. */
  readonly stand: [Foothold, Foothold];
  /** Share of the weight on the left foot while both are planted. */
  leftLoad: Curve = () => 0.5;
  /** How much the centre of mass follows the path (1) and not the pendulum that the steps can bear (0). */
  followPath: Curve = () => 0;
  /** Where the centre of mass then is off the path: forward and to the left, metres. */
  offPath: (t: number) => [forward: number, left: number] = () => [0, 0];
  /** Small motion of the whole body over the floor besides what balance asks for, x and z, metres. */
  private sway: [Curve, Curve] = [() => 0, () => 0];
  private readonly steps: Step[] = [];
  private readonly flights: [number, number][] = [];

  constructor(
    readonly random: Random,
    seconds: number,
    readonly build: Build = drawBuild(random),
  ) {
    this.frames = Math.max(2, Math.round(seconds * FPS));
    this.seconds = (this.frames - 1) / FPS;
    this.path = new Path(this.seconds);
    this.controls = new ControlTracks(this.frames, FPS);
    const { halfWidth, toeOut } = build;
    this.stand = [
      { at: -Infinity, forward: 0, left: halfWidth, out: toeOut },
      { at: -Infinity, forward: 0, left: -halfWidth, out: toeOut },
    ];
  }

  /** Moves a foot. Steps of one foot must be given in the order of time and may not overlap. */
  step(step: Step): void {
    this.steps.push(step);
  }

  /** No foot on the floor between these times: the centre of mass falls freely. */
  flight(start: number, end: number): void {
    this.flights.push([start, end]);
  }

  /**
   * Adds what a living body does all the time: slow wandering (below 2 Hz) of balance, trunk, head and arms, and quick small motion
   * (2.5 to 5.5 Hz) of about 1.5 mm, which in recordings of people who do something is in every joint that is not planted.
   * 1 is usual for both.
   */
  enliven(size: number, quick = this.random.uniform(0.7, 1.3)): void {
    const { controls, random } = this;
    const wander = (name: Control, slow: number, fast: number, low = 0.15, high = 1.6) => {
      const slowly = drift(random, low, high);
      const quickly = drift(random, 2.5, 5.5, 4);
      controls.add(name, (t) => DEGREE * (slow * size * slowly(t) + fast * quick * quickly(t)));
    };
    wander('chestPitch', 2.0, 0.2);
    wander('chestRoll', 1.5, 0.2);
    wander('chestYaw', 2.2, 0.25);
    wander('pelvisYaw', 1.3, 0.2);
    wander('pelvisPitch', 0.8, 0.1);
    wander('pelvisRoll', 0.6, 0.1);
    wander('headYaw', 5.6, 0.4, 0.08, 0.8);
    wander('headPitch', 3.4, 0.4);
    wander('headRoll', 1.8, 0.3);
    for (const side of ['left', 'right'] as const) {
      wander(`${side}Flexion`, 4.2, 0.35);
      wander(`${side}Abduction`, 2.2, 0.3);
      wander(`${side}Rotation`, 4.2, 0.4);
      wander(`${side}Elbow`, 4.2, 0.5);
    }
    const heave = drift(random, 2.5, 5.5, 4);
    controls.add('height', (t) => 0.0012 * quick * heave(t));
    this.sway = [0, 1].map(() => {
      const slowly = drift(random, 0.2, 1.1);
      const quickly = drift(random, 2.5, 5.5, 4);
      return (t: number) => 0.012 * size * Math.min(1, quick) * slowly(t) + 0.0015 * quick * quickly(t);
    }) as [Curve, Curve];
  }

  finish(action: string, caption: string, name: string): ProceduralMotion {
    const tracks = ([0, 1] as const).map((side: Side) => {
      const steps = this.steps.filter((step) => step.side === side).sort((a, b) => a.liftOff - b.liftOff);
      return new FootTrack(side, this.path, this.stand[side], steps, this.build.ballHeight);
    }) as [FootTrack, FootTrack];
    const feet = Array.from(
      { length: this.frames },
      (_, i) => [tracks[0].at(i / FPS), tracks[1].at(i / FPS)] as const,
    );
    const joints = this.solve(feet, planBalance(this.path, tracks, this.seconds, this.leftLoad));
    const contacts = Uint8Array.from(feet.flatMap(([l, r]) => [Number(l.contact), Number(r.contact)]));
    return { joints: canonical(joints), fps: FPS, caption, action, name, contacts };
  }

  /**
   * Joints of all frames. The pelvis is moved until the centre of mass is over its planned way and, in flight, on its
   * parabola; then it is lowered where a planted foot would be out of reach. What the arms and the trunk do thus moves the
   * hips the other way, as it does in people.
   */
  private solve(
    feet: readonly (readonly [FootPose, FootPose])[],
    balance: (t: number) => [number, number],
  ): Float64Array {
    const { frames, controls, path } = this;
    const joints = new Float64Array(frames * JOINT_COUNT * 3);
    const stride = JOINT_COUNT * 3;
    const mass = new Float64Array(3);
    const aims = feet.map((_, i) => {
      const t = i / FPS;
      const { x, z, yaw } = path.at(t);
      const [bx, bz] = balance(t);
      const weight = this.followPath(t);
      const [forward, left] = this.offPath(t);
      const px = x + forward * Math.sin(yaw) + left * Math.cos(yaw);
      const pz = z + forward * Math.cos(yaw) - left * Math.sin(yaw);
      return {
        x: mix(bx, px, weight) + this.sway[0](t),
        z: mix(bz, pz, weight) + this.sway[1](t),
        yaw,
      };
    });
    const hipDrop = -(REST_OFFSETS[4] + REST_OFFSETS[7]) / 2;
    const standing =
      hipDrop +
      ANKLE_OVER_BALL +
      this.build.ballHeight +
      (legLength(0, this.build.knee) + legLength(1, this.build.knee)) / 2;
    const pelvis = aims.map(({ x, z }, i): [number, number, number] => [
      x,
      standing + controls.values[i * CONTROL_COUNT + column.height],
      z,
    ]);
    const airborne = this.airborneFrames();
    for (let round = 0; ; round++) {
      this.lower(pelvis, aims, feet, airborne);
      for (let i = 0; i < frames; i++)
        assemble(joints, i * stride, pelvis[i], aims[i].yaw, controls.values, i * CONTROL_COUNT, feet[i]);
      if (round === ROUNDS) return joints;
      if (round < ROUNDS - 1)
        for (let i = 0; i < frames; i++) {
          centreOfMass(joints, i * stride, mass);
          pelvis[i][0] += 1.1 * (aims[i].x - mass[0]);
          pelvis[i][2] += 1.1 * (aims[i].z - mass[2]);
        }
      for (const [first, last] of airborne) this.drop(joints, pelvis, first, last);
    }
  }

  /** Puts the centre of mass of the frames first..last on the parabola of free fall through its heights at both. */
  private drop(joints: Float64Array, pelvis: [number, number, number][], first: number, last: number): void {
    const mass = new Float64Array(3);
    const height = (i: number) => {
      centreOfMass(joints, i * JOINT_COUNT * 3, mass);
      return mass[1];
    };
    const start = height(first);
    const end = height(last);
    for (let i = first + 1; i < last; i++) {
      const s = (i - first) / (last - first);
      const rise = (GRAVITY / 2) * ((i - first) / FPS) * ((last - i) / FPS);
      pelvis[i][1] += 1.2 * (mix(start, end, s) + rise - height(i));
    }
  }

  /** First and last frames inside each flight. */
  private airborneFrames(): [number, number][] {
    return this.flights.flatMap(([start, end]): [number, number][] => {
      const first = Math.max(0, Math.ceil(start * FPS - 1e-6));
      const last = Math.min(this.frames - 1, Math.floor(end * FPS + 1e-6));
      return last > first ? [[first, last]] : [];
    });
  }

  /** Lowers the pelvis to where the planted feet can be reached, spread smoothly over the frames around. */
  private lower(
    pelvis: [number, number, number][],
    aims: readonly { yaw: number }[],
    feet: readonly (readonly [FootPose, FootPose])[],
    airborne: readonly [number, number][],
  ): void {
    const { frames, controls } = this;
    const excess = new Float64Array(frames);
    for (let i = 0; i < frames; i++) {
      const [x, y, z] = pelvis[i];
      const grounded = !airborne.some(([first, last]) => i >= first - 2 && i <= last + 2);
      const row = i * CONTROL_COUNT;
      const top = reachableHeight(x, z, aims[i].yaw, controls.values, row, feet[i], grounded);
      excess[i] = Math.max(0, y - top);
    }
    // Spread over the frames around, and never less than the excess itself.
    const at = (values: Float64Array, i: number) => values[Math.min(frames - 1, Math.max(0, i))];
    let spread = Float64Array.from(excess, (_, i) =>
      Math.max(at(excess, i - 1), excess[i], at(excess, i + 1)),
    );
    for (let pass = 0; pass < SPREAD_PASSES; pass++)
      spread = Float64Array.from(spread, (value, i) =>
        Math.max(excess[i], (at(spread, i - 1) + 2 * value + at(spread, i + 1)) / 4),
      );
    for (let i = 0; i < frames; i++) pelvis[i][1] -= spread[i];
  }
}

export function drawBuild(random: Random): Build {
  return {
    knee: random.uniform(11, 22) * DEGREE,
    halfWidth: random.uniform(0.075, 0.14),
    toeOut: random.uniform(2, 16) * DEGREE,
    ballHeight: random.uniform(0.006, 0.018),
  };
}

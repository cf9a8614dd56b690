import { type Curve, DEGREE, mix } from './curves.js';

/**
 * What a body does besides standing on its feet, one number each and frame; radians, metres.
 * Pitch leans forward, roll lifts the left side, yaw turns left. Chest angles are relative to the pelvis and spread over
 * the three spine joints; head angles are relative to looking straight ahead.
 */
export const CONTROLS = [
  'height',
  'pelvisYaw',
  'pelvisPitch',
  'pelvisRoll',
  'chestYaw',
  'chestPitch',
  'chestRoll',
  'headYaw',
  'headPitch',
  'headRoll',
  'leftFlexion',
  'leftAbduction',
  'leftRotation',
  'leftElbow',
  'rightFlexion',
  'rightAbduction',
  'rightRotation',
  'rightElbow',
] as const;
export type Control = (typeof CONTROLS)[number];
export const CONTROL_COUNT = CONTROLS.length;

/** Column of a control. */
export const column = Object.fromEntries(CONTROLS.map((name, i) => [name, i])) as Record<Control, number>;

/**
 * An arm: shoulder flexion (forward and up) and abduction (outward), inward rotation about the upper arm, elbow flexion.
 * With all at 0 the arm hangs straight down; degrees.
 */
export interface ArmPose {
  flexion: number;
  abduction: number;
  rotation: number;
  elbow: number;
}

/** Controls of a clip, `[frames, CONTROL_COUNT]`, filled in layers: a base posture, then what is added or blended over. */
export class ControlTracks {
  readonly values: Float64Array;

  constructor(
    readonly frames: number,
    readonly fps: number,
  ) {
    this.values = new Float64Array(frames * CONTROL_COUNT);
  }

  /** Adds a function of time to one control. */
  add(control: Control, curve: Curve): void {
    const at = column[control];
    for (let i = 0; i < this.frames; i++) this.values[i * CONTROL_COUNT + at] += curve(i / this.fps);
  }

  /** Moves one control toward a function of time by a weight of 0 (leaves it) to 1 (replaces it). */
  blend(control: Control, curve: Curve, weight: Curve): void {
    const at = column[control];
    for (let i = 0; i < this.frames; i++) {
      const index = i * CONTROL_COUNT + at;
      this.values[index] = mix(this.values[index], curve(i / this.fps), weight(i / this.fps));
    }
  }

  /** Moves an arm toward a pose, in degrees, that may depend on time. */
  blendArm(side: 0 | 1, pose: (t: number) => ArmPose, weight: Curve): void {
    const name = side === 0 ? 'left' : 'right';
    this.blend(`${name}Flexion`, (t) => pose(t).flexion * DEGREE, weight);
    this.blend(`${name}Abduction`, (t) => pose(t).abduction * DEGREE, weight);
    this.blend(`${name}Rotation`, (t) => pose(t).rotation * DEGREE, weight);
    this.blend(`${name}Elbow`, (t) => pose(t).elbow * DEGREE, weight);
  }
}

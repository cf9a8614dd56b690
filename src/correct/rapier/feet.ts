import { fromRotationVector, multiply, rotate } from '../../motion/quaternion.js';
import { PARENTS } from '../../motion/skeleton.js';

/** rad that an ankle turns a foot sideways, and that toes bend. */
const MOST_ROLL = 0.6;
const MOST_BEND = 1;
/** Height of the toe joint over the ground over which planted toes become toes in the air, m. */
const LIFTED = [0.05, 0.1] as const;

/** 0 under `low`, 1 over `high`, a cubic between. */
export function smoothstep(value: number, low: number, high: number): number {
  const u = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return u * u * (3 - 2 * u);
}

const bone = new Float64Array(3);
const shank = new Float64Array(3);
const across = new Float64Array(3);
const turn = new Float64Array(4);

/**
 * Turns a foot about its own length so that the sole is level sideways, as far as an ankle goes: joint positions do not show
 * it. A leg in the air keeps its foot in line with the shank.
 * @param rotation absolute `[T, 22, wxyz]`; `at`: where the frame starts; `toe`: 10 or 11.
 */
export function levelRoll(rotation: Float64Array, at: number, skeleton: Float64Array, toe: number): void {
  const ankle = PARENTS[toe];
  const q = at + 4 * ankle;
  rotate(bone, 0, rotation, q, skeleton[3 * toe], skeleton[3 * toe + 1], skeleton[3 * toe + 2]);
  rotate(shank, 0, rotation, at + 4 * PARENTS[ankle], 0, -1, 0);
  rotate(across, 0, rotation, q, 1, 0, 0);
  const length = Math.hypot(...bone);
  const [x, y, z] = bone.map((value) => value / length);
  const flat = Math.hypot(x, z);
  const level = smoothstep(-shank[1], 0.5, 0.8) * smoothstep(flat, 0.2, 0.5);
  if (level === 0) return;
  // The horizontal across the bone, and the angle to it about the bone.
  const [wx, wz] = [z / flat, -x / flat];
  const [ax, ay, az] = across;
  const sine = ay * wz * x + (az * wx - ax * wz) * y - ay * wx * z;
  const angle = level * Math.min(MOST_ROLL, Math.max(-MOST_ROLL, Math.atan2(sine, ax * wx + az * wz)));
  fromRotationVector(turn, 0, angle * x, angle * y, angle * z);
  multiply(rotation, q, turn, 0, rotation, q);
}

/**
 * Bends the toes of a foot that stands on them level with the ground.
 * @param height of the toe joint over the ground it stands on when planted, m.
 */
export function levelToes(rotation: Float64Array, at: number, toe: number, height: number): void {
  const q = at + 4 * PARENTS[toe];
  rotate(bone, 0, rotation, q, 0, 0, 1);
  const bend = Math.min(MOST_BEND, Math.asin(Math.min(1, Math.max(0, -bone[1]))));
  fromRotationVector(turn, 0, -bend * (1 - smoothstep(height, ...LIFTED)), 0, 0);
  multiply(rotation, at + 4 * toe, rotation, q, turn, 0);
}

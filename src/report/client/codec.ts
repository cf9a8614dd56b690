/** A motion as the page carries it. */
export interface PackedMotion {
  group: string;
  label: string;
  caption: string;
  note: string;
  /** Number of the arm's colour. */
  colour: number;
  fps: number;
  frames: number;
  after: PackedJoints;
  before?: PackedJoints;
  /** One digit a frame: 0 no contact, 1 left, 2 right, 3 both. */
  contacts: string;
  contactsBefore?: string;
  /** Height of the lowest joint of each frame, mm. */
  lowest: number[];
  lowestBefore?: number[];
}

/** 16-bit little-endian integers in base64, `step` metres each. */
export interface PackedJoints {
  data: string;
  step: number;
}

/** Joint positions in metres, `[frame, joint, xyz]`. */
export function unpackJoints(packed: PackedJoints): Float32Array {
  const bytes = Uint8Array.from(atob(packed.data), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const joints = new Float32Array(bytes.length / 2);
  for (let i = 0; i < joints.length; i++) joints[i] = view.getInt16(i * 2, true) * packed.step;
  return joints;
}

/** Whether the left (0) or right (1) foot is in contact at a frame. */
export const inContact = (contacts: string, frame: number, side: 0 | 1): boolean =>
  (Number(contacts[frame] ?? 0) & (side + 1)) !== 0;

/**
 * The pose at a time between two frames: straight lines between them.
 * @param at frame, fractional, in [0, frames - 1]
 * @param out 66 numbers, overwritten
 */
export function poseAt(joints: Float32Array, at: number, out: Float32Array): Float32Array {
  const frames = joints.length / 66;
  const from = Math.min(Math.max(0, Math.floor(at)), frames - 1);
  const to = Math.min(from + 1, frames - 1);
  const part = Math.min(Math.max(0, at - from), 1);
  for (let i = 0; i < 66; i++) out[i] = joints[from * 66 + i] * (1 - part) + joints[to * 66 + i] * part;
  return out;
}

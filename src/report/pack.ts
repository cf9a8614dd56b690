import { FRAME_SIZE, frameCount } from '../motion/motion.js';
import type { PackedMotion } from './client/codec.js';
import { footContacts } from './contacts.js';
import type { ViewerMotion } from './types.js';

const QUANTA = 32767;

/** Joints as 16-bit integers in base64; `step` is metres per unit, fine enough for the largest coordinate to fit. */
function packJoints(joints: Float32Array): { data: string; step: number } {
  let largest = 0;
  for (const value of joints) largest = Math.max(largest, Math.abs(value));
  const step = Math.max(largest, 1e-3) / QUANTA;
  const bytes = Buffer.alloc(joints.length * 2);
  for (let i = 0; i < joints.length; i++) bytes.writeInt16LE(Math.round(joints[i] / step), i * 2);
  return { data: bytes.toString('base64'), step };
}

function check(motion: ViewerMotion, index: number): void {
  const expect = (what: string, name: string, value: unknown): never => {
    throw new Error(`Expected ${what} for motions[${index}].${name} but received ${value}`);
  };
  const frames = frameCount(motion);
  if (!Number.isInteger(frames) || frames < 1)
    expect('a whole number of frames of 66 values', 'joints', `${motion.joints.length} values`);
  if (!motion.joints.every(Number.isFinite)) expect('finite numbers', 'joints', 'NaN or infinity');
  if (!(motion.fps > 0 && Number.isFinite(motion.fps))) expect('a number above 0', 'fps', motion.fps);
  if (motion.before && motion.before.length !== motion.joints.length) {
    expect(`${motion.joints.length} values, as many as joints`, 'before', motion.before.length);
  }
  if (motion.before && !motion.before.every(Number.isFinite))
    expect('finite numbers', 'before', 'NaN or infinity');
  if (motion.contacts && motion.contacts.length !== frames * 2) {
    expect(`${frames * 2} values, two a frame`, 'contacts', motion.contacts.length);
  }
}

/** Flags of the feet as a string of digits, one a frame: 0 none, 1 left, 2 right, 3 both. */
function packContacts(contacts: Uint8Array): string {
  let digits = '';
  for (let i = 0; i < contacts.length; i += 2) digits += (contacts[i] ? 1 : 0) + (contacts[i + 1] ? 2 : 0);
  return digits;
}

/** Lowest joint of each frame in whole millimetres: what the viewer draws under the scrub bar. */
function lowest(joints: Float32Array): number[] {
  const heights: number[] = [];
  for (let start = 0; start < joints.length; start += FRAME_SIZE) {
    let low = Infinity;
    for (let i = start + 1; i < start + FRAME_SIZE; i += 3) low = Math.min(low, joints[i]);
    heights.push(Math.round(low * 1000));
  }
  return heights;
}

/**
 * A motion in the form the page carries. Coordinates are rounded to 1/32767 of the largest one (0.1 mm for a clip of 3 m).
 * @throws Error when a length does not fit or a coordinate is not finite
 */
export function packMotion(motion: ViewerMotion, index: number, colour: number): PackedMotion {
  check(motion, index);
  return {
    group: motion.group,
    label: motion.label,
    caption: motion.caption ?? '',
    note: motion.note ?? '',
    colour,
    fps: motion.fps,
    frames: frameCount(motion),
    after: packJoints(motion.joints),
    contacts: packContacts(motion.contacts ?? footContacts(motion.joints, motion.fps)),
    lowest: lowest(motion.joints),
    before: motion.before && packJoints(motion.before),
    contactsBefore: motion.before && packContacts(footContacts(motion.before, motion.fps)),
    lowestBefore: motion.before && lowest(motion.before),
  };
}

import { FRAME_SIZE } from '../motion/motion.js';

/** Left and right foot joint (the ball of the foot) in SMPL order. */
export const FEET = [10, 11] as const;

/** A foot lower than this, in metres, and slower than `CONTACT_SPEED`, in m/s, stands on the ground. */
const CONTACT_HEIGHT = 0.05;
const CONTACT_SPEED = 0.5;

/**
 * Ground contact of both feet from the motion itself: the foot joint is under 5 cm and moves at less than 0.5 m/s. Looser than
 * the test of the skate metric (5 mm), because here it is to be seen, not scored; a foot under the ground counts as in contact.
 * @param joints metres, `[frame, joint, xyz]`
 * @returns `[frame, 2]`, left then right, 0 or 1
 */
export function footContacts(joints: Float32Array, fps: number): Uint8Array {
  const frames = joints.length / FRAME_SIZE;
  const contacts = new Uint8Array(frames * 2);
  for (let t = 0; t < frames; t++) {
    // Speed over the step ahead, at the last frame over the step behind.
    const from = Math.max(0, t < frames - 1 ? t : t - 1);
    const to = Math.min(frames - 1, from + 1);
    for (let side = 0; side < 2; side++) {
      const joint = FEET[side] * 3;
      const a = from * FRAME_SIZE + joint;
      const b = to * FRAME_SIZE + joint;
      const speed =
        fps * Math.hypot(joints[b] - joints[a], joints[b + 1] - joints[a + 1], joints[b + 2] - joints[a + 2]);
      const height = joints[t * FRAME_SIZE + joint + 1];
      contacts[t * 2 + side] = height < CONTACT_HEIGHT && speed < CONTACT_SPEED ? 1 : 0;
    }
  }
  return contacts;
}

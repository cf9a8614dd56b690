import { FRAME_SIZE } from '../../motion/motion.js';
import { rotate } from '../../motion/quaternion.js';
import { JOINT_COUNT } from '../../motion/skeleton.js';
import type { Humanoid } from './humanoid.js';

/** Height over the ground that counts as touching it, m. */
const TOLERANCE = 0.005;
/** Bodies of the contact labels, in their order. */
const LABELS = [7, 10, 8, 11];

/** As `GroundContact`, mm and mm per frame, and labels `[T, 4]`: soles within 5 mm of the ground. */
export interface BodyContact {
  penetrate: number;
  float: number;
  skate: number;
  contacts: Uint8Array;
}

/**
 * Contact of the humanoid's own points with the ground: the measures of native/measure/body.cpp.
 * @param joints `[T, 22, 3]` and `ground`, the height of the ground among them, m; `rotation` of the bodies `[T, 22, wxyz]`.
 */
export function measureBody(
  humanoid: Humanoid,
  joints: Float32Array,
  rotation: Float64Array,
  ground: number,
): BodyContact {
  const frames = joints.length / FRAME_SIZE;
  const { points } = humanoid;
  const contacts = new Uint8Array(frames * LABELS.length);
  const arm = new Float64Array(3);
  // Where each point touched in the last frame, and in this.
  let [before, now] = [0, 1].map(() => points.map((): [number, number] | undefined => undefined));
  let [penetrate, float, skate] = [0, 0, 0];
  for (let t = 0; t < frames; t++) {
    let [low, slip, slipping] = [Number.POSITIVE_INFINITY, 0, 0];
    [before, now] = [now, before];
    points.forEach(({ body, at }, p) => {
      rotate(arm, 0, rotation, 4 * (t * JOINT_COUNT + body), ...at);
      const from = t * FRAME_SIZE + 3 * body;
      const y = joints[from + 1] - ground + arm[1];
      low = Math.min(low, y);
      now[p] = y > TOLERANCE ? undefined : [joints[from] + arm[0], joints[from + 2] + arm[2]];
      if (!now[p]) return;
      const label = LABELS.indexOf(body);
      if (label >= 0) contacts[t * LABELS.length + label] = 1;
      const last = before[p];
      if (!last) return;
      slip += Math.hypot(now[p][0] - last[0], now[p][1] - last[1]);
      slipping++;
    });
    if (low < -TOLERANCE) penetrate -= low;
    if (low > TOLERANCE) float += low;
    if (slipping > 0) skate += slip / slipping;
  }
  return {
    penetrate: (1000 * penetrate) / Math.max(1, frames),
    float: (1000 * float) / Math.max(1, frames),
    skate: (1000 * skate) / Math.max(1, frames - 1),
    contacts,
  };
}

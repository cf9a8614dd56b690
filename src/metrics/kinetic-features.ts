import { facing } from '../motion/heading.js';
import { JOINT_COUNT } from '../motion/skeleton.js';
import { newTable, type Table } from './table.js';

/** Hand-made numbers per motion; see {@link kineticFeatures}. */
export const KINETIC_FEATURE_COUNT = 220;

const STEP = JOINT_COUNT * 3;
/** Ankles and feet: in contact when slower than {@link CONTACT_SPEED}. */
const CONTACT_JOINTS = [7, 10, 8, 11];
const CONTACT_SPEED = 0.3;
/** Wrist-wrist, foot-foot, wrist-head (2), wrist-foot (2), knee-knee, pelvis-head. */
const DISTANCES = [
  [20, 21],
  [10, 11],
  [20, 15],
  [21, 15],
  [20, 10],
  [21, 11],
  [4, 5],
  [0, 15],
];

/**
 * 220 numbers that describe a motion without any training, in the manner of the kinetic features of Onuma et al. ("FMDistance", EG
 * 2008: energies of the joints) and the geometric ones of Mueller et al. (SIGGRAPH 2005: distances between body parts) from
 * which AIST++ builds its FID_k and FID_g (Li et al., ICCV 2021). With p the joints, v = dp/dt, a = dv/dt by forward differences,
 * f the horizontal facing direction, s the horizontal direction to the left, and means and standard deviations (1/T) over time:
 *
 * | columns | formula |
 * |---|---|
 * | 0-62 | mean of each joint 1-21 in the facing frame: (s . (p - p0), y, f . (p - p0)), p0 the pelvis on the floor |
 * | 63-125 | standard deviation of the same |
 * | 126-147 | log(mean abs v_j + 0.05) |
 * | 148-169 | log(mean abs a_j + 0.5) |
 * | 170-191 | log(std abs v_j + 0.05) |
 * | 192-199 | pelvis: mean f . v, mean s . v, mean abs(s . v), mean turn rate, mean abs turn rate, mean height, std height, std f . v |
 * | 200-203 | share of frames in which each ankle and foot is slower than 0.3 m/s |
 * | 204-211, 212-219 | mean and standard deviation of 8 distances between body parts |
 *
 * The facing direction is y x ((right hip - left hip) + (right shoulder - left shoulder)), as in HumanML3D.
 *
 * @param joints [N, frames, 22, 3] m, y up; non-finite numbers count as 0, others are clipped to +-50
 */
export function kineticFeatures(joints: Float32Array, frames: number, fps: number): Table {
  const size = frames * STEP;
  const count = joints.length / size;
  if (!Number.isInteger(count) || frames < 3)
    throw new RangeError(
      `Expected motions of ${frames} frames (3 or more) of ${STEP} numbers for joints but received ${joints.length} numbers`,
    );
  const out = newTable(count, KINETIC_FEATURE_COUNT);
  const motion = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < size; k++) {
      const value = joints[i * size + k];
      motion[k] = Number.isFinite(value) ? Math.min(50, Math.max(-50, value)) : 0;
    }
    describe(
      motion,
      frames,
      fps,
      out.data.subarray(i * KINETIC_FEATURE_COUNT, (i + 1) * KINETIC_FEATURE_COUNT),
    );
  }
  return out;
}

/** Horizontal facing direction (x, z) of each frame; +z where the body gives none. */
export function facingDirections(joints: ArrayLike<number>, frames: number): Float64Array {
  const out = new Float64Array(2 * frames);
  for (let t = 0; t < frames; t++) {
    const angle = facing(joints, t * STEP);
    out[2 * t] = Math.sin(angle);
    out[2 * t + 1] = Math.cos(angle);
  }
  return out;
}

/** Running mean and standard deviation of one number over time (Welford). */
class Moments {
  count = 0;
  mean = 0;
  private squares = 0;
  add(value: number): void {
    const difference = value - this.mean;
    this.mean += difference / ++this.count;
    this.squares += difference * (value - this.mean);
  }
  get deviation(): number {
    return Math.sqrt(this.squares / this.count);
  }
}

function describe(p: Float64Array, frames: number, fps: number, out: Float64Array): void {
  const face = facingDirections(p, frames);
  let column = 0;
  const put = (value: number): void => {
    out[column++] = value;
  };

  const pose = Array.from({ length: 63 }, () => new Moments());
  const parts = DISTANCES.map(() => new Moments());
  const height = new Moments();
  for (let t = 0; t < frames; t++) {
    const at = t * STEP;
    const fx = face[2 * t];
    const fz = face[2 * t + 1];
    for (let j = 1; j < JOINT_COUNT; j++) {
      const x = p[at + 3 * j] - p[at];
      const z = p[at + 3 * j + 2] - p[at + 2];
      pose[3 * j - 3].add(fz * x - fx * z);
      pose[3 * j - 2].add(p[at + 3 * j + 1]);
      pose[3 * j - 1].add(fx * x + fz * z);
    }
    DISTANCES.forEach(([a, b], k) => {
      parts[k].add(
        Math.sqrt(
          (p[at + 3 * a] - p[at + 3 * b]) ** 2 +
            (p[at + 3 * a + 1] - p[at + 3 * b + 1]) ** 2 +
            (p[at + 3 * a + 2] - p[at + 3 * b + 2]) ** 2,
        ),
      );
    });
    height.add(p[at + 1]);
  }

  const speed = Array.from({ length: JOINT_COUNT }, () => new Moments());
  const acceleration = Array.from({ length: JOINT_COUNT }, () => new Moments());
  const contact = new Float64Array(CONTACT_JOINTS.length);
  for (let j = 0; j < JOINT_COUNT; j++) {
    const contactIndex = CONTACT_JOINTS.indexOf(j);
    for (let t = 0; t + 1 < frames; t++) {
      const a = t * STEP + 3 * j;
      const b = a + STEP;
      const v = fps * Math.sqrt((p[b] - p[a]) ** 2 + (p[b + 1] - p[a + 1]) ** 2 + (p[b + 2] - p[a + 2]) ** 2);
      speed[j].add(v);
      if (contactIndex >= 0 && v < CONTACT_SPEED) contact[contactIndex] += 1 / (frames - 1);
      if (t + 2 < frames) {
        const c = b + STEP;
        let squares = 0;
        for (let axis = 0; axis < 3; axis++) squares += (p[c + axis] - 2 * p[b + axis] + p[a + axis]) ** 2;
        acceleration[j].add(fps * fps * Math.sqrt(squares));
      }
    }
  }

  const forward = new Moments();
  const left = new Moments();
  const leftSize = new Moments();
  const turn = new Moments();
  const turnSize = new Moments();
  for (let t = 1; t < frames; t++) {
    const vx = fps * (p[t * STEP] - p[(t - 1) * STEP]);
    const vz = fps * (p[t * STEP + 2] - p[(t - 1) * STEP + 2]);
    const fx = face[2 * t];
    const fz = face[2 * t + 1];
    forward.add(fx * vx + fz * vz);
    left.add(fz * vx - fx * vz);
    leftSize.add(Math.abs(fz * vx - fx * vz));
    const gx = face[2 * t - 2];
    const gz = face[2 * t - 1];
    // Angle from the former facing direction to this one about y (from z to x), in (-pi, pi].
    const rate = fps * Math.atan2(fx * gz - fz * gx, fx * gx + fz * gz);
    turn.add(rate);
    turnSize.add(Math.abs(rate));
  }

  for (const moments of pose) put(moments.mean);
  for (const moments of pose) put(moments.deviation);
  for (const moments of speed) put(Math.log(moments.mean + 0.05));
  for (const moments of acceleration) put(Math.log(moments.mean + 0.5));
  for (const moments of speed) put(Math.log(moments.deviation + 0.05));
  for (const value of [
    forward.mean,
    left.mean,
    leftSize.mean,
    turn.mean,
    turnSize.mean,
    height.mean,
    height.deviation,
    forward.deviation,
  ])
    put(value);
  for (const share of contact) put(share);
  for (const moments of parts) put(moments.mean);
  for (const moments of parts) put(moments.deviation);
}

import { inverseKinematics } from '../../motion/kinematics.js';
import { FRAME_SIZE } from '../../motion/motion.js';
import { between, multiply, rotate } from '../../motion/quaternion.js';
import { restOffsets } from '../../motion/rest-skeleton.js';
import { JOINT_COUNT, PARENTS } from '../../motion/skeleton.js';
import { levelRoll } from './feet.js';
import { type BodyMotion, continueSigns } from './target.js';

/** A motion posed on bones of constant length. */
export interface Posed extends BodyMotion {
  fps: number;
  /** Offsets in the humanoid's rest pose `[22, xyz]`: arms and legs hang. */
  skeleton: Float64Array;
}

/** Ends of the limbs' bones that hang straight down in the humanoid's rest pose. */
const HANGING = [4, 5, 7, 8, 18, 19, 20, 21];
const FEET = [10, 11];
/** Children of the pelvis and of the chest, which move as rigid pieces. */
const FANS: readonly (readonly number[])[] = [
  [1, 2, 3],
  [12, 13, 14],
];

/** Sine of the fall from ankle to toe joint of a foot that stands flat: of the average, and as far as one may differ. */
const SLOPE = 0.4;
const SLOPES = [0.28, 0.52] as const;
/** m/s of ankle and toe joint under which a foot stands; the average slope counts as this many frames. */
const STILL = 0.25;
const PRIOR = 8;

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const quantile = (values: readonly number[], share: number): number =>
  sorted(values)[Math.floor(share * (values.length - 1))];

const distance = (joints: Float64Array, a: number, b: number): number =>
  Math.hypot(joints[a] - joints[b], joints[a + 1] - joints[b + 1], joints[a + 2] - joints[b + 2]);

/** Median over the frames of the length of each bone `[22]`: a few frames with a bone off do not count. */
function boneLengths(joints: Float64Array): number[] {
  const lengths: number[][] = Array.from({ length: JOINT_COUNT }, () => []);
  for (let at = 0; at < joints.length; at += FRAME_SIZE)
    for (let j = 1; j < JOINT_COUNT; j++) lengths[j].push(distance(joints, at + 3 * j, at + 3 * PARENTS[j]));
  return lengths.map((list, j) => (j === 0 ? 0 : quantile(list, 0.5)));
}

/** Turns the offsets of the fans into what the motion shows: the mean bone as its parent sees it, of unchanged length. */
function measureFans(joints: Float64Array, global: Float64Array, offsets: Float64Array): void {
  const back = new Float64Array(4);
  const bone = new Float64Array(3);
  for (const child of FANS.flat()) {
    const sum = [0, 0, 0];
    for (let at = 0, q = 4 * PARENTS[child]; at < joints.length; at += FRAME_SIZE, q += 4 * JOINT_COUNT) {
      const [to, from] = [at + 3 * child, at + 3 * PARENTS[child]];
      for (let c = 0; c < 4; c++) back[c] = (c ? -1 : 1) * global[q + c];
      const [x, y, z] = [0, 1, 2].map((c) => joints[to + c] - joints[from + c]);
      rotate(bone, 0, back, 0, x, y, z);
      for (let c = 0; c < 3; c++) sum[c] += bone[c];
    }
    const size = Math.hypot(...offsets.subarray(3 * child, 3 * child + 3)) / (Math.hypot(...sum) || 1);
    for (let c = 0; c < 3; c++) offsets[3 * child + c] = sum[c] * size;
  }
}

/** Sine of the fall from ankle to toe joint while the foot stands: flat or on its toes, never steeper upwards. */
function footSlope(joints: Float64Array, toe: number, length: number, fps: number): number {
  const slopes: number[] = [];
  for (let at = FRAME_SIZE; at < joints.length; at += FRAME_SIZE) {
    const [end, ankle] = [at + 3 * toe, at + 3 * PARENTS[toe]];
    const step = Math.max(
      distance(joints, end, end - FRAME_SIZE),
      distance(joints, ankle, ankle - FRAME_SIZE),
    );
    if (step * fps < STILL) slopes.push((joints[ankle + 1] - joints[end + 1]) / length);
  }
  if (slopes.length === 0) return SLOPE;
  const seen = Math.min(SLOPES[1], Math.max(SLOPES[0], quantile(slopes, 0.2)));
  return (slopes.length * seen + PRIOR * SLOPE) / (slopes.length + PRIOR);
}

/**
 * Joint positions as rotations of the humanoid's bodies on a skeleton of its own: positional inverse kinematics from a T pose
 * (an arm that hangs is then as far from the poses in which its twist is undefined as one that is raised), turned on to the
 * humanoid's rest pose; feet level sideways.
 * @param joints `[T, 22, 3]`, m.
 */
export function poseOf(joints: Float64Array, fps: number): Posed {
  const lengths = boneLengths(joints);
  const tPose = restOffsets(lengths);
  measureFans(joints, inverseKinematics(joints, tPose), tPose);
  const global = inverseKinematics(joints, tPose);

  const skeleton = tPose.slice();
  for (const end of HANGING) skeleton.set([0, -lengths[end], 0], 3 * end);
  for (const toe of FEET) {
    const slope = footSlope(joints, toe, lengths[toe], fps);
    skeleton.set([0, -slope * lengths[toe], Math.sqrt(1 - slope * slope) * lengths[toe]], 3 * toe);
  }
  // From the humanoid's rest pose to the T pose, by body.
  const turns = new Float64Array(4 * JOINT_COUNT).map((_, q) => (q % 4 ? 0 : 1));
  for (const end of [...HANGING, ...FEET]) {
    const [hx, hy, hz] = skeleton.subarray(3 * end, 3 * end + 3);
    const [tx, ty, tz] = tPose.subarray(3 * end, 3 * end + 3);
    between(turns, 4 * PARENTS[end], hx, hy, hz, tx, ty, tz);
  }
  const rotation = new Float64Array(global.length);
  for (let q = 0; q < global.length; q += 4) multiply(rotation, q, global, q, turns, q % (4 * JOINT_COUNT));
  // Ends of limbs go along with them.
  const row = 4 * JOINT_COUNT;
  for (let at = 0; at < rotation.length; at += row) {
    for (const toe of FEET) levelRoll(rotation, at, skeleton, toe);
    for (const end of [10, 11, 15, 20, 21])
      rotation.copyWithin(at + 4 * end, at + 4 * PARENTS[end], at + 4 * PARENTS[end] + 4);
  }
  continueSigns(rotation);
  const root = new Float64Array((joints.length / FRAME_SIZE) * 3);
  for (let t = 0; 3 * t < root.length; t++)
    root.set(joints.subarray(t * FRAME_SIZE, t * FRAME_SIZE + 3), 3 * t);
  return { root, rotation, fps, skeleton };
}

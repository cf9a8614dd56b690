import { FRAME_SIZE } from '../../motion/motion.js';
import { rotate } from '../../motion/quaternion.js';
import { JOINT_COUNT, PARENTS } from '../../motion/skeleton.js';
import { levelToes } from './feet.js';
import { type Humanoid, makeHumanoid } from './humanoid.js';
import { lowPass } from './low-pass.js';
import { type Posed, poseOf } from './pose.js';
import { SOLE_DEPTH } from './sole.js';

/** Low pass of preset clip, Hz. */
const CUTOFF = 6;
/** A lowest point slower than this may stand on the floor, m/s upwards and sideways. */
const SLOW = { up: 0.3, aside: 1 };
/** Share of the heights of such points that lie under the floor: what treads low counts more than what hovers. */
const SHARE = 0.3;
/** Frames of evidence under which a motion is in the air. */
const ENOUGH = 2;
/**
 * Height of a planted toe joint over y = 0, m: where one clip is put (soles stand on 1 to 2 mm of their skin), and the most that is left to
 * a generator's.
 */
const [TOUCHING, PLAUSIBLE] = [0.002, 0.012];

/** What the simulation follows: a posed motion over the ground y = 0 of its own. */
export interface Reference extends Posed {
  humanoid: Humanoid;
  /** Where that ground is in the world of the input, m. */
  ground: number;
  /** The input's posture: rotations before the feet were cleaned. */
  before: Float64Array;
}

/** Joints `[T, 22, 3]` of a body motion. */
export function jointsOf(root: Float64Array, rotation: Float64Array, skeleton: Float64Array): Float64Array {
  const frames = root.length / 3;
  const joints = new Float64Array(frames * FRAME_SIZE);
  const bone = new Float64Array(3);
  for (let t = 0; t < frames; t++) {
    joints.set(root.subarray(3 * t, 3 * t + 3), t * FRAME_SIZE);
    for (let j = 1; j < JOINT_COUNT; j++) {
      const parent = PARENTS[j];
      const q = 4 * (t * JOINT_COUNT + parent);
      rotate(bone, 0, rotation, q, skeleton[3 * j], skeleton[3 * j + 1], skeleton[3 * j + 2]);
      for (let c = 0; c < 3; c++)
        joints[t * FRAME_SIZE + 3 * j + c] = joints[t * FRAME_SIZE + 3 * parent + c] + bone[c];
    }
  }
  return joints;
}

/** Height of the floor: where the lowest points of the body are while they are slow. */
function floorLevel(joints: Float64Array, rotation: Float64Array, humanoid: Humanoid, fps: number): number {
  const evidence: number[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  const arm = new Float64Array(3);
  const last = new Map<number, [number, number, number]>();
  for (let t = 0; t * FRAME_SIZE < joints.length; t++) {
    let [low, slow] = [Number.POSITIVE_INFINITY, false];
    humanoid.points.forEach(({ body, at }, p) => {
      rotate(arm, 0, rotation, 4 * (t * JOINT_COUNT + body), ...at);
      const from = t * FRAME_SIZE + 3 * body;
      const [x, y, z] = [joints[from] + arm[0], joints[from + 1] + arm[1], joints[from + 2] + arm[2]];
      const before = last.get(p);
      last.set(p, [x, y, z]);
      if (y >= low) return;
      low = y;
      slow =
        before !== undefined &&
        Math.abs(y - before[1]) * fps < SLOW.up &&
        Math.hypot(x - before[0], z - before[2]) * fps < SLOW.aside;
    });
    lowest = Math.min(lowest, low);
    if (slow) evidence.push(low);
  }
  // In the air: the floor is the user's, unless the body is under it.
  if (evidence.length < ENOUGH) return Math.min(-SOLE_DEPTH, lowest);
  return evidence.sort((a, b) => a - b)[Math.floor(SHARE * (evidence.length - 1))];
}

/**
 * Cleans a valid motion: simpler than the addon does. Preset clip takes a low pass of 6 Hz; bones get their median length;
 * the floor is put under the feet as one level; feet are level sideways and toes bend. Jumps of single joints, a floor that
 * goes up and down, slides of the feet and joints beyond human limits stay for the simulation.
 * @param joints `[T, 22, 3]`, m.
 */
export function buildReference(joints: Float32Array, fps: number, clip: boolean): Reference {
  const positions = Float64Array.from(joints);
  if (clip) lowPass(positions, fps, CUTOFF);
  const posed = poseOf(positions, fps);
  const { root, rotation, skeleton } = posed;
  const humanoid = makeHumanoid(skeleton);
  const before = rotation.slice();
  const row = 4 * JOINT_COUNT;
  const bendToes = (height: (at: number, toe: number) => number) => {
    for (let t = 0; t * row < rotation.length; t++)
      for (const toe of [10, 11]) levelToes(rotation, t * row, toe, height(t * FRAME_SIZE, toe));
  };
  bendToes(() => 0);
  const places = jointsOf(root, rotation, skeleton);
  const level = floorLevel(places, rotation, humanoid, fps);
  bendToes((at, toe) => places[at + 3 * toe + 1] - level);
  for (let at = 1; at < root.length; at += 3) root[at] -= level;
  const planted = clip ? TOUCHING : Math.min(PLAUSIBLE, Math.max(0, level + SOLE_DEPTH));
  return { ...posed, humanoid, ground: planted - SOLE_DEPTH, before };
}

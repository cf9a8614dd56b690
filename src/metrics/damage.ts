import { facing } from '../motion/heading.js';
import { FRAME_SIZE } from '../motion/motion.js';
import { Random } from '../random/random.js';
import type { LabelledMotions } from './evaluator.js';

/** Known ways to spoil real motion; a metric that is to be believed must see those that it claims to see. */
export type DamageName =
  | 'jitter'
  | 'smooth'
  | 'sink'
  | 'slide'
  | 'slow'
  | 'freeze'
  | 'meanPose'
  | 'swapLabels'
  | 'collapse'
  | 'copy';

export interface DamageInfo {
  /** From none to worst; 0 leaves the motions as they are. */
  strengths: readonly number[];
  /** Of the strength; empty for a share. */
  unit: string;
  meaning: string;
}

export const DAMAGES: Readonly<Record<DamageName, DamageInfo>> = {
  jitter: {
    strengths: [5, 10, 20, 40],
    unit: 'mm',
    meaning: 'white noise of this deviation on every coordinate of every joint',
  },
  smooth: {
    strengths: [1, 2, 4, 8],
    unit: 'frames',
    meaning: 'every coordinate averaged over time by a Gaussian of this deviation',
  },
  sink: { strengths: [10, 20, 50, 100], unit: 'mm', meaning: 'the whole motion lowered' },
  slide: {
    strengths: [0.2, 0.4, 0.8, 1.6],
    unit: 'm/s',
    meaning: 'the whole motion drifts at this speed in a direction of its own',
  },
  slow: {
    strengths: [1.25, 1.5, 2, 4],
    unit: 'times',
    meaning: 'the start of the motion, stretched over time to the whole window',
  },
  freeze: {
    strengths: [1, 2, 3, 4],
    unit: 'limbs',
    meaning: 'left arm, right arm, left leg, right leg keep the pose of the first frame',
  },
  meanPose: {
    strengths: [0.25, 0.5, 0.75, 1],
    unit: '',
    meaning: "each frame this far on the way from its pose to the mean pose of all motions' frames",
  },
  swapLabels: {
    strengths: [0.25, 0.5, 0.75, 1],
    unit: '',
    meaning: 'this share of the motions said to be of another action; the motions stay',
  },
  collapse: {
    strengths: [0.5, 0.75, 0.9, 0.97],
    unit: '',
    meaning: 'this share of the motions of each action replaced by copies of the others: lost variety',
  },
  copy: {
    strengths: [0.3, 0.6, 0.9, 1],
    unit: '',
    meaning: 'this share of the motions replaced by motions that the model was trained on',
  },
};

export interface DamageContext {
  frames: number;
  fps: number;
  /** Motions that `copy` copies. */
  training: LabelledMotions;
  /** What is drawn depends on this, the kind of damage and the place of the motion alone; default 0. */
  seed?: number;
}

/** Joints of each limb, behind the joint it hangs on. */
const LIMBS = [
  { from: 13, joints: [16, 18, 20] },
  { from: 14, joints: [17, 19, 21] },
  { from: 0, joints: [1, 4, 7, 10] },
  { from: 0, joints: [2, 5, 8, 11] },
];

/**
 * A damaged copy of motions. The same draws serve every strength, so that more of one kind of damage is more of the same.
 * @throws RangeError for labels of a single action where they are to be swapped
 */
export function damage(
  name: DamageName,
  motions: LabelledMotions,
  strength: number,
  { frames, fps, training, seed = 0 }: DamageContext,
): LabelledMotions {
  const { labels } = motions;
  const size = frames * FRAME_SIZE;
  const each = (spoil: (motion: Float32Array, i: number) => Float32Array): LabelledMotions => {
    const joints = new Float32Array(motions.joints.length);
    for (let i = 0; i < labels.length; i++)
      joints.set(spoil(motions.joints.subarray(i * size, (i + 1) * size), i), i * size);
    return { joints, labels };
  };
  const random = (...key: (number | string)[]): Random => new Random(seed, 'damage', name, ...key);
  switch (name) {
    case 'jitter':
      return each((motion, i) => {
        const noise = random(i).normals(new Float32Array(size));
        return motion.map((value, k) => value + 0.001 * strength * noise[k]);
      });
    case 'smooth':
      return each((motion) => smoothed(motion, frames, strength));
    case 'sink':
      return each((motion) => motion.map((value, k) => (k % 3 === 1 ? value - 0.001 * strength : value)));
    case 'slide':
      return each((motion, i) => {
        const angle = random(i).uniform(0, 2 * Math.PI);
        const step = [(strength * Math.cos(angle)) / fps, 0, (strength * Math.sin(angle)) / fps];
        return motion.map((value, k) => value + Math.floor(k / FRAME_SIZE) * step[k % 3]);
      });
    case 'slow':
      return each((motion) => stretched(motion, frames, strength));
    case 'freeze':
      return each((motion) => frozen(motion, frames, LIMBS.slice(0, strength)));
    case 'meanPose': {
      const mean = meanPose(motions.joints);
      return each((motion) => towards(motion, mean, strength));
    }
    case 'swapLabels':
      return { joints: motions.joints, labels: swapped(labels, strength, random) };
    case 'collapse':
      return taken(motions, size, collapsed(labels, strength, random));
    case 'copy':
      return copied(motions, training, size, strength, random);
  }
}

/** Gaussian average over time; at the ends over the frames there are. */
function smoothed(motion: Float32Array, frames: number, sigma: number): Float32Array {
  const reach = Math.ceil(4 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - reach) / sigma) ** 2),
  );
  const out = new Float32Array(motion.length);
  for (let t = 0; t < frames; t++) {
    const from = Math.max(0, t - reach);
    const to = Math.min(frames - 1, t + reach);
    let total = 0;
    for (let s = from; s <= to; s++) total += weights[s - t + reach];
    for (let k = 0; k < FRAME_SIZE; k++) {
      let sum = 0;
      for (let s = from; s <= to; s++) sum += weights[s - t + reach] * motion[s * FRAME_SIZE + k];
      out[t * FRAME_SIZE + k] = sum / total;
    }
  }
  return out;
}

/** Frame t is frame t / times of the motion, interpolated. */
function stretched(motion: Float32Array, frames: number, times: number): Float32Array {
  const out = new Float32Array(motion.length);
  for (let t = 0; t < frames; t++) {
    const at = t / times;
    const before = Math.min(frames - 1, Math.floor(at));
    const after = Math.min(frames - 1, before + 1);
    for (let k = 0; k < FRAME_SIZE; k++) {
      const [a, b] = [motion[before * FRAME_SIZE + k], motion[after * FRAME_SIZE + k]];
      out[t * FRAME_SIZE + k] = a + (at - before) * (b - a);
    }
  }
  return out;
}

/** Turns (x, z) at `k` about y by the angle whose sine and cosine these are, from z to x. */
function turn(values: { [k: number]: number }, k: number, sine: number, cosine: number): void {
  const [x, z] = [values[k], values[k + 2]];
  values[k] = cosine * x + sine * z;
  values[k + 2] = cosine * z - sine * x;
}

/** Limbs that keep their pose of the first frame relative to where they hang and to where the body faces. */
function frozen(motion: Float32Array, frames: number, limbs: typeof LIMBS): Float32Array {
  const out = motion.slice();
  const start = facing(motion);
  for (let t = 1; t < frames; t++) {
    const at = t * FRAME_SIZE;
    const angle = facing(motion, at) - start;
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    for (const { from, joints } of limbs)
      for (const joint of joints) {
        const offset = [0, 1, 2].map((axis) => motion[3 * joint + axis] - motion[3 * from + axis]);
        turn(offset, 0, sine, cosine);
        for (let axis = 0; axis < 3; axis++)
          out[at + 3 * joint + axis] = motion[at + 3 * from + axis] + offset[axis];
      }
  }
  return out;
}

/** Mean over all frames of the joints relative to the pelvis on the floor, turned to the facing direction [22, 3]. */
function meanPose(joints: Float32Array): Float64Array {
  const mean = new Float64Array(FRAME_SIZE);
  const count = joints.length / FRAME_SIZE;
  for (let at = 0; at < joints.length; at += FRAME_SIZE) {
    const angle = -facing(joints, at);
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    for (let k = 0; k < FRAME_SIZE; k += 3) {
      const place = [joints[at + k] - joints[at], joints[at + k + 1], joints[at + k + 2] - joints[at + 2]];
      turn(place, 0, sine, cosine);
      for (let axis = 0; axis < 3; axis++) mean[k + axis] += place[axis] / count;
    }
  }
  return mean;
}

/** Each frame `share` of the way to the mean pose at its place and in its direction. */
function towards(motion: Float32Array, mean: Float64Array, share: number): Float32Array {
  const out = motion.slice();
  for (let at = 0; at < motion.length; at += FRAME_SIZE) {
    const angle = facing(motion, at);
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    for (let k = 0; k < FRAME_SIZE; k += 3) {
      const target = [mean[k], mean[k + 1], mean[k + 2]];
      turn(target, 0, sine, cosine);
      target[0] += motion[at];
      target[2] += motion[at + 2];
      for (let axis = 0; axis < 3; axis++)
        out[at + k + axis] += share * (target[axis] - motion[at + k + axis]);
    }
  }
  return out;
}

type Draw = (...key: (number | string)[]) => Random;

/** A share of the labels, at random places, replaced by another that occurs. */
function swapped(labels: Int32Array, share: number, random: Draw): Int32Array {
  const known = [...new Set(labels)].sort((a, b) => a - b);
  if (known.length < 2)
    throw new RangeError(`Expected two actions or more for labels to swap but received ${known.length}`);
  const out = labels.slice();
  for (const i of random('places')
    .permutation(labels.length)
    .subarray(0, Math.round(share * labels.length)))
    out[i] = known.filter((label) => label !== labels[i])[random('label', i).integer(known.length - 1)];
  return out;
}

/** For each motion the one that stands in its place: of each action only the first few of a random order are left. */
function collapsed(labels: Int32Array, share: number, random: Draw): Int32Array {
  const out = new Int32Array(labels.length);
  for (const label of new Set(labels)) {
    const own = [...labels.keys()].filter((i) => labels[i] === label);
    const order = [...random('order', label).permutation(own.length)].map((k) => own[k]);
    const left = Math.max(1, Math.round((1 - share) * own.length));
    order.forEach((i, k) => {
      out[i] = order[k % left];
    });
  }
  return out;
}

function taken(motions: LabelledMotions, size: number, positions: Int32Array): LabelledMotions {
  const joints = new Float32Array(motions.joints.length);
  positions.forEach((from, to) => {
    joints.set(motions.joints.subarray(from * size, (from + 1) * size), to * size);
  });
  return { joints, labels: Int32Array.from(positions, (from) => motions.labels[from]) };
}

/** A share of the motions, at random places, replaced by motions of the training set with their labels. */
function copied(
  { joints, labels }: LabelledMotions,
  training: LabelledMotions,
  size: number,
  share: number,
  random: Draw,
): LabelledMotions {
  const out = { joints: joints.slice(), labels: labels.slice() };
  for (const i of random('places')
    .permutation(labels.length)
    .subarray(0, Math.round(share * labels.length))) {
    const from = random('source', i).integer(training.labels.length);
    out.joints.set(training.joints.subarray(from * size, (from + 1) * size), i * size);
    out.labels[i] = training.labels[from];
  }
  return out;
}

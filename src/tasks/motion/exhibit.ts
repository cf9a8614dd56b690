import { writeNpy } from '../../io/npy.js';
import type { Fs } from '../../loop/fs.js';
import type { Exhibit } from '../../loop/task.js';
import { measureEach } from '../../metrics/physical.js';
import { FRAME_SIZE } from '../../motion/motion.js';
import { JOINT_COUNT } from '../../motion/skeleton.js';
import { jointsOf, type MotionSamples, motionAt } from './samples.js';
import { FPS } from './windows.js';

/** One entry of samples.json; see `loop/layout.ts`. */
interface ExhibitedMotion {
  role: 'best' | 'median' | 'worst' | 'prompt';
  stage: 'evaluation' | 'before' | 'after' | 'real';
  item: number;
  label: string;
  caption: string;
  measures: { penetrate: number; float: number; skate: number; physErr: number; jerk: number };
  status?: string;
  residualForce?: number;
}

/** A set to show from: its joints, and the set it is ranked by when that is another one. */
interface Shown {
  stage: ExhibitedMotion['stage'];
  samples: MotionSamples;
  rankedBy?: MotionSamples;
  captions?: readonly string[];
}

/** How many items every generation of every arm shows. */
const PROMPTS = 4;

/**
 * The items that are shown in every generation: the first of each action in turn, so that four prompts are four actions where there
 * are as many. Items are asked for in the same order in every evaluation, so these depend on the seed alone.
 * @param labels action of each sample of an evaluation
 */
export function promptItems(labels: ArrayLike<number>): number[] {
  const items = Array.from({ length: labels.length }, (_, i) => i);
  const seen = new Set<number>();
  const first = items.filter((i) => !seen.has(labels[i]) && seen.add(labels[i]));
  const rest = items.filter((i) => !first.includes(i));
  return [...first, ...rest].slice(0, PROMPTS).sort((a, b) => a - b);
}

/** Writes samples.npy and samples.json: the best, the median and the worst motion of each stage by phys-err, and the prompts. */
export async function writeExhibit(
  exhibit: Exhibit<MotionSamples>,
  real: { samples: MotionSamples; captions: readonly string[] } | undefined,
  classes: readonly string[],
  directory: string,
  fs: Fs,
): Promise<void> {
  const sets: Shown[] = [{ stage: 'evaluation', samples: exhibit.evaluation }];
  if (exhibit.corrected) {
    const { before, after } = exhibit.corrected;
    sets.push({ stage: 'before', samples: before }, { stage: 'after', samples: after, rankedBy: before });
  }
  if (real) sets.push({ stage: 'real', ...real });
  const prompts = promptItems(exhibit.evaluation.labels);
  const shown: { motion: ExhibitedMotion; joints: Float32Array }[] = [];
  const asked: typeof shown = [];
  for (const { stage, samples, rankedBy = samples, captions } of sets) {
    const { frames, labels, corrections } = samples;
    const all = jointsOf(samples);
    const measured = measureEach(all, frames, FPS);
    const rank = measureEach(jointsOf(rankedBy), frames, FPS).map(({ physErr }) => physErr);
    const order = [...rank.keys()].sort((a, b) => rank[a] - rank[b] || a - b);
    const entry = (role: ExhibitedMotion['role'], item: number): (typeof shown)[number] => {
      const { penetrate, float, skate, physErr, jerk } = measured[item];
      const label = classes[labels[item]];
      const motion = {
        role,
        stage,
        item,
        label,
        caption: captions?.[item] ?? label,
        measures: { penetrate, float, skate, physErr, jerk },
        ...corrections?.[item],
      };
      return { motion, joints: motionAt(all, frames, item) };
    };
    shown.push(
      entry('best', order[0]),
      entry('median', order[order.length >> 1]),
      entry('worst', order[order.length - 1]),
    );
    if (stage === 'evaluation' || stage === 'real')
      for (const item of prompts) if (item < order.length) asked.push(entry('prompt', item));
  }
  shown.push(...asked);
  const motions = shown.map(({ motion }) => motion);
  const joints = shown.map((one) => one.joints);
  const { frames } = exhibit.evaluation;
  const packed = new Float32Array(joints.length * frames * FRAME_SIZE);
  joints.forEach((motion, i) => {
    packed.set(motion, i * motion.length);
  });
  await fs.write(`${directory}/samples.npy`, writeNpy([joints.length, frames, JOINT_COUNT, 3], packed));
  await fs.write(
    `${directory}/samples.json`,
    Buffer.from(`${JSON.stringify({ fps: FPS, motions }, null, 1)}\n`),
  );
}

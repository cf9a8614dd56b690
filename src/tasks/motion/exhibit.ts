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
  role: 'best' | 'median' | 'worst';
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

/** Writes samples.npy and samples.json: the best, the median and the worst motion of each stage by phys-err. */
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
  const motions: ExhibitedMotion[] = [];
  const joints: Float32Array[] = [];
  for (const { stage, samples, rankedBy = samples, captions } of sets) {
    const { frames, labels, corrections } = samples;
    const all = jointsOf(samples);
    const measured = measureEach(all, frames, FPS);
    const rank = measureEach(jointsOf(rankedBy), frames, FPS).map(({ physErr }) => physErr);
    const order = [...rank.keys()].sort((a, b) => rank[a] - rank[b] || a - b);
    for (const [role, place] of [
      ['best', 0],
      ['median', order.length >> 1],
      ['worst', order.length - 1],
    ] as const) {
      const item = order[place];
      const { penetrate, float, skate, physErr, jerk } = measured[item];
      const label = classes[labels[item]];
      motions.push({
        role,
        stage,
        item,
        label,
        caption: captions?.[item] ?? label,
        measures: { penetrate, float, skate, physErr, jerk },
        ...corrections?.[item],
      });
      joints.push(motionAt(all, frames, item));
    }
  }
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

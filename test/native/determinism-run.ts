// What determinism.test.ts compares, run in a process of its own where an environment variable is to be tried. Prints, as
// JSON, the digest of every motion of every job.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type CorrectOptions, correctBatch, proceduralMotions } from '../../src/index.js';
import { Random } from '../../src/random/random.js';

/** Options of each kind of job. Without outside help several motions are lost at first, and helped, or sampled. */
export const JOBS: Record<string, CorrectOptions> = {
  clip: { preset: 'clip' },
  loop: { preset: 'loop' },
  ladder: { preset: 'clip', assist: { force: 0, torque: 0 } },
  sampling: { preset: 'clip', assist: { force: 0, torque: 0 }, sampling: { samples: 20, keep: 5 }, seed: 1 },
};

/** 100 built-in motions of 2 to 4 s, every other one damaged: trembling by 3 cm, or drifting and sunk. */
export const motions = proceduralMotions({ count: 100, seed: 3, seconds: [2, 4] }).map(({ joints }, i) => {
  const random = new Random(3, 'damage', i);
  if (i % 4 === 1) return { joints: joints.map((value) => value + 0.06 * (random.uniform() - 0.5)) };
  if (i % 4 === 3) return { joints: joints.map((value, k) => value + [k * 1e-5, -0.08, 0][k % 3]) };
  return { joints };
});

/** The part of the motions that a job takes: sampling is slow. */
export const inputsOf = (job: string) => (job === 'sampling' ? motions.slice(0, 12) : motions);

/** Of each motion: joints, contact labels and everything that the report says. */
export async function digests(
  inputs: { joints: Float32Array }[],
  options: CorrectOptions,
): Promise<string[]> {
  const { motions: out, reports } = await correctBatch(inputs, options);
  return out.map(({ joints, contacts }, i) =>
    createHash('sha256')
      .update(new Uint8Array(joints.buffer, joints.byteOffset, joints.byteLength))
      .update(contacts)
      .update(JSON.stringify(reports[i]))
      .digest('hex'),
  );
}

/** One digest of many. */
export const together = (list: string[]): string =>
  createHash('sha256').update(list.join()).digest('hex').slice(0, 16);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result: Record<string, string[]> = {};
  for (const job of Object.keys(JOBS)) result[job] = await digests(inputsOf(job), JOBS[job]);
  console.log(JSON.stringify(result));
}

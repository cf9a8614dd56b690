import { asDataset, folderDataset, loadFolder, type MotionDataset } from '../data/index.js';
import { proceduralMotions } from '../data/procedural/index.js';
import { UsageError } from './errors.js';
import type { Progress } from './progress.js';

/** Labels with fewer training clips are pooled: a class needs a few to be learned and judged. */
const MINIMUM_PER_CLASS = 4;
/** Clips of the built-in set, and the shares of it that are held out: the reference of FID needs many windows. */
const BUILT_IN_CLIPS = 320;
const BUILT_IN_SHARES = { val: 0.05, test: 0.3 };

/** The motions of a loop: a folder of the user's, or the built-in set. What could not be read is said, never silently lost. */
export async function loopData(
  dir: string | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<MotionDataset> {
  if (dir === undefined) {
    const motions = proceduralMotions({ count: BUILT_IN_CLIPS });
    progress.log(`Data: the built-in set of ${motions.length} clips`, {
      event: 'data',
      clips: motions.length,
    });
    return asDataset(motions, { shares: BUILT_IN_SHARES, minimumPerClass: MINIMUM_PER_CLASS });
  }
  const folder = await loadFolder(dir, { signal });
  progress.log(`Data: ${folder.summary}`, {
    event: 'data',
    clips: folder.motions.length,
    skipped: folder.skipped,
  });
  if (folder.motions.length === 0)
    throw new UsageError(
      `Expected a folder with motions (npy, BVH, AMASS npz, HumanML3D) for --data but received ${dir}`,
    );
  return folderDataset(folder, { minimumPerClass: MINIMUM_PER_CLASS });
}

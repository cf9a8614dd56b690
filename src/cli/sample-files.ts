import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toBvh } from '../data/index.js';
import { writeBvh } from '../io/bvh.js';
import { writeNpy } from '../io/npy.js';
import { JOINT_COUNT } from '../motion/skeleton.js';

/** A motion drawn from a model. */
export interface DrawnMotion {
  /** Name of its files. */
  id: string;
  /** [frames, 22, 3] m. */
  joints: Float32Array;
  /** What it was asked to be; '' if nothing. */
  prompt: string;
  action?: string;
  /** Number of the sample under its seed: it and the seed give the motion. */
  index: number;
  /** More for the manifest. */
  more?: Record<string, unknown>;
}

/**
 * Writes motions into a folder: `joints/ID.npy` [frames, 22, 3], `bvh/ID.bvh`, and `manifest.json`, which lists them with
 * prompt, seed and length. The folder is a data set: `--data` reads it.
 */
export async function writeDrawn(
  folder: string,
  motions: readonly DrawnMotion[],
  about: { fps: number; seed: number; [name: string]: unknown },
): Promise<void> {
  await mkdir(join(folder, 'joints'), { recursive: true });
  await mkdir(join(folder, 'bvh'), { recursive: true });
  const clips = [];
  for (const { id, joints, prompt, action, index, more } of motions) {
    const frames = joints.length / (3 * JOINT_COUNT);
    const [file, bvh] = [`joints/${id}.npy`, `bvh/${id}.bvh`];
    await writeFile(join(folder, file), writeNpy([frames, JOINT_COUNT, 3], joints));
    await writeFile(join(folder, bvh), writeBvh(toBvh(joints, about.fps)));
    clips.push({
      id,
      file,
      bvh,
      ...(prompt ? { caption: prompt } : {}),
      ...(action ? { action } : {}),
      seed: about.seed,
      index,
      frames,
      fps: about.fps,
      seconds: frames / about.fps,
      ...more,
    });
  }
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify({ ...about, clips }, null, 1)}\n`);
}

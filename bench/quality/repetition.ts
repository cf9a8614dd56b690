/** What correcting again does to what has been corrected. */
import { correctBatch } from '../../src/index.js';
import { FPS } from './clips.js';
import { mean, meanDistance, type Preset } from './measures.js';

export interface Repetition {
  n: number;
  /** Mean distance [mm] of the motions corrected 2 and 4 times to those corrected once: relative to the pelvis, and in the world. */
  twice: { relative: number; world: number };
  fourTimes: { relative: number; world: number };
}

/** Corrects motions four times over. */
export async function repeat(
  inputs: readonly Float32Array[],
  preset: Preset,
): Promise<{ passes: Float32Array[][]; repetition: Repetition }> {
  const passes: Float32Array[][] = [];
  for (let pass = 0; pass < 4; pass++) {
    const from = passes.at(-1) ?? inputs;
    const { motions } = await correctBatch(
      from.map((joints) => ({ joints })),
      { fps: FPS, preset },
    );
    passes.push(motions.map(({ joints }) => joints));
  }
  const moved = (pass: number, relative: boolean) =>
    mean(passes[pass].map((joints, i) => meanDistance(joints, passes[0][i], relative)));
  const distances = (pass: number) => ({ relative: moved(pass, true), world: moved(pass, false) });
  return { passes, repetition: { n: inputs.length, twice: distances(1), fourTimes: distances(3) } };
}

/**
 * Real motion without any outside help (assist 0 body weights, 0 N m): how much of it the simulated body can do on its own,
 * with one simulation and with sampling. Nobody tunes on the test split: the constants of the search were found on the training
 * split.
 */
import { correctBatch, type SamplingOptions } from '../../src/index.js';
import { type Clip, FPS } from './clips.js';
import { mean, meanDistance } from './measures.js';

/** The ways of tracking, from plain to the best there is. */
export const WAYS: Readonly<Record<string, SamplingOptions | undefined>> = {
  'one simulation': undefined,
  '32 samples': { samples: 32, lookahead: 0 },
  '128 samples': { samples: 128, lookahead: 0 },
  '32, looking 0.4 s ahead': { samples: 32 },
  '128, looking 0.6 s ahead': { samples: 128, lookahead: 0.6 },
};

export interface Alone {
  /** By action, split (`split train`, ...) and `all`: motions, and those tracked without help in each way. */
  groups: Record<string, { n: number; tracked: number[] }>;
  /** Of the motions tracked, by way: relative to the pelvis, to the input, mm; mm per frame; after over before. */
  ways: { error: number; skate: number; penetrate: number; jerkRatio: number }[];
}

export async function measureAlone(clips: readonly Clip[]): Promise<Alone> {
  const groups: Alone['groups'] = {};
  const ways: Alone['ways'] = [];
  const names = Object.values(WAYS);
  for (const [way, sampling] of names.entries()) {
    const { motions, reports } = await correctBatch(
      clips.map(({ joints }) => ({ joints })),
      { fps: FPS, assist: { force: 0, torque: 0 }, ...(sampling ? { sampling } : {}) },
    );
    const tracked = clips.flatMap((clip, i) => {
      const ok = reports[i].status === 'ok';
      for (const group of [clip.action, `split ${clip.split}`, 'all']) {
        groups[group] ??= { n: 0, tracked: names.map(() => 0) };
        if (way === 0) groups[group].n++;
        if (ok) groups[group].tracked[way]++;
      }
      return ok ? [i] : [];
    });
    const sum = (of: (i: number) => number) => tracked.reduce((total, i) => total + of(i), 0);
    ways.push({
      error: mean(tracked.map((i) => meanDistance(motions[i].joints, clips[i].joints, true))),
      skate: mean(tracked.map((i) => reports[i].after.skate)),
      penetrate: mean(tracked.map((i) => reports[i].after.penetrate)),
      jerkRatio: sum((i) => reports[i].after.jerk) / sum((i) => reports[i].before.jerk),
    });
  }
  return { groups, ways };
}

/**
 * What the ways of correcting do to a distribution: a loop trains on what comes back, again and again, so a corrector has to leave real motion
 * alone and bring generated motion nearer to it. Frechet distances of 24 principal components of 220 kinetic features, all at
 * equal counts on both sides of an arrow.
 */
import { type CorrectionReport, type CorrectOptions, correctBatch } from '../../src/index.js';
import { measure } from '../../src/motion/measure.js';
import { type Clip, FPS } from './clips.js';
import { CORRUPTIONS, corrupt } from './corruptions.js';
import { mean, meanDistance } from './measures.js';
import { derivatives, distance, FeatureSpace, WINDOW, windowsOf } from './shift.js';

/** What comes back of one motion. */
type Verdict = (motion: {
  before: Float32Array;
  after: Float32Array;
  report: CorrectionReport;
}) => 'after' | 'before' | 'none';

interface Way {
  options: CorrectOptions;
  /** Default: always the correction, which is the cleaned motion where no rung can track it. */
  verdict?: Verdict;
}

const failed = ({ status }: CorrectionReport): boolean => status === 'failed' || status === 'rejected';
/** More help than any body asks for: the ghost forces of the official code. */
const UNBOUNDED = { force: 100, torque: 100_000 };

/** Ways to correct: the loop's own first, then what each of its choices is worth. */
export const WAYS: Readonly<Record<string, Way>> = {
  loop: { options: { preset: 'loop' } },
  'cleaned, not simulated': { options: { preset: 'loop', simulate: false } },
  're-rooted': { options: { preset: 'loop', keepPath: false } },
  'preset clip (low pass, re-rooted, lower swing)': { options: { preset: 'clip' } },
  'preset clip, path kept': { options: { preset: 'clip', keepPath: true } },
  'caps 1 BW from the first rung': { options: { preset: 'loop', assist: { force: 1 } } },
  'caps 0.25 BW on the first rung': { options: { preset: 'loop', assist: { force: 0.25 } } },
  '120 steps a second': { options: { preset: 'loop', rate: 120 } },
  'sampling 16': { options: { preset: 'loop', sampling: { samples: 16, lookahead: 0.2 } } },
  'failed: as it came': {
    options: { preset: 'loop' },
    verdict: ({ report }) => (failed(report) ? 'before' : 'after'),
  },
  'failed: left out': {
    options: { preset: 'loop' },
    verdict: ({ report }) => (failed(report) ? 'none' : 'after'),
  },
  'assisted or failed: left out': {
    options: { preset: 'loop' },
    verdict: ({ report }) => (report.status === 'ok' ? 'after' : 'none'),
  },
  'only if phys-err falls': {
    options: { preset: 'loop' },
    verdict: ({ report }) => (report.after.physErr < report.before.physErr ? 'after' : 'before'),
  },
  'official (1.5 x too fast, ghost forces)': {
    options: { preset: 'loop', fps: 1.5 * FPS, assist: UNBOUNDED },
  },
};

/** What one way did to one set of motions. */
export interface Shift {
  /** Of those that came back. */
  n: number;
  /** Shares of all: tracked within the first rung, on a higher one, not at all; left out. */
  ok: number;
  assisted: number;
  failed: number;
  leftOut: number;
  /** Frechet distance to the real windows, before and after; before counts those that came back. */
  fidBefore: number;
  fidAfter: number;
  physErrBefore: number;
  physErrAfter: number;
  /** Medians over all joints and frames, after / before. */
  jerkRatio: number;
  /** Mean speed of the pelvis, after / before. */
  speedRatio: number;
  /** Mean distance to the motion that came, relative to the pelvis [mm]. */
  moved: number;
  /** Outside force, body weights. */
  residual: number;
}

export interface WayResult {
  /** Real test windows to themselves: corrected once, and four times over. */
  real: Shift & { fidFourTimes: number; jerkFourTimes: number };
  /** The same windows, each under a known damage. */
  damaged: Shift;
  /** Generated motions, where there are some. */
  generated?: Shift;
}

export interface Bias {
  counts: { real: number; damaged: number; generated: number };
  ways: Record<string, WayResult>;
}

interface Outcome {
  before: Float32Array[];
  after: Float32Array[];
  reports: readonly CorrectionReport[];
}

async function corrected(
  motions: readonly Float32Array[],
  { options, verdict = () => 'after' }: Way,
): Promise<Outcome> {
  const { motions: made, reports } = await correctBatch(
    motions.map((joints) => ({ joints })),
    { fps: FPS, ...options },
  );
  const result: Outcome = { before: [], after: [], reports };
  motions.forEach((before, i) => {
    const after = made[i].joints;
    const what = verdict({ before, after, report: reports[i] });
    if (what === 'none') return;
    result.before.push(before);
    result.after.push(what === 'after' ? after : before);
  });
  return result;
}

/**
 * @param clips real motion, the test split of which is corrected
 * @param generated motions of 3 s or more, the first 3 s of which count
 * @param names which of {@link WAYS}; default all
 */
export async function measureBias(
  clips: readonly Clip[],
  generated: readonly Float32Array[],
  names: readonly string[] = Object.keys(WAYS),
): Promise<Bias> {
  const space = FeatureSpace.fit(clips);
  const real = windowsOf(clips, 'test', WINDOW);
  const damaged = real.map((joints, i) => corrupt(joints, CORRUPTIONS[i % CORRUPTIONS.length], FPS, i));
  const original = space.moments(real);
  const size = real[0].length;
  const samples = generated.filter(({ length }) => length >= size).map((joints) => joints.slice(0, size));
  const fid = (motions: readonly Float32Array[]): number => distance(space.moments(motions), original);
  const jerk = (motions: readonly Float32Array[]): number => derivatives(motions).jerk[2];
  const shift = ({ before, after, reports }: Outcome): Shift => {
    const share = (status: CorrectionReport['status']): number =>
      reports.filter((report) => report.status === status).length / reports.length;
    const [a, b] = [before, after].map((motions) => motions.map((joints) => measure(joints, FPS)));
    const speed = (measured: typeof a): number => mean(measured.map(({ rootSpeed }) => rootSpeed));
    return {
      n: after.length,
      ok: share('ok'),
      assisted: share('assisted'),
      failed: share('failed') + share('rejected'),
      leftOut: 1 - after.length / reports.length,
      fidBefore: fid(before),
      fidAfter: fid(after),
      physErrBefore: mean(a.map(({ physErr }) => physErr)),
      physErrAfter: mean(b.map(({ physErr }) => physErr)),
      jerkRatio: jerk(after) / jerk(before),
      speedRatio: speed(b) / speed(a),
      moved: mean(after.map((joints, i) => meanDistance(joints, before[i], true))),
      residual: mean(reports.map(({ residualForce }) => residualForce.mean)),
    };
  };
  const ways: Bias['ways'] = {};
  for (const name of names) {
    const way = WAYS[name];
    const once = await corrected(real, way);
    let again = once;
    for (let pass = 1; pass < 4; pass++) again = await corrected(again.after, way);
    ways[name] = {
      real: {
        ...shift(once),
        fidFourTimes: fid(again.after),
        jerkFourTimes: jerk(again.after) / jerk(real),
      },
      damaged: shift(await corrected(damaged, way)),
      ...(samples.length > 1 ? { generated: shift(await corrected(samples, way)) } : {}),
    };
  }
  return { counts: { real: real.length, damaged: damaged.length, generated: samples.length }, ways };
}

/** Everything that `npm run quality` measures, as one record. */
import { type Bar, bars, isValid } from './bars.js';
import { type Clip, readClips, readSamples, type Sample } from './clips.js';
import { correctSamples, PRESETS, type Preset, type Summary, summarise, summariseBy } from './measures.js';
import { type Repetition, repeat } from './repetition.js';
import { type Derivatives, derivatives, distance, FeatureSpace, WINDOW, windowsOf } from './shift.js';

/** Frechet distances before and after, at equal counts. */
export interface FrechetShift {
  /** Real test windows corrected 1, 2 and 4 times, to the very same windows uncorrected. */
  real: {
    n: number;
    once: number;
    twice: number;
    fourTimes: number;
    jerkOnce: number;
    jerkFourTimes: number;
  };
  /** Generated samples to all real test windows. */
  generated: { n: number; before: number; after: number };
}

export interface PresetResult {
  kinds: Record<string, Summary>;
  /** Real clips. */
  actions: Record<string, Summary>;
  /** Real clips that are valid already: all, and by action. */
  valid: Record<string, Summary>;
  repetition: { real: Repetition; generated: Repetition };
  derivatives: Record<'real' | 'generated', { before: Derivatives; after: Derivatives }>;
  frechet: FrechetShift;
}

export interface QualityResult {
  presets: Record<Preset, PresetResult>;
  bars: Bar[];
}

export async function evaluate(root: string): Promise<QualityResult> {
  const clips = readClips(root);
  const samples = readSamples(root, clips);
  const space = FeatureSpace.fit(clips);
  const results = {} as Record<Preset, PresetResult>;
  const all: Bar[] = [];
  for (const preset of PRESETS) {
    const { rows, motions } = await correctSamples(samples, { preset });
    const generated = jointsOf(samples, 'generated');
    const test = clips.filter(({ split }) => split === 'test').map(({ joints }) => joints);
    const repetition = {
      real: (await repeat(test, preset)).repetition,
      generated: (await repeat(generated, preset)).repetition,
    };
    const shift = (kind: string) => ({
      before: derivatives(jointsOf(samples, kind)),
      after: derivatives(motions.filter((_, i) => samples[i].kind === kind)),
    });
    const valid = rows.filter(isValid);
    results[preset] = {
      kinds: summariseBy(rows, 'kind'),
      actions: summariseBy(
        rows.filter(({ kind }) => kind === 'real'),
        'action',
      ),
      valid: { all: summarise(valid), ...summariseBy(valid, 'action') },
      repetition,
      derivatives: { real: shift('real'), generated: shift('generated') },
      frechet: await frechet(space, clips, samples, motions, preset),
    };
    all.push(...bars({ preset, rows, repetition }));
  }
  return { presets: results, bars: all };
}

const jointsOf = (samples: readonly Sample[], kind: string): Float32Array[] =>
  samples.filter((sample) => sample.kind === kind).map(({ joints }) => joints);

async function frechet(
  space: FeatureSpace,
  clips: readonly Clip[],
  samples: readonly Sample[],
  motions: readonly Float32Array[],
  preset: Preset,
): Promise<FrechetShift> {
  const windows = windowsOf(clips, 'test', WINDOW);
  const { passes } = await repeat(windows, preset);
  const original = space.moments(windows);
  const to = (pass: number) => distance(space.moments(passes[pass]), original);
  const size = windows[0].length;
  const long = (joints: Float32Array) => joints.length >= size;
  const before = jointsOf(samples, 'generated').filter(long);
  const after = motions.filter((joints, i) => samples[i].kind === 'generated' && long(joints));
  const jerk = (set: readonly Float32Array[]) => derivatives(set).jerk[2];
  return {
    real: {
      n: windows.length,
      once: to(0),
      twice: to(1),
      fourTimes: to(3),
      jerkOnce: jerk(passes[0]) / jerk(windows),
      jerkFourTimes: jerk(passes[3]) / jerk(windows),
    },
    generated: {
      n: before.length,
      before: distance(space.moments(before), original),
      after: distance(space.moments(after), original),
    },
  };
}

/** The numbers the corrector has to reach, and whether it does. */
import type { Preset, Row, Summary } from './measures.js';
import { summarise, summariseBy } from './measures.js';
import type { Repetition } from './repetition.js';

export interface Bar {
  /** What is measured, on which motions. */
  of: string;
  what: string;
  preset: Preset;
  limit: string;
  value: number;
  pass: boolean;
}

export interface Evidence {
  preset: Preset;
  rows: readonly Row[];
  /** Real test clips and generated samples, corrected again. */
  repetition: { real: Repetition; generated: Repetition };
}

const STANDING = ['walk', 'turn', 'idle'];
/** A foot that slides further than this while it is planted is not planted [mm per frame]: the bar of clean clips. */
const VALID_SLIP = 4;

/** Clips that an action needs for a bar of its own ratios: fewer are decided by one of them. */
export const ENOUGH = 10;

/**
 * Real clips that are valid already: nothing to take away but what a corrector adds. Capture noise in planted feet, seen by
 * most clips of the CMU set, is no motion of a foot that stands; who sits lacks the stool in the data.
 */
export const isValid = (row: Row): boolean =>
  row.kind === 'real' && row.action !== 'sit' && row.slip <= VALID_SLIP && row.before.penetrate <= 0.5;

/**
 * Every bar of one preset. Bars of clean motion are asked of both; those of damaged motion of `clip`, which repairs; those of
 * least bias of `loop`, which adds none.
 */
export function bars({ preset, rows, repetition }: Evidence): Bar[] {
  const result: Bar[] = [];
  const add = (of: string, what: string, value: number, low: number, high: number, unit: string) => {
    const limit =
      low === -Infinity
        ? `≤ ${high}${unit}`
        : high === Infinity
          ? `≥ ${low}${unit}`
          : `${low} to ${high}${unit}`;
    result.push({ of, what, preset, limit, value, pass: value >= low && value <= high });
  };
  const atMost = (of: string, what: string, value: number, high: number, unit = '') =>
    add(of, what, value, -Infinity, high, unit);
  const atLeast = (of: string, what: string, value: number, low: number, unit = '') =>
    add(of, what, value, low, Infinity, unit);
  const group = (keep: (row: Row) => boolean): Summary => summarise(rows.filter(keep));
  const repair = (of: string, summary: Summary, limits: RepairLimits) => {
    atLeast(of, 'success', 100 * summary.ok, limits.success, ' %');
    atMost(of, 'error', summary.truthAfter ?? Number.NaN, limits.error, ' mm');
    atMost(of, 'skate', summary.after.skate, limits.skate, ' mm/frame');
    atMost(of, 'penetrate', summary.after.penetrate, 0.5, ' mm');
    atMost(of, 'residual', summary.residual, limits.residual, ' BW');
    if (limits.support) atMost(of, 'support', 100 * summary.support, limits.support, ' %');
  };

  const real = group(({ kind }) => kind === 'real');
  repair(
    'clean walk, turn, stand',
    group(({ kind, action }) => kind === 'real' && STANDING.includes(action)),
    { success: 100, error: 30, skate: 4, residual: 0.25, support: 3 },
  );
  repair('all real clips', real, { success: 95, error: 40, skate: 5, residual: 0.3 });
  if (preset === 'clip')
    repair(
      'walks, mix',
      group(({ kind, action }) => kind === 'mix' && action === 'walk'),
      { success: 100, error: 35, skate: 5, residual: 0.3, support: 5 },
    );
  if (preset === 'clip') {
    for (const kind of ['sink', 'float']) {
      const summary = group((row) => row.kind === kind);
      const of = `all clips, ${kind} 5 cm`;
      atMost(of, 'penetrate', summary.after.penetrate, 0.5, ' mm');
      atMost(of, 'float over clean', summary.after.float - real.after.float, 1, ' mm');
      const other = Math.abs((summary.truthAfter ?? Number.NaN) - (real.truthAfter ?? Number.NaN));
      atMost(of, 'error against clean', other, 1, ' mm');
    }
    const jitter = group(({ kind }) => kind === 'jitter');
    atMost('all clips, jitter 15 mm', 'jerk', 100 * (jitter.jerkRatio - 1), -80, ' %');
    atLeast('all clips, jitter 15 mm', 'success', 100 * jitter.ok, 90, ' %');
  }
  const returned = rows.filter(
    ({ finite, status }) => finite && status !== 'aborted' && status !== 'rejected',
  );
  atLeast('everything', 'returned, finite', (100 * returned.length) / rows.length, 100, ' %');
  atMost('all real clips', 'moved', real.toInput, 10, ' mm');
  if (preset === 'clip') return result;

  for (const [action, limit] of [
    ['walk', 10],
    ['idle', 10],
    ['wave', 10],
    ['dance', 25],
  ] as const)
    atMost(
      `real ${action}`,
      'moved',
      group((row) => row.kind === 'real' && row.action === action).toInput,
      limit,
      ' mm',
    );
  atMost('all valid clips', 'moved', group(isValid).toInput, 10, ' mm');
  const valid = rows.filter(isValid);
  for (const [action, summary] of [
    ['all', summarise(valid)] as const,
    ...Object.entries(summariseBy(valid, 'action')).filter(([, { n }]) => n >= ENOUGH),
  ]) {
    const of = `valid ${action} (${summary.n})`;
    add(of, 'root speed ratio', summary.speedRatio, 0.97, 1.03, '');
    add(of, 'jerk ratio', summary.jerkRatio, 0.97, 1.03, '');
  }
  for (const [of, { twice, fourTimes }] of [
    ['real test clips', repetition.real],
    ['generated samples', repetition.generated],
  ] as const) {
    atMost(of, 'twice against once', twice.relative, 3, ' mm');
    atMost(of, '4 times against once', fourTimes.relative, 5, ' mm');
  }
  return result;
}

interface RepairLimits {
  success: number;
  error: number;
  skate: number;
  residual: number;
  support?: number;
}

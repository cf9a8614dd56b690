import { DAMAGES, type DamageName } from '../../../metrics/damage.js';
import type { DamageRow } from './damage-table.js';

/** What a kind of damage must do to metrics: with every strength more than with the one before. */
export interface Expectation {
  rises?: readonly string[];
  falls?: readonly string[];
  /** Metrics that it must leave exactly as they are. */
  stays?: readonly string[];
}

const POSES = ['penetrate', 'float', 'skate', 'physErr', 'jerk', 'skateRatio', 'boneDeviation', 'speed'];
const SETS = ['fid', 'diversity', 'precision', 'recall', 'coverage', 'nearest', 'memorisation'];
const LEARNED_SETS = [
  'embeddingFid',
  'embeddingDiversity',
  'embeddingPrecision',
  'embeddingRecall',
  'embeddingCoverage',
];
const CONDITION = ['accuracy', 'rPrecision1', 'rPrecision2', 'rPrecision3'];

/**
 * The metrics that claim to see a kind of damage, and some that must not. What is not listed may do anything. The learned embedding, for
 * one, hardly sees jitter or smoothing of a size that ruins jerk; memorisation falls in smooth motion without a copy; and phys-err may fall
 * at first where a motion that floats sinks; a small sink leaves it within the fifth neighbour's distance.
 */
export const EXPECTATIONS: Readonly<Record<DamageName, Expectation>> = {
  jitter: {
    rises: ['fid', 'jerk', 'boneDeviation', 'penetrate', 'nearest'],
    falls: ['precision', 'recall', 'coverage'],
  },
  smooth: { rises: ['fid', 'boneDeviation'], falls: ['recall', 'coverage', 'jerk', 'speed'] },
  sink: {
    rises: ['fid', 'penetrate', 'nearest'],
    falls: ['precision', 'recall'],
    stays: ['jerk', 'boneDeviation', 'speed'],
  },
  slide: {
    rises: ['fid', 'skate', 'physErr', 'skateRatio', 'speed'],
    stays: ['penetrate', 'float'],
  },
  slow: { rises: ['fid', 'nearest'], falls: ['precision', 'recall', 'coverage', 'speed'] },
  freeze: { rises: ['fid', 'nearest'], falls: ['precision', 'recall', 'coverage', 'jerk'], stays: ['speed'] },
  meanPose: {
    rises: ['fid'],
    falls: [
      'recall',
      'coverage',
      'diversity',
      'withinDiversity',
      'embeddingDiversity',
      'embeddingRecall',
      'memorisation',
    ],
  },
  swapLabels: {
    rises: ['matching'],
    falls: CONDITION,
    stays: [...SETS, ...LEARNED_SETS, ...POSES],
  },
  collapse: {
    rises: ['fid'],
    falls: ['recall', 'coverage', 'withinDiversity', 'multimodality', 'embeddingRecall', 'embeddingCoverage'],
  },
  copy: { falls: ['memorisation', 'nearest', 'recall', 'coverage', 'embeddingRecall', 'embeddingCoverage'] },
};

/** Differences below this count as equal: the last bits of sums in another order. */
const EQUAL = 1e-6;

/** Rows of one kind of damage, by strength, that contradict what is expected of it, in words; a metric may rest where it has reached its end. */
export function contradictions(rows: readonly DamageRow[]): string[] {
  const messages: string[] = [];
  for (const name of Object.keys(DAMAGES) as DamageName[]) {
    const own = rows.filter(({ damage }) => damage === name).sort((a, b) => a.strength - b.strength);
    if (own.length === 0) continue;
    const { rises = [], falls = [], stays = [] } = EXPECTATIONS[name];
    const check = (metric: string, way: 'rise' | 'fall' | 'stay'): void => {
      const values = own.map(({ metrics }) => metrics[metric]);
      const sign = way === 'rise' ? 1 : -1;
      const ordered = values.every((value, i) => {
        if (i === 0) return true;
        const step = value - values[i - 1];
        return way === 'stay'
          ? Math.abs(step) <= EQUAL * Math.max(1, Math.abs(value))
          : sign * step >= -EQUAL;
      });
      const moved = sign * (values[values.length - 1] - values[0]) > EQUAL;
      if (!ordered || (way !== 'stay' && !moved))
        messages.push(
          `Expected ${metric} to ${way} under ${name} but received ${values.map((value) => Number(value.toPrecision(4))).join(', ')}`,
        );
    };
    for (const metric of rises) check(metric, 'rise');
    for (const metric of falls) check(metric, 'fall');
    for (const metric of stays) check(metric, 'stay');
  }
  return messages;
}

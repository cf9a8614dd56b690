import type { Row } from '../loop/index.js';
import { format, renderTable } from './table.js';

const METRICS = [
  ['fid', 'FID'],
  ['recall', 'recall'],
  ['diversity', 'diversity'],
  ['withinDiversity', 'within an action'],
  ['jerk', 'jerk m/s3'],
  ['physErr', 'phys-err mm'],
] as const;

const of = <K extends Row['kind']>(rows: Row[], kind: K) =>
  rows.filter((row): row is Extract<Row, { kind: K }> => row.kind === kind);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * What a run ended with: each arm's last generation (mean over seeds) under the real-against-real floor and generation 0 with
 * the noise of one evaluation, and the slope of FID per generation with its 95 % interval.
 */
export function summaryTable(rows: Row[]): string {
  // Generations between two evaluations have no metrics.
  const generations = of(rows, 'generation').filter(({ metrics }) => Number.isFinite(metrics?.fid));
  const line = (
    name: string,
    metrics: Record<string, number>[],
    slope = '',
    spread?: Record<string, number>[],
  ) => [
    name,
    ...METRICS.map(([key]) => {
      const value = format(mean(metrics.map((entry) => entry[key])));
      return spread ? `${value} ± ${format(mean(spread.map((entry) => entry[key])))}` : value;
    }),
    slope,
  ];
  const floors = of(rows, 'floor');
  const noises = of(rows, 'noise');
  const table = [
    line(
      'real against real',
      floors.map((row) => row.metrics),
      '',
      floors.map((row) => row.spread),
    ),
    line(
      'generation 0',
      noises.map((row) => row.metrics),
      '',
      noises.map((row) => row.spread),
    ),
  ];
  for (const arm of new Set(generations.flatMap((row) => row.arm ?? []))) {
    // Of an unfinished run each arm, in all its seeds, may have come to another generation.
    const own = generations.filter((row) => row.arm === arm);
    const last = Math.max(...own.map((row) => row.generation));
    const slopes = of(rows, 'summary').filter((row) => row.arm === arm && row.metric === 'fid');
    const slope = slopes.find((row) => row.seed === null) ?? slopes[0];
    table.push(
      line(
        `${arm}, generation ${last}`,
        own.filter((row) => row.generation === last).map((row) => row.metrics),
        slope ? `${format(slope.slope)} [${slope.interval.map(format).join(', ')}]` : '',
      ),
    );
  }
  return renderTable(['', ...METRICS.map(([, title]) => title), 'FID per generation [95 %]'], table);
}

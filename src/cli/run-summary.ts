import { meanInterval, type Row } from '../loop/index.js';
import { format, renderTable } from './table.js';

const of = <K extends Row['kind']>(rows: readonly Row[], kind: K) =>
  rows.filter((row): row is Extract<Row, { kind: K }> => row.kind === kind);

/** `0.31`, or with seeds `0.31 [0.29, 0.33]`: the mean and its 95 % interval. */
function estimate(values: number[]): string {
  if (values.length < 2) return format(values[0]);
  const { mean, interval } = meanInterval(values);
  // A metric that real data do not have, or whose mean is no number, has no interval either.
  if (!Number.isFinite(mean)) return format(mean);
  return `${format(mean)} [${interval.map(format).join(', ')}]`;
}

/**
 * What a run of any task ended with: the last generation of every arm (mean over seeds, 95 % interval) under generation 0, contraction
 * rates, closed forms with their verdicts, alarms.
 */
export function runSummary(rows: readonly Row[]): string {
  const generations = of(rows, 'generation');
  const last = Math.max(...generations.map(({ generation }) => generation));
  const metrics = Object.keys(generations[0]?.metrics ?? {});
  const line = (name: string, own: typeof generations): string[] => [
    name,
    ...metrics.map((metric) => estimate(own.map((row) => row.metrics[metric]))),
  ];
  const arms = [...new Set(generations.flatMap(({ arm }) => arm ?? []))];
  const floors = of(rows, 'floor');
  const parts = [
    renderTable(
      ['', ...metrics],
      [
        ...(floors.length > 0
          ? [['real data', ...metrics.map((metric) => estimate(floors.map((row) => row.metrics[metric])))]]
          : []),
        line(
          'generation 0',
          generations.filter(({ arm }) => arm === null),
        ),
        ...arms.map((arm) =>
          line(
            `${arm}, generation ${last}`,
            generations.filter((row) => row.arm === arm && row.generation === last),
          ),
        ),
      ],
    ),
  ];
  const theory = of(rows, 'theory');
  if (theory.length > 0)
    parts.push(
      renderTable(
        ['closed form', 'of the', 'theory', 'measured', 'standard error', ''],
        theory.map((row) => [
          `${row.arm}: ${row.metric} = ${row.name}`,
          row.of,
          format(row.expected),
          format(row.measured),
          row.error === undefined ? '–' : format(row.error),
          row.pass === undefined ? 'too few seeds' : row.pass ? 'agrees' : 'DIFFERS',
        ]),
      ),
    );
  const alarms = of(rows, 'alarm');
  const counts = new Map<string, number>();
  for (const row of alarms) {
    const key =
      row.sign === 'rate'
        ? `${row.arm}: ${row.metric} grows by itself`
        : `${row.arm}: ${row.metric} changes for the worse`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const seeds = new Set(generations.map(({ seed }) => seed)).size;
  const words = [...counts].map(([key, count]) =>
    key.endsWith('itself') ? `  ${key}` : `  ${key} in ${count} of ${seeds} seeds`,
  );
  if (words.length > 0) parts.push(['Signs of collapse:', ...words].join('\n'));
  return parts.join('\n\n');
}

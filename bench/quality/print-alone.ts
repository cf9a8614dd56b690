/** The table of real motion without outside help. */
import { format, renderTable } from '../../src/cli/table.js';
import { type Alone, WAYS } from './alone.js';

const percent = (tracked: number, n: number) => `${((100 * tracked) / n).toFixed(0)} %`;

export function printAlone({ groups, ways }: Alone): string {
  const order = (name: string) => (name === 'all' ? 2 : name.startsWith('split') ? 1 : 0);
  const rows = Object.entries(groups)
    .sort(([a], [b]) => order(a) - order(b) || a.localeCompare(b))
    .map(([name, { n, tracked }]) => [name, String(n), ...tracked.map((count) => percent(count, n))]);
  const measure = (name: string, of: (way: Alone['ways'][number]) => number) => [
    name,
    '',
    ...ways.map((way) => format(of(way))),
  ];
  return renderTable(
    ['without outside help, tracked', 'n', ...Object.keys(WAYS)],
    [
      ...rows,
      measure('to input, mm', ({ error }) => error),
      measure('skate, mm/frame', ({ skate }) => skate),
      measure('penetrate, mm', ({ penetrate }) => penetrate),
      measure('jerk, after / before', ({ jerkRatio }) => jerkRatio),
    ],
  );
}

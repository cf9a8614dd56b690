/** The tables of `npm run quality -- bias`. */
import { renderTable } from '../../src/cli/table.js';
import type { Bias, Shift } from './bias.js';

const LEGEND =
  'FID: Frechet distance to the real test windows (of real ones: to themselves). before → after at equal counts; phys-err in mm; ' +
  'jerk × and speed ×: after / before; moved: mm relative to the pelvis; help: outside force, body weights.';

const arrow = (before: number, after: number, digits: number) =>
  `${before.toFixed(digits)} → ${after.toFixed(digits)}`;
const percent = (share: number) => (100 * share).toFixed(share > 0 && share < 1 ? 1 : 0);

const SHARED = ['phys-err', 'jerk ×', 'speed ×', 'moved', 'help', 'ok/assisted/failed/left out %'];
const shared = (shift: Shift): string[] => [
  arrow(shift.physErrBefore, shift.physErrAfter, 1),
  shift.jerkRatio.toFixed(2),
  shift.speedRatio.toFixed(3),
  shift.moved.toFixed(1),
  shift.residual.toFixed(2),
  [shift.ok, shift.assisted, shift.failed, shift.leftOut].map(percent).join('/'),
];

export function printBias({ counts, ways }: Bias): string {
  const rows = Object.entries(ways);
  const parts = [
    LEGEND,
    renderTable(
      [`${counts.real} real windows`, 'FID once', '4 times', 'jerk × 4 times', ...SHARED],
      rows.map(([name, { real }]) => [
        name,
        real.fidAfter.toFixed(2),
        real.fidFourTimes.toFixed(2),
        real.jerkFourTimes.toFixed(2),
        ...shared(real),
      ]),
    ),
  ];
  for (const [set, count] of [
    ['damaged', counts.damaged],
    ['generated', counts.generated],
  ] as const) {
    const known = rows.flatMap(([name, way]): [string, Shift][] => {
      const shift = way[set];
      return shift ? [[name, shift]] : [];
    });
    if (known.length > 0)
      parts.push(
        renderTable(
          [`${count} ${set}`, 'FID', ...SHARED],
          known.map(([name, shift]) => [name, arrow(shift.fidBefore, shift.fidAfter, 1), ...shared(shift)]),
        ),
      );
  }
  return parts.join('\n\n');
}

/** The tables of `npm run quality`. */
import { format, renderTable } from '../../src/cli/table.js';
import type { Bar } from './bars.js';
import type { QualityResult } from './evaluate.js';
import { PRESETS, type Summary } from './measures.js';
import { type Derivatives, PERCENTILES } from './shift.js';

const HEADER = [
  'n',
  'ok/assisted/failed %',
  'penetrate',
  'float',
  'skate',
  'phys-err',
  'jerk m/s³',
  'to input',
  'to truth',
  'global',
  'force BW',
  'support %',
  'speed',
  'jerk',
];
const LEGEND =
  'before → after, means over motions. penetrate, float, phys-err, to input, to truth (both relative to the pelvis) and global ' +
  '(to the input) in mm, skate in mm/frame; speed and jerk: after / before.';

const arrow = (before: number | undefined, after: number | undefined) =>
  before === undefined || after === undefined ? '–' : `${format(before)} → ${format(after)}`;
const percent = (share: number) => (100 * share).toFixed(share > 0 && share < 1 ? 1 : 0);

function row(name: string, s: Summary): (string | number)[] {
  const change = (key: 'penetrate' | 'float' | 'skate' | 'physErr' | 'jerk') =>
    arrow(s.before[key], s.after[key]);
  return [
    name,
    String(s.n),
    [s.ok, s.assisted, s.failed].map(percent).join('/'),
    change('penetrate'),
    change('float'),
    change('skate'),
    change('physErr'),
    change('jerk'),
    s.toInput,
    arrow(s.truthBefore, s.truthAfter),
    s.global,
    s.residual.toFixed(3),
    (100 * s.support).toFixed(1),
    s.speedRatio.toFixed(3),
    s.jerkRatio.toFixed(3),
  ];
}

const summaries = (title: string, groups: Record<string, Summary>) =>
  renderTable(
    [title, ...HEADER],
    Object.entries(groups).map(([name, summary]) => row(name, summary)),
  );

function shiftTable({ presets }: QualityResult): string {
  const rows: string[][] = [];
  const list = (values: number[]) => values.map(format).join(' ');
  for (const kind of ['real', 'generated'] as const)
    for (const order of ['speed', 'acceleration', 'jerk'] as const) {
      const of = (when: Derivatives) => list(when[order]);
      rows.push([
        `${kind} ${order}`,
        of(presets.clip.derivatives[kind].before),
        ...PRESETS.map((preset) => of(presets[preset].derivatives[kind].after)),
      ]);
    }
  return renderTable(
    [`percentiles ${PERCENTILES.join(' ')}`, 'before', ...PRESETS.map((p) => `after, ${p}`)],
    rows,
  );
}

function frechetTable({ presets }: QualityResult): string {
  return renderTable(
    [
      'Frechet distance',
      'real: pass 1',
      'pass 2',
      'pass 4',
      'median jerk ×',
      'at pass 4',
      'generated before',
      'after',
    ],
    PRESETS.map((preset) => {
      const { real, generated } = presets[preset].frechet;
      return [
        `${preset} (${real.n} real test windows, ${generated.n} generated)`,
        real.once.toFixed(2),
        real.twice.toFixed(2),
        real.fourTimes.toFixed(2),
        real.jerkOnce.toFixed(2),
        real.jerkFourTimes.toFixed(2),
        generated.before.toFixed(1),
        generated.after.toFixed(1),
      ];
    }),
  );
}

const repetitionTable = ({ presets }: QualityResult) =>
  renderTable(
    ['corrected again, mm to once', 'n', 'twice', 'twice, global', '4 times', '4 times, global'],
    PRESETS.flatMap((preset) =>
      (['real', 'generated'] as const).map((kind) => {
        const { n, twice, fourTimes } = presets[preset].repetition[kind];
        return [
          `${preset}, ${kind === 'real' ? 'real test clips' : 'generated'}`,
          String(n),
          ...[twice.relative, twice.world, fourTimes.relative, fourTimes.world].map((mm) => mm.toFixed(2)),
        ];
      }),
    ),
  );

const barTable = (bars: readonly Bar[]) =>
  renderTable(
    ['bar', 'measure', 'preset', 'limit', 'value', ''],
    bars.map(({ of, what, preset, limit, value, pass }) => [
      of,
      what,
      preset,
      limit,
      Math.abs(value) < 10 ? value.toFixed(3) : value.toFixed(1),
      pass ? 'pass' : 'MISS',
    ]),
  );

export function printQuality(result: QualityResult): string {
  const parts: string[] = [];
  for (const preset of PRESETS) {
    const { kinds, actions, valid } = result.presets[preset];
    parts.push(`preset ${preset}: ${LEGEND}`);
    parts.push(summaries('kind', kinds), summaries('real clips', actions), summaries('valid already', valid));
  }
  parts.push(shiftTable(result), frechetTable(result), repetitionTable(result), barTable(result.bars));
  const missed = result.bars.filter(({ pass }) => !pass);
  parts.push(
    missed.length === 0
      ? `all ${result.bars.length} bars are reached`
      : `${missed.length} of ${result.bars.length} bars missed: ${missed
          .map(({ of, what, preset }) => `${of}: ${what} (${preset})`)
          .join('; ')}`,
  );
  return parts.join('\n\n');
}

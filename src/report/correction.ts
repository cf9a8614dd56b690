import type { GenerationRow } from '../loop/layout.js';
import { presentation, spellOut } from './catalogue.js';
import { html, type Markup } from './html.js';
import { armMark } from './marks.js';
import { type PlotSpec, plot } from './plot.js';
import { formatValue } from './scale.js';
import { type Run, seriesOf } from './series.js';
import { beforeAfter } from './viewer.js';

/** A chart of one number of the corrector's or the selector's report. */
interface ReportChart {
  from: 'correction' | 'selection';
  name: string;
  /** What it is compared with, and how to say so. */
  dashed?: { name: string; meaning: string };
  title: string;
  /** Unit in the motion task. */
  unit?: string;
  meaning: string;
  reference?: PlotSpec['reference'];
}

const UNCHANGED = { value: 1, name: 'unchanged' };
const BEFORE = 'Dashed before, solid after correction.';

const CHARTS: readonly ReportChart[] = [
  {
    from: 'correction',
    name: 'fidAfter',
    dashed: { name: 'fidBefore', meaning: BEFORE },
    title: 'FID of the synthetic set',
    meaning:
      'Whether one pass moves the samples towards real data. Compare within this chart only: the number of samples is not that of the evaluation.',
  },
  {
    from: 'correction',
    name: 'physErrAfter',
    dashed: { name: 'physErrBefore', meaning: BEFORE },
    title: 'Physical error of the synthetic set',
    unit: 'mm',
    meaning: '',
  },
  ...(['penetrate', 'float', 'skate'] as const).map(
    (name): ReportChart => ({
      from: 'correction',
      name: `${name}After`,
      dashed: { name: `${name}Before`, meaning: BEFORE },
      title: `${presentation(name).name} of the synthetic set`,
      unit: presentation(name).unit,
      meaning: '',
    }),
  ),
  {
    from: 'correction',
    name: 'residual',
    title: 'Outside force',
    unit: 'body weights',
    meaning:
      'Mean force on the pelvis that ground contact could not deliver. At nought the motion carries itself; the more of it, the more is help and not physics.',
  },
  {
    from: 'correction',
    name: 'support',
    title: 'Weight carried from outside',
    unit: 'share of body weight',
    meaning: 'How much of the body’s weight that force held up; below nought it pulled down.',
  },
  {
    from: 'correction',
    name: 'distance',
    title: 'Distance moved',
    unit: 'mm',
    meaning: 'How far the correction moves a sample, on average.',
  },
  {
    from: 'correction',
    name: 'speedRatio',
    title: 'Root speed, after ÷ before',
    meaning: 'A corrector that eats speed makes collapse worse.',
    reference: UNCHANGED,
  },
  {
    from: 'correction',
    name: 'jerkRatio',
    title: 'Jerk, after ÷ before',
    meaning: 'Under the line the correction smooths, over the line it roughens.',
    reference: UNCHANGED,
  },
  {
    from: 'selection',
    name: 'chosenDistance',
    dashed: { name: 'poolDistance', meaning: 'Dashed: all candidates, solid: the chosen.' },
    title: 'Selection: distance to the real set',
    meaning:
      'A selector cannot choose what no candidate offers: where that of all candidates rises, variety is being lost.',
  },
  {
    from: 'selection',
    name: 'cost',
    dashed: { name: 'costFirst', meaning: 'Dashed: the first candidates as they come, solid: the chosen.' },
    title: 'Selection: cost of the match',
    meaning: 'Mean squared distance to the real partner.',
  },
];

/** What corrector and selector said of every generation, as charts. */
function charts(run: Run): Markup[] {
  const inMillimetres = run.metrics.includes('physErr');
  return CHARTS.flatMap(({ from, name, dashed, title, unit, meaning, reference }) => {
    const read =
      (key: string) =>
      (row: GenerationRow): number | undefined => {
        const value = row[from]?.[key];
        return typeof value === 'number' ? value : undefined;
      };
    const series = seriesOf(run, read(name));
    if (series.length === 0) return [];
    const compared = dashed ? seriesOf(run, read(dashed.name)) : [];
    return plot({
      title,
      unit: inMillimetres ? (unit ?? '') : '',
      meaning: [compared.length > 0 && dashed?.meaning, meaning].filter(Boolean).join(' '),
      series,
      reference,
      include: reference ? [] : [0],
      dashed: compared,
    });
  });
}

function statusText(row: GenerationRow): string {
  const status = row.correction?.status ?? {};
  return Object.entries(status)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** Longer tables show the last generation alone: nobody reads them, and they would be most of the page. */
const ROWS = 200;

/** Corrector and selector generation by generation, one folded table an arm. */
function tables(run: Run): Markup[] {
  return run.arms.flatMap(({ arm, colour }) => {
    const all = run.generations.filter((row) => row.arm === arm && (row.correction || row.selection));
    if (all.length === 0) return [];
    const last = all[all.length - 1].generation;
    const rows = all.length > ROWS ? all.filter((row) => row.generation === last) : all;
    const pair = (row: GenerationRow, name: string): Markup | string => {
      const [before, after] = [row.correction?.[`${name}Before`], row.correction?.[`${name}After`]];
      return typeof before === 'number' && typeof after === 'number'
        ? beforeAfter({ before, after }, 'lower')
        : '–';
    };
    const paired = ['fid', 'physErr', 'penetrate', 'float', 'skate'].filter((name) =>
      rows.some((row) => typeof row.correction?.[`${name}After`] === 'number'),
    );
    const single = [
      ...new Set(
        rows.flatMap((row) =>
          Object.entries(row.correction ?? {}).flatMap(([name, value]) =>
            typeof value === 'number' ? name : [],
          ),
        ),
      ),
    ].filter((name) => !paired.some((base) => name === `${base}Before` || name === `${base}After`));
    const chosen = [...new Set(rows.flatMap((row) => Object.keys(row.selection ?? {})))];
    const statuses = rows.some((row) => row.correction?.status);
    const number = (value: unknown): string => (typeof value === 'number' ? formatValue(value) : '–');
    return html`<details><summary>${armMark(colour)} ${arm}: ${all.length > ROWS ? 'the last generation' : 'every generation'}</summary><div class="table"><table>
<thead><tr><th>generation</th>${run.seeds.length > 1 && html`<th>seed</th>`}${statuses && html`<th>outcome</th>`}${paired.map((name) => html`<th>${presentation(name).name}<small>before → after</small></th>`)}${[...single, ...chosen].map((name) => html`<th>${spellOut(name)}</th>`)}</tr></thead>
<tbody>${rows.map(
      (row) =>
        html`<tr><td>${row.generation}</td>${run.seeds.length > 1 && html`<td>${row.seed}</td>`}${statuses && html`<td>${statusText(row)}</td>`}${paired.map((name) => html`<td>${pair(row, name)}</td>`)}${single.map((name) => html`<td>${number(row.correction?.[name])}</td>`)}${chosen.map((name) => html`<td>${number(row.selection?.[name])}</td>`)}</tr>`,
    )}</tbody></table></div></details>`;
  });
}

/** Everything known of what was done to the samples before they were trained on. */
export function correctionSection(run: Run): Markup | false {
  const [drawn, listed] = [charts(run), tables(run)];
  if (drawn.length === 0 && listed.length === 0) return false;
  return html`<h2>Correction and selection</h2>
<p class="soft">What the corrector and the selector did to each generation’s synthetic set, before it was trained on.</p>
<div class="plots">${drawn}</div>${listed}`;
}

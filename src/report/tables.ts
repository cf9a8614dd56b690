import type { GenerationRow } from '../loop/layout.js';
import { type Bar, formatSeconds, stackedBars } from './bars.js';
import { armMeaning, metricInfo, spellOut } from './catalogue.js';
import { html, type Markup } from './html.js';
import { armMark } from './plot.js';
import { formatValue } from './scale.js';
import { floorOf, noiseOf, type Run, seriesOf, slopesOf } from './series.js';
import type { ReportData } from './types.js';
import { beforeAfter } from './viewer.js';

/** `0.76 [0.66, 0.86]`, one line a seed when there is no mean over seeds. */
function slopeCell(run: Run, metric: string, arm: string): Markup {
  return html`${slopesOf(run, metric, arm).map(
    (row) =>
      html`<small>${row.slope > 0 ? '+' : ''}${formatValue(row.slope)} [${formatValue(row.interval[0])}, ${formatValue(row.interval[1])}]</small>`,
  )}`;
}

/** Last generation of every arm beside generation 0, the floor and the noise of one evaluation; under each value its slope. */
export function resultTable(run: Run): Markup {
  const keys = run.metrics;
  const all = new Map(keys.map((key) => [key, seriesOf(run, (row) => row.metrics[key])]));
  const start = (key: string): number | undefined =>
    all.get(key)?.[0]?.points.find((p) => p.generation === 0)?.mean;
  const several = run.seeds.length > 1;
  return html`<div class="table"><table>
<thead><tr><th>arm</th>${keys.map((key) => html`<th>${metricInfo(key).name}<small>${metricInfo(key).unit || ' '}</small></th>`)}</tr></thead>
<tbody>
${
  run.floors.length > 0 &&
  html`<tr class="floor-row"><th>real data<small>spread over redraws</small></th>${keys.map((key) => {
    const floor = floorOf(run, key);
    return html`<td>${floor ? formatValue(floor.mean) : '–'}${floor && floor.spread > 0 ? html`<small>± ${formatValue(floor.spread)}</small>` : ''}</td>`;
  })}</tr>`
}
<tr><th>generation 0<small>${run.noise.length > 0 ? 'noise of one evaluation' : ''}</small></th>${keys.map(
    (key) => {
      const value = start(key);
      const noise = noiseOf(run, key);
      return html`<td>${value === undefined ? '–' : formatValue(value)}${noise === undefined ? '' : html`<small>± ${formatValue(noise)}</small>`}</td>`;
    },
  )}</tr>
${run.arms.map(({ arm, colour }) => {
  const last = Math.max(0, ...run.generations.filter((row) => row.arm === arm).map((row) => row.generation));
  return html`<tr><th>${armMark(colour)} ${arm}<small>generation ${last}${run.summaries.length > 0 ? '; slope [95 %]' : ''}</small></th>${keys.map(
    (key) => {
      const point = all
        .get(key)
        ?.find((series) => series.arm === arm)
        ?.points.find((p) => p.generation === last);
      return html`<td>${point ? formatValue(point.mean) : '–'}${point && several ? html` ± ${formatValue(point.deviation)}` : ''}${slopeCell(run, key, arm)}</td>`;
    },
  )}</tr>`;
})}
</tbody></table></div>`;
}

/** Differences between arms over seeds. */
export function differenceTable(run: Run): Markup | false {
  if (run.differences.length === 0) return false;
  return html`<h3>Differences between arms</h3>
<p class="soft">Paired over seeds, 95 % interval. An interval that holds 0 shows no difference.</p>
<div class="table"><table><thead><tr><th>arms</th><th>metric</th><th>of</th><th>difference</th><th>95 % interval</th><th>seeds</th></tr></thead><tbody>${run.differences.map(
    (row) =>
      html`<tr><th>${row.arm} − ${row.against}</th><td>${metricInfo(row.metric).name}</td><td>${row.quantity === 'slope' ? 'slope per generation' : 'last generation'}</td><td>${formatValue(row.difference)}</td><td>${formatValue(row.interval[0])} to ${formatValue(row.interval[1])}</td><td>${row.seeds}</td></tr>`,
  )}</tbody></table></div>`;
}

function statusText(row: GenerationRow): string {
  const status = row.correction?.status ?? {};
  return Object.entries(status)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** Corrector and selector generation by generation, one folded table an arm. */
export function correctionTables(run: Run): Markup[] {
  return run.arms.flatMap(({ arm, colour }) => {
    const rows = run.generations.filter((row) => row.arm === arm && (row.correction || row.selection));
    if (rows.length === 0) return [];
    const pair = (row: GenerationRow, name: string): Markup | string => {
      const [before, after] = [row.correction?.[`${name}Before`], row.correction?.[`${name}After`]];
      return typeof before === 'number' && typeof after === 'number'
        ? beforeAfter({ before, after }, 'lower')
        : '–';
    };
    const paired = ['fid', 'physErr'].filter((name) =>
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
    return html`<details><summary>${armMark(colour)} ${arm}: every generation</summary><div class="table"><table>
<thead><tr><th>generation</th>${run.seeds.length > 1 && html`<th>seed</th>`}${statuses && html`<th>outcome</th>`}${paired.map((name) => html`<th>${metricInfo(name).name}<small>before → after</small></th>`)}${[...single, ...chosen].map((name) => html`<th>${spellOut(name)}</th>`)}</tr></thead>
<tbody>${rows.map(
      (row) =>
        html`<tr><td>${row.generation}</td>${run.seeds.length > 1 && html`<td>${row.seed}</td>`}${statuses && html`<td>${statusText(row)}</td>`}${paired.map((name) => html`<td>${pair(row, name)}</td>`)}${single.map((name) => html`<td>${number(row.correction?.[name])}</td>`)}${chosen.map((name) => html`<td>${number(row.selection?.[name])}</td>`)}</tr>`,
    )}</tbody></table></div></details>`;
  });
}

/** Stages in the order they happen. */
const STAGES = ['prepare', 'sample', 'select', 'correct', 'train', 'evaluate', 'checkpoint'] as const;

/** Mean seconds per generation and stage, as bars and as a table. */
export function costs(data: ReportData, run: Run): Markup | false {
  const rows = data.costs;
  if (rows.length === 0) return false;
  const bars: (Bar & { count: number })[] = [];
  const groups: (string | null)[] = [null, ...run.arms.map(({ arm }) => arm)];
  for (const arm of groups) {
    const own = rows.filter((row) => row.arm === arm);
    if (own.length === 0) continue;
    const parts = Object.fromEntries(
      STAGES.map((stage) => [stage, own.reduce((sum, row) => sum + (row[stage] ?? 0), 0) / own.length]),
    );
    bars.push({ name: arm ?? 'generation 0', parts, count: own.length });
  }
  const used = STAGES.filter((stage) => bars.some((bar) => bar.parts[stage] > 0));
  const perArm = bars.filter((bar) => bar.name !== 'generation 0');
  const total = rows.reduce(
    (sum, row) => sum + STAGES.reduce((part, stage) => part + (row[stage] ?? 0), 0),
    0,
  );
  return html`<h2>Cost</h2>
<p class="soft">Mean wall-clock time of one generation by stage. All stages of all arms and seeds together: ${formatSeconds(total)} (arms that ran at the same time count twice).</p>
${perArm.length > 0 && stackedBars(perArm, STAGES, 'Seconds per generation by stage and arm')}
<div class="table"><table><thead><tr><th>seconds</th>${used.map((stage) => html`<th>${stage}</th>`)}<th>sum</th><th>generations</th></tr></thead><tbody>${bars.map(
    (bar) =>
      html`<tr><th>${bar.name}</th>${used.map((stage) => html`<td>${formatValue(bar.parts[stage])}</td>`)}<td>${formatValue(used.reduce((sum, stage) => sum + bar.parts[stage], 0))}</td><td>${bar.count}</td></tr>`,
  )}</tbody></table></div>`;
}

/** Nested settings as `a.b: value` lines. */
function flattened(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value)) {
    return value.every((entry) => typeof entry !== 'object' || entry === null)
      ? [[path, value.map(String).join(', ')]]
      : value.flatMap((entry, i) => flattened(entry, `${path}[${i}]`));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, entry]) => flattened(entry, path ? `${path}.${key}` : key));
  }
  return [[path, String(value)]];
}

/** The run's settings, as written. */
export const configuration = (data: ReportData): Markup => html`<h2>Configuration</h2>
<dl class="config">${flattened(data.config).map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>`;

/** The arms with what is done in each. */
export const armList = (run: Run): Markup =>
  html`<ul>${run.arms.map(
    ({ arm, colour }) =>
      html`<li>${armMark(colour)} <b>${arm}</b>${armMeaning(arm) ? ` ${armMeaning(arm)}` : ''}</li>`,
  )}</ul>`;

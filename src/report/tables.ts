import type { DifferenceRow } from '../loop/layout.js';
import { armMeaning, HEADLINES, orderMetrics, presentation } from './catalogue.js';
import { html, type Markup } from './html.js';
import { armMark } from './marks.js';
import { TOGETHER } from './multiples.js';
import { formatEstimate, formatSpread, formatValue } from './scale.js';
import { floorOf, noiseOf, type Run, seriesOf, slopesOf } from './series.js';
import type { ReportData } from './types.js';

/** `+0.76 [0.66, 0.86]` per generation, one line a seed when there is no mean over seeds. */
function slopeLines(run: Run, metric: string, arm: string): Markup[] {
  return slopesOf(run, metric, arm).map((row) => {
    const { value, low, high } = formatEstimate(row.slope, row.interval);
    return html`<small>${/^[\d.]*[1-9]/.test(value) && '+'}${value} <span>[${low}, ${high}]</span></small>`;
  });
}

const plusMinus = (spread: number | undefined): Markup | false =>
  spread !== undefined && spread > 0 && html`<small>± ${formatSpread(spread)}</small>`;

/** The last generation of each arm that was evaluated. */
const lastEvaluated = (run: Run): Map<string, number> =>
  new Map(
    run.arms.map(({ arm }) => [
      arm,
      Math.max(
        0,
        ...run.generations
          .filter((row) => row.arm === arm && Object.keys(row.metrics).length > 0)
          .map((row) => row.generation),
      ),
    ]),
  );

/** The headline metrics with a line an arm, for runs of more arms than a page is wide. */
function armTable(run: Run): Markup {
  const lastOf = lastEvaluated(run);
  const several = run.seeds.length > 1;
  const wanted = [...HEADLINES, 'withinDiversity', 'embeddingFid'].filter((key) => run.metrics.includes(key));
  const keys = wanted.length > 0 ? wanted : run.metrics.slice(0, 5);
  const series = keys.map((key) => seriesOf(run, (row) => row.metrics[key]));
  const cell = (at: number, arm: string, generation: number): Markup => {
    const point = series[at]
      .find((one) => one.arm === arm)
      ?.points.find((candidate) => candidate.generation === generation);
    return html`${point ? formatValue(point.mean) : '–'}${point && several && html` <span class="soft">± ${formatSpread(point.deviation)}</span>`}`;
  };
  const [first] = run.arms;
  return html`<div class="table"><table class="results">
<thead><tr><th></th><th>generation</th>${keys.map((key) => html`<th>${presentation(key).name}<small>${presentation(key).unit}</small></th>`)}</tr></thead>
<tbody>${
    run.floors.length > 0 &&
    html`<tr><th>real data</th><td class="floor-cell">–</td>${keys.map((key) => {
      const floor = floorOf(run, key);
      return html`<td class="floor-cell">${floor ? formatValue(floor.mean) : '–'}${plusMinus(floor?.spread)}</td>`;
    })}</tr>`
  }<tr><th>generation 0</th><td>0</td>${keys.map((key, k) => html`<td>${cell(k, first?.arm ?? '', 0)}${plusMinus(noiseOf(run, key))}</td>`)}</tr>${run.arms.map(
    ({ arm, colour }) =>
      html`<tr><th class="c${colour}">${armMark(colour)} ${arm}</th><td>${lastOf.get(arm)}</td>${keys.map((key, k) => html`<td>${cell(k, arm, lastOf.get(arm)!)}${slopeLines(run, key, arm)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** What each arm ended with: all metrics, of many arms the headline ones with the others folded. */
export function results(run: Run): Markup {
  if (run.arms.length <= TOGETHER) return resultTable(run);
  return html`${armTable(run)}<details><summary>all metrics</summary>${resultTable(run)}</details>`;
}

/** Every metric's last value in each arm beside real data and generation 0, with noise and slopes. */
export function resultTable(run: Run): Markup {
  const lastOf = lastEvaluated(run);
  const uneven = new Set(lastOf.values()).size > 1;
  const several = run.seeds.length > 1;
  return html`<div class="table"><table class="results">
<thead><tr><th></th>${run.floors.length > 0 && html`<th>real data</th>`}<th>generation 0</th>${run.arms.map(
    ({ arm, colour }) =>
      html`<th class="c${colour}">${armMark(colour)} ${arm}${uneven && html`<small>generation ${lastOf.get(arm)}</small>`}</th>`,
  )}</tr></thead>
<tbody>${run.metrics.map((key) => {
    const info = presentation(key);
    const floor = floorOf(run, key);
    const series = seriesOf(run, (row) => row.metrics[key]);
    const start = series.flatMap((one) => one.points).find((point) => point.generation === 0);
    return html`<tr><th>${info.name}<small>${info.unit}</small></th>${
      run.floors.length > 0 &&
      html`<td class="floor-cell">${floor ? formatValue(floor.mean) : '–'}${plusMinus(floor?.spread)}</td>`
    }<td>${start ? formatValue(start.mean) : '–'}${plusMinus(noiseOf(run, key))}</td>${run.arms.map(
      ({ arm }) => {
        const point = series
          .find((one) => one.arm === arm)
          ?.points.find((candidate) => candidate.generation === lastOf.get(arm));
        return html`<td>${point ? formatValue(point.mean) : '–'}${
          point && several && html` <span class="soft">± ${formatSpread(point.deviation)}</span>`
        }${slopeLines(run, key, arm)}</td>`;
      },
    )}</tr>`;
  })}</tbody></table></div>
<p class="soft">${[
    run.floors.length > 0 && 'Under real data: its spread over redraws.',
    run.noise.length > 0 && 'Under generation 0: the noise of one evaluation (standard deviation).',
    several && 'Beside a value: standard deviation between seeds.',
    run.summaries.length > 0 && 'Under an arm’s value: its slope per generation with the 95 % interval.',
  ]
    .filter(Boolean)
    .join(' ')}</p>`;
}

export const formatP = (p: number): string => (p < 1e-4 ? '< 0.0001' : p.toPrecision(2));

function differenceRows(rows: readonly DifferenceRow[]): Markup {
  return html`<div class="table"><table><thead><tr><th>arms</th><th>metric</th><th>of</th><th>difference</th><th>95 % interval</th><th>lower in</th><th>sign</th><th>t</th><th>permutation</th></tr></thead><tbody>${rows.map(
    (row) => {
      const { value, low, high } = formatEstimate(row.difference, row.interval);
      const interval = `${low} to ${high}`;
      return html`<tr><th>${row.arm} − ${row.against}</th><td>${presentation(row.metric).name}</td><td>${
        row.quantity === 'slope' ? 'slope per generation' : 'last generation'
      }</td><td>${value}</td><td>${row.interval[0] * row.interval[1] > 0 ? html`<b>${interval}</b>` : interval}</td><td>${row.lower} of ${row.seeds}</td>${([row.p.sign, row.p.t, row.p.permutation] as const).map((p) => html`<td>${formatP(p)}</td>`)}</tr>`;
    },
  )}</tbody></table></div>`;
}

/** Differences between arms over seeds: those of the first metric's last value in sight, the others folded. */
export function differenceTable(run: Run): Markup | false {
  if (run.differences.length === 0) return false;
  const first = orderMetrics(run.differences.map((row) => row.metric))[0];
  const shown = run.differences.filter((row) => row.metric === first && row.quantity === 'last');
  const folded = run.differences.filter((row) => !shown.includes(row));
  return html`<h3>Differences between arms</h3>
<p class="soft">Paired over seeds, with the 95 % interval of their mean. An interval that holds 0 shows no difference (others are bold); of many intervals a few miss their true value by chance. The last three columns are two-sided p-values of the exact sign test, the paired t test and the sign-flip permutation test; with ${run.seeds.length} seeds the first and the last cannot go under ${formatP(2 ** (1 - run.seeds.length))}.</p>
${differenceRows(shown)}${folded.length > 0 && html`<details><summary>all other metrics and slopes (${folded.length})</summary>${differenceRows(folded)}</details>`}`;
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

const settings = (value: unknown): Markup =>
  html`<dl class="config">${flattened(value).map(([key, text]) => html`<div><dt>${key}</dt><dd>${text}</dd></div>`)}</dl>`;

/** The run's config.json: the task's settings, the loop's, and whatever else it holds. */
export function configuration(data: ReportData): Markup {
  const { task, config, ...rest } = data.config;
  return html`<h2>Configuration</h2>
${task !== undefined && html`<h3>Task</h3>${settings(task)}`}${config !== undefined && html`<h3>Loop</h3>${settings(config)}`}${Object.keys(rest).length > 0 && html`<h3>File</h3>${settings(rest)}`}`;
}

/** The arms with what is done in each. */
export const armList = (run: Run, physics: boolean): Markup =>
  html`<ul class="arm-list">${run.arms.map(
    ({ arm, colour }) =>
      html`<li>${armMark(colour)} <b>${arm}</b>${armMeaning(arm, physics) && ` ${armMeaning(arm, physics)}`}</li>`,
  )}</ul>`;

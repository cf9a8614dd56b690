import type { AlarmRow, TheoryRow } from '../loop/layout.js';
import { presentation } from './catalogue.js';
import { contractionTable } from './contraction.js';
import { html, type Markup } from './html.js';
import { formatSpread, formatValue } from './scale.js';
import type { Run } from './series.js';
import type { ArmProvenance, ReportData } from './types.js';

const verdict = ({ pass }: TheoryRow): Markup =>
  pass === undefined
    ? html`<span class="soft">too few seeds</span>`
    : pass
      ? html`<b>agrees</b>`
      : html`<b class="differs">differs</b>`;

/** Closed forms beside what was measured at the last generation. */
export function theoryTable({ theory }: Run): Markup | false {
  if (theory.length === 0) return false;
  return html`<h2>Against theory</h2>
<p class="soft">At the last generation. A mean agrees within 3 standard errors (by chance it lies outside in 0.3 % of cases), a bound holds unless the mean lies above it by more than 3, a median unless the seeds lie too one-sidedly (exact sign test, 0.3 %). The dash-dotted lines in the charts are these closed forms.</p>
<div class="table"><table><thead><tr><th>arm</th><th>metric</th><th>closed form</th><th>of the</th><th>theory</th><th>measured</th><th>seeds</th><th></th></tr></thead><tbody>${theory.map(
    (row) =>
      html`<tr><th>${row.arm}</th><td>${presentation(row.metric).name}</td><td>${row.name}${row.source && html`<small>${row.source}</small>`}</td><td>${row.of}</td><td>${formatValue(row.expected)}</td><td>${formatValue(row.measured)}${row.error !== undefined && row.of !== 'median' && html` <span class="soft">± ${formatSpread(row.error)}</span>`}</td><td>${row.seeds}</td><td>${verdict(row)}</td></tr>`,
  )}</tbody></table></div>`;
}

function alarmText(row: AlarmRow, all: readonly AlarmRow[], seeds: number): string {
  if (row.sign === 'rate')
    return `${presentation(row.metric).name} grows by itself: ×${formatValue(row.rate)} per generation`;
  const alike = all.filter(
    (other) => other.sign === 'change point' && other.arm === row.arm && other.metric === row.metric,
  );
  const at = alike
    .map((other) => (other.sign === 'change point' ? other.generation : 0))
    .sort((a, b) => a - b);
  return `${presentation(row.metric).name} changes for the worse in ${alike.length} of ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, about generation ${at[at.length >> 1]}`;
}

/** Signs of collapse by arm, and how fast distances grow or heal. */
export function alarmSection(data: ReportData, run: Run): Markup | false {
  const { alarms } = run;
  const rates = contractionTable(data, run);
  if (alarms.length === 0 && rates === false) return false;
  const lines = run.arms.flatMap(({ arm }) => {
    const own = alarms.filter((row) => row.arm === arm);
    const texts = [...new Set(own.map((row) => alarmText(row, own, run.seeds.length)))];
    return texts.length > 0 ? [html`<li><b>${arm}</b>: ${texts.join('; ')}</li>`] : [];
  });
  return html`<h2>Signs of collapse</h2>
${lines.length > 0 ? html`<ul class="alarms">${lines}</ul>` : html`<p>None.</p>`}
<p class="soft">A change for the worse in the level of diversity or distance, by Pettitt’s rank test at 1 % in a seed and larger than twice the noise of an evaluation; of many seeds a few show one by chance.</p>
${rates}`;
}

/** Where the synthetic samples of each arm's last generation come from. */
export function provenanceSection(entries: readonly ArmProvenance[]): Markup | false {
  if (entries.length === 0) return false;
  const short = (hash: string | undefined): Markup | string =>
    hash ? html`<code title="${hash}">${hash.slice(0, 10)}</code>` : '–';
  return html`<h2>Provenance</h2>
<p class="soft">Of the first seed’s last generation; provenance.json of every generation holds it for each sample: the item it was conditioned on, the seed of the draw, whether and how it was corrected, scores, whether it was kept.</p>
<div class="table"><table><thead><tr><th>arm</th><th>generation</th><th>model</th><th>drawn from</th><th>samples</th><th>corrector</th><th>corrected</th><th>kept</th></tr></thead><tbody>${entries.map(
    ({ arm, generation, model, drawnFrom, count, corrector, corrected, kept }) =>
      html`<tr><th>${arm}</th><td>${generation}</td><td>${short(model)}</td><td>${short(drawnFrom)}</td><td>${count ?? '–'}</td><td>${corrector ?? '–'}</td><td>${corrected ?? '–'}</td><td>${kept ?? '–'}</td></tr>`,
  )}</tbody></table></div>`;
}

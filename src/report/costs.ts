import { generationCost } from '../loop/judge.js';
import { type Bar, formatSeconds, stackedBars } from './bars.js';
import { html, type Markup } from './html.js';
import { formatValue } from './scale.js';
import type { Run } from './series.js';
import type { ReportData } from './types.js';

/** Stages in the order they happen. */
const STAGES = ['prepare', 'sample', 'select', 'correct', 'train', 'evaluate', 'checkpoint'] as const;

const percent = (share: number): string => (share > 0 ? `${formatValue(100 * share)} %` : '–');

/** Mean seconds per generation and stage, as bars and as a table, with the share of the correction. */
export function costs(data: ReportData, run: Run): Markup | false {
  if (data.costs.length === 0) return false;
  const bars: (Bar & { count: number; total: number })[] = [];
  const first = data.costs.filter((row) => row.arm === null);
  if (first.length > 0) {
    const parts = Object.fromEntries(
      STAGES.map((stage) => [stage, first.reduce((sum, row) => sum + (row[stage] ?? 0), 0) / first.length]),
    );
    const total = STAGES.reduce((sum, stage) => sum + parts[stage], 0);
    bars.push({ name: 'generation 0', parts, count: first.length, total });
  }
  for (const { arm } of run.arms) {
    const { generations, total, stages } = generationCost(data.costs, data.rows, arm);
    if (generations > 0 && total > 0)
      bars.push({
        name: arm,
        parts: Object.fromEntries(STAGES.map((stage) => [stage, stages[stage] ?? 0])),
        count: generations,
        total,
      });
  }
  const used = STAGES.filter((stage) => bars.some((bar) => bar.parts[stage] > 0));
  const perArm = bars.filter((bar) => bar.name !== 'generation 0');
  const corrected = bars.some((bar) => bar.parts.correct > 0);
  const total = data.costs.reduce(
    (sum, row) => sum + STAGES.reduce((part, stage) => part + (row[stage] ?? 0), 0),
    0,
  );
  return html`<h2>Cost</h2>
<p class="soft">Mean wall-clock time of one generation by stage; generations without an evaluation count too. All stages of all arms and seeds together: ${formatSeconds(total)} (arms that ran at the same time count twice, and share the cores).${(data.machine?.sessions ?? []).slice(-1).map(({ cpu, cores }) => ` Machine: ${cpu}, ${cores} threads.`)}</p>
${perArm.length > 0 && stackedBars(perArm, STAGES)}
<div class="table"><table><thead><tr><th>seconds</th>${used.map((stage) => html`<th>${stage}</th>`)}<th>sum</th>${corrected && html`<th>correction’s share</th>`}<th>generations</th></tr></thead><tbody>${bars.map(
    (bar) =>
      html`<tr><th>${bar.name}</th>${used.map((stage) => html`<td>${bar.parts[stage] > 0 ? formatValue(bar.parts[stage]) : '–'}</td>`)}<td>${formatValue(bar.total)}</td>${corrected && html`<td>${percent(bar.parts.correct / bar.total)}</td>`}<td>${bar.count}</td></tr>`,
  )}</tbody></table></div>`;
}

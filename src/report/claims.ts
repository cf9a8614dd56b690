import type { ClaimVerdict, PartVerdict, Verdict } from '../loop/judge.js';
import type { Judgement } from '../loop/judgement.js';
import { html, type Markup } from './html.js';
import { formatEstimate, formatValue } from './scale.js';
import { formatP } from './tables.js';

const MARKS: Record<Verdict, string> = { met: 'met', missed: 'missed', 'not decidable': 'open' };

/** A comparison in words with the signs that a page can have. */
const signs = (text: string): string =>
  text
    .replaceAll('<=', '≤')
    .replaceAll('>=', '≥')
    .replace(/([≤≥] [\d.]+) x /, '$1 × ');

export const verdictMark = (verdict: Verdict): Markup =>
  html`<b class="verdict ${MARKS[verdict]}">${verdict}</b>`;

/** What was measured of one comparison, in words. */
export function measuredText(part: PartVerdict): string {
  const words: string[] = [];
  if (part.holds !== undefined && part.seeds.length > 0)
    words.push(`in ${part.holds} of ${part.seeds.length} seeds`);
  if (part.ratio !== undefined) words.push(`${formatValue(part.ratio)} ×`);
  if (part.measured !== undefined) words.push(formatValue(part.measured));
  if (part.reason) words.push(part.reason);
  return words.join('; ');
}

/** Every seed's values of one comparison, folded: a verdict can be checked by eye. */
function details(part: PartVerdict): Markup | false {
  const names = Object.keys(part.values);
  if (part.seeds.length === 0 || names.length === 0) return false;
  return html`<details><summary>${signs(part.statement)}: every seed</summary><div class="table"><table><thead><tr><th>seed</th>${names.map((name) => html`<th>${name}</th>`)}</tr></thead><tbody>${part.seeds.map(
    (seed, i) =>
      html`<tr><th>${seed}</th>${names.map((name) => {
        const slope = part.slopes?.[name]?.[i];
        if (!slope) return html`<td>${formatValue(part.values[name][i])}</td>`;
        const { value, low, high } = formatEstimate(slope.slope, slope.interval);
        return html`<td>${value} <span class="soft">[${low}, ${high}]</span></td>`;
      })}</tr>`,
  )}</tbody></table></div>${
    part.p &&
    html`<p class="soft">${Object.entries(part.p)
      .map(
        ([name, p]) =>
          `${name}: sign test ${formatP(p.sign)}, paired t ${formatP(p.t)}, permutation ${formatP(p.permutation)}`,
      )
      .join('. ')} (two-sided).</p>`
  }</details>`;
}

const claimRow = ({ name, kind, verdict, parts }: ClaimVerdict): Markup =>
  html`${parts.map(
    (part, i) =>
      html`<tr>${i === 0 && html`<th rowspan="${parts.length}">${name}<small>${kind}</small></th><td rowspan="${parts.length}">${verdictMark(verdict)}</td>`}<td class="text">${signs(part.statement)}</td><td class="text">${measuredText(part)}</td><td>${part.p && part.ratio !== undefined ? formatP(Object.values(part.p)[0].t) : '–'}</td><td>${parts.length > 1 && verdictMark(part.verdict)}</td></tr>`,
  )}`;

/** What the run was registered for, and what came of it. */
export function claimsSection(judgement: Judgement | undefined): Markup | false {
  if (!judgement) return false;
  const { protocol, question, claims, beforeResults, changes } = judgement;
  return html`<h2>What was claimed beforehand</h2>
<p>Protocol <b>${protocol}</b>. ${question}</p>
${!beforeResults && html`<p class="remark">These claims were written when there were results already: they are no pre-registration.</p>`}
${changes.length > 0 && html`<p class="remark">Run with changes to the protocol: ${changes.join('; ')}.</p>`}
${
  claims.length > 0 &&
  html`<p class="soft">Slopes are least squares per generation over all that were evaluated; ratios are of means over seeds at the last generation. A test is paired over seeds and two-sided, one comparison each. A claim with fewer seeds than it asks for is not decidable.</p>
<div class="table"><table class="claims"><thead><tr><th>claim</th><th></th><th class="text">comparison</th><th class="text">measured</th><th>p (t)</th><th></th></tr></thead><tbody>${claims.map(claimRow)}</tbody></table></div>
${claims.flatMap(({ parts }) => parts.map(details))}`
}`;
}

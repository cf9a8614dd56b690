import { armColour } from './catalogue.js';
import { filmstrip } from './filmstrip.js';
import { html, type Markup } from './html.js';
import { page } from './page.js';
import { formatValue } from './scale.js';
import type { BeforeAfter, ViewerMotion, ViewerTable } from './types.js';

/** The player; `first` is the motion it opens with. */
export const player = (motions: readonly ViewerMotion[], first: number): Markup => html`
<section id="viewer" data-first="${first}" aria-label="motion viewer">
<div class="chosen"><b></b><span></span><small></small></div>
<div class="stage-view"><canvas tabindex="0" aria-label="the figure; drag to turn it"></canvas>
<div class="tags" hidden><span class="was">before</span><span class="now">after</span></div></div>
<p class="viewer-message" hidden></p>
<noscript><p>The moving figures need JavaScript; the poses below do not.</p></noscript>
<div class="strip-box"><canvas class="timeline" aria-hidden="true"></canvas>
<input class="scrub" type="range" min="0" max="0" step="1" value="0" aria-label="frame">
<div class="strip-key"><span>curve: height of the lowest joint (dotted line: the ground${motions.some((motion) => motion.before) ? '; red: before' : ''})</span><span>bars: left (upper) and right (lower) foot on the ground</span></div></div>
<div class="controls">
<button class="play" type="button" aria-label="play"></button>
<span class="layouts" role="group" aria-label="before and after correction" hidden>
<button type="button" data-layout="side" aria-pressed="true">side by side</button><button type="button" data-layout="over" aria-pressed="false">overlaid</button><button type="button" data-layout="after" aria-pressed="false">after only</button></span>
<label>speed <select class="speed"><option value="0.1">0.1×</option><option value="0.25">0.25×</option><option value="0.5">0.5×</option><option value="1" selected>1×</option><option value="2">2×</option></select></label>
<label><input class="follow" type="checkbox" checked> follow</label>
<button class="reset" type="button">reset camera</button>
<span class="time"></span>
</div>
<p class="hint">Drag to turn, pinch or click and scroll to zoom. Space plays, ← and → step a frame (with shift: ten). Green discs: foot on the ground; red: foot more than 1 cm under it. The lighter side of the body is the left.</p>
</section>`;

/** Buttons that open the motions, each with a few poses: a row per group, or all together when every group is one motion. */
export function choices(motions: readonly ViewerMotion[], colourOf: (group: string) => number): Markup {
  const names = new Set(motions.map((motion) => motion.group));
  const together = names.size === motions.length;
  const groups = together ? [''] : [...names];
  return html`<div class="groups">${groups.map(
    (group) => html`
<section class="group c${colourOf(group)}${group === '' ? ' single' : ''}">${group ? html`<h3>${group}</h3>` : ''}<div>${motions.map(
      (motion, i) =>
        (together || motion.group === group) &&
        html`<button class="choice" type="button" data-motion="${i}" aria-pressed="false">${filmstrip(motion)}<span><b>${motion.label}</b>${motion.caption ? ` ${motion.caption}` : ''}</span>${motion.note ? html`<small>${motion.note}</small>` : ''}</button>`,
    )}</div></section>`,
  )}</div>`;
}

/** `39.0 → 16.2`, coloured by whether it went the wanted way. */
export function beforeAfter(value: BeforeAfter, better?: 'lower' | 'higher'): Markup {
  const change = value.after - value.before;
  const good = better === 'lower' ? change < 0 : change > 0;
  const mark = better === undefined || change === 0 || Number.isNaN(change) ? '' : good ? 'better' : 'worse';
  return html`${formatValue(value.before)} → <b class="${mark}">${formatValue(value.after)}</b>`;
}

function tableOf(table: ViewerTable): Markup {
  return html`<div class="table"><table><thead><tr>${table.columns.map((column) => html`<th>${column.name}${column.unit ? html`<small>${column.unit}</small>` : ''}</th>`)}</tr></thead><tbody>${table.rows.map(
    (row) =>
      html`<tr${row.motion === undefined ? '' : html` data-motion="${row.motion}" aria-pressed="false"`}>${row.cells.map(
        (cell, i) => {
          // The row's button is for the keyboard; its click reaches the row.
          if (i === 0 && row.motion !== undefined)
            return html`<td><button class="link" type="button">${typeof cell === 'object' ? beforeAfter(cell) : cell}</button></td>`;
          if (typeof cell === 'number') return html`<td>${formatValue(cell)}</td>`;
          if (typeof cell === 'string')
            return html`<td class="${cell.length > 24 ? 'text' : ''}">${cell}</td>`;
          return html`<td>${beforeAfter(cell, table.columns[i]?.better)}</td>`;
        },
      )}</tr>`,
  )}</tbody></table></div>`;
}

/** Colour of a group: an arm's own, otherwise the one given. */
export const groupColours =
  (otherwise: number) =>
  (group: string): number =>
    armColour(group) ?? otherwise;

/**
 * A page to look at motions, before and after correction, with an optional table of numbers whose rows open them. All motions
 * travel in the page (about 350 bytes a frame, twice that with `before`), so hand over those worth seeing, not thousands.
 * @returns the text of a self-contained HTML file
 * @throws Error when a motion's arrays do not fit each other or hold what is not finite
 */
export function renderViewer(options: {
  title: string;
  motions: ViewerMotion[];
  table?: ViewerTable;
  text?: string;
}): string {
  const { title, motions, table, text } = options;
  for (const row of table?.rows ?? []) {
    if (row.motion !== undefined && !motions[row.motion]) {
      throw new Error(
        `Expected an index below ${motions.length} for table row motion but received ${row.motion}`,
      );
    }
  }
  const colourOf = groupColours(armColour('corrected')!);
  const body = html`<h1>${title}</h1>${text ? html`<p class="lead">${text}</p>` : ''}
${motions.length > 0 ? player(motions, 0) : html`<p>There is no motion to show.</p>`}${table && table.rows.length > 0 ? tableOf(table) : ''}${motions.length > 0 ? html`<h2>Motions</h2>${choices(motions, colourOf)}` : ''}`;
  return page(title, body, motions, colourOf);
}

import type { SummaryRow } from '../loop/layout.js';
import { shortArm } from './catalogue.js';
import { html, Markup } from './html.js';
import { formatEstimate, formatTick, linearScale } from './scale.js';

/** One arm's slope with its interval; several rows for one arm are its seeds. */
export interface ForestRow {
  arm: string;
  colour: number;
  slopes: SummaryRow[];
}

const WIDTH = 300;
const RIGHT = WIDTH - 12;
const LINE = 13;

/**
 * Slopes of one metric, a line an arm: the dot is the estimate, the bar its 95 % interval, the vertical line no change. A bar
 * that crosses that line shows no change that this run could tell from none.
 */
export function forest(title: string, unit: string, rows: readonly ForestRow[]): Markup {
  const names = rows.map(({ arm }) => arm);
  const longest = Math.max(0, ...names.map((arm) => shortArm(arm, names).length));
  const left = Math.min(WIDTH / 2, Math.max(86, 14 + 6.1 * longest));
  const all = rows.flatMap((row) => row.slopes);
  const ends = all.flatMap((row) => [row.interval[0], row.interval[1], row.slope]).filter(Number.isFinite);
  const x = linearScale(Math.min(0, ...ends), Math.max(0, ...ends), left, RIGHT, { count: 5 });
  let y = 8;
  let drawing = '';
  for (const { arm, colour, slopes } of rows) {
    const height = Math.max(24, slopes.length * LINE + 8);
    const middle = y + height / 2;
    drawing += `<g class="arm c${colour}" data-arm="${colour}">${html`<text x="${left - 8}" y="${middle + 4}" text-anchor="end">${shortArm(arm, names)}</text>`}`;
    slopes.forEach((row, i) => {
      const at = middle + (i - (slopes.length - 1) / 2) * LINE;
      const text = formatEstimate(row.slope, row.interval);
      const [low, high] = row.interval.map((end) => x.at(end).toFixed(1));
      drawing +=
        html`<g><title>${arm}${row.seed === null ? '' : `, seed ${row.seed}`}: ${text.value} per generation, 95 % interval ${text.low} to ${text.high}</title><path class="line" d="M${low} ${at}H${high}M${low} ${at - 4}v8M${high} ${at - 4}v8"/><circle class="dot" cx="${x.at(row.slope).toFixed(1)}" cy="${at}" r="4"/></g>`
          .text;
    });
    drawing += '</g>';
    y += height;
  }
  const zero = x.at(0).toFixed(1);
  const axis =
    `<g class="axis"><path d="M${left} ${y + 2}H${RIGHT}"/>` +
    x.ticks
      .map(
        (tick) =>
          `<path d="M${x.at(tick).toFixed(1)} ${y + 2}v4"/><text x="${x.at(tick).toFixed(1)}" y="${y + 18}" text-anchor="middle">${formatTick(tick)}</text>`,
      )
      .join('') +
    `</g><path class="zero" d="M${zero} 2V${y + 2}"/>`;
  return html`<figure class="plot"><figcaption><b>${title}</b> <span class="unit">${unit ? `${unit} ` : ''}per generation</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${y + 24}" role="img" aria-label="${`Slope of ${title} per generation with 95 % interval, by arm`}">${new Markup(axis + drawing)}</svg></figure>`;
}

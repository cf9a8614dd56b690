import { html, Markup } from './html.js';
import { formatTick, linearScale } from './scale.js';

/** One bar: its name and the length of each part by name. */
export interface Bar {
  name: string;
  parts: Record<string, number>;
}

const WIDTH = 760;
const LEFT = 104;
const RIGHT = WIDTH - 64;
const THICK = 22;

/** Seconds as `0.42 s`, `12.3 s`, `4 min 05 s` or `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** Stacked horizontal bars on one axis of seconds, with a legend of the parts that occur. */
export function stackedBars(bars: readonly Bar[], parts: readonly string[], label: string): Markup {
  const total = (bar: Bar): number => Object.values(bar.parts).reduce((sum, value) => sum + value, 0);
  const x = linearScale(0, Math.max(...bars.map(total)), LEFT, RIGHT, { count: 7 });
  const present = parts.filter((part) => bars.some((bar) => (bar.parts[part] ?? 0) > 0));
  let drawing = '';
  bars.forEach((bar, i) => {
    const y = 6 + i * (THICK + 10);
    drawing += html`<text x="${LEFT - 8}" y="${y + THICK / 2 + 4}" text-anchor="end">${bar.name}</text>`.text;
    let sum = 0;
    for (const part of present) {
      const value = bar.parts[part] ?? 0;
      const [from, to] = [x.at(sum), x.at(sum + value)];
      sum += value;
      if (value === 0) continue;
      drawing +=
        html`<rect class="stage s${parts.indexOf(part)}" x="${from.toFixed(1)}" y="${y}" width="${Math.max(0, to - from).toFixed(1)}" height="${THICK}"><title>${bar.name}, ${part}: ${formatSeconds(value)}</title></rect>`
          .text;
    }
    drawing +=
      html`<text x="${(x.at(sum) + 6).toFixed(1)}" y="${y + THICK / 2 + 4}">${formatSeconds(sum)}</text>`
        .text;
  });
  const bottom = 6 + bars.length * (THICK + 10);
  const axis = x.ticks
    .map(
      (tick) =>
        `<path d="M${x.at(tick).toFixed(1)} ${bottom}v4"/><text x="${x.at(tick).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${formatTick(tick)}</text>`,
    )
    .join('');
  return html`<figure class="plot large"><figcaption><span class="legend">${present.map((part) => html`<span><i class="stage s${parts.indexOf(part)}"></i>${part}</span>`)}</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${bottom + 38}" role="img" aria-label="${label}">${new Markup(drawing)}<g class="axis"><path d="M${LEFT} ${bottom}H${RIGHT}"/>${new Markup(axis)}<text class="axis-name" x="${(LEFT + RIGHT) / 2}" y="${bottom + 34}" text-anchor="middle">seconds per generation</text></g></svg></figure>`;
}

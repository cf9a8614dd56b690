import { html, type Markup } from './html.js';

/** One bar: its name and the length of each part by name. */
export interface Bar {
  name: string;
  parts: Record<string, number>;
}

/** Seconds as `3.1 ms`, `0.42 s`, `12.3 s`, `4 min 05 s` or `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.1) return `${(seconds * 1000).toPrecision(2)} ms`;
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** Stacked horizontal bars of seconds, the longest as wide as the page, with a legend of the parts that occur. */
export function stackedBars(bars: readonly Bar[], parts: readonly string[]): Markup {
  const total = (bar: Bar): number => parts.reduce((sum, part) => sum + (bar.parts[part] ?? 0), 0);
  const longest = Math.max(...bars.map(total), 1e-9);
  const present = parts.filter((part) => bars.some((bar) => (bar.parts[part] ?? 0) > 0));
  return html`<figure class="plot bars"><figcaption class="legend">${present.map(
    (part) => html`<span><i class="stage s${parts.indexOf(part)}"></i>${part}</span>`,
  )}</figcaption>${bars.map(
    (bar) =>
      html`<div><b>${bar.name}</b><span>${present.map((part) => {
        const seconds = bar.parts[part] ?? 0;
        const share = ((100 * seconds) / longest).toFixed(2);
        return (
          seconds > 0 &&
          html`<i class="stage s${parts.indexOf(part)}" style="width:${share}%" title="${bar.name}, ${part}: ${formatSeconds(seconds)}"></i>`
        );
      })}</span><span>${formatSeconds(total(bar))}</span></div>`,
  )}</figure>`;
}

import { armMeaning, presentation } from './catalogue.js';
import { html, type Markup } from './html.js';
import { BANDED, plot } from './plot.js';
import { floorOf, noiseOf, type Run, seriesOf } from './series.js';

/** Up to so many arms can be told apart in one chart. */
export const TOGETHER = BANDED;

/** The first metric once per arm, the others grey behind it: for runs of many arms. */
export function smallMultiples(run: Run): Markup | false {
  if (run.arms.length <= TOGETHER) return false;
  const [key] = run.metrics;
  const info = presentation(key);
  const all = seriesOf(run, (row) => row.metrics[key]);
  const charts = all.map((series) =>
    plot({
      title: series.arm,
      unit: [info.name, info.unit].filter(Boolean).join(', '),
      meaning: armMeaning(series.arm, run.metrics.includes('physErr')),
      wide: info.wide,
      floor: floorOf(run, key),
      noise: noiseOf(run, key),
      series: [series],
      context: all.filter((other) => other !== series),
    }),
  );
  return html`<section><h3>${info.name}, arm by arm</h3>
<p class="soft">Each arm in its colour, all others grey behind it.</p>
<div class="plots four">${charts}</div></section>`;
}

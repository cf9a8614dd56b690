import { HEADLINES, LOSS, presentation } from './catalogue.js';
import { forest } from './forest.js';
import { html, type Markup } from './html.js';
import { armMark } from './marks.js';
import { smallMultiples } from './multiples.js';
import { paperCurves } from './paper-curves.js';
import { BANDED, plot, SEED_LINES } from './plot.js';
import { floorOf, noiseOf, type Run, seriesOf, slopesOf, theorySeries } from './series.js';

/** Buttons that show and hide an arm in all charts, and what the dashed line is. */
export const armLegend = (run: Run): Markup => html`
<div class="arms" role="group" aria-label="arms shown in the charts">${run.arms.map(
  ({ arm, colour }) =>
    html`<button type="button" data-toggle-arm="${colour}" aria-pressed="true">${armMark(colour)}${arm}</button>`,
)}${run.floors.length > 0 ? html`<span class="key"><svg class="mark" viewBox="0 0 22 12" width="22" height="12" aria-hidden="true"><path d="M0 6h22"/></svg>real data</span>` : ''}</div>`;

/** One chart per metric over the generations, the first one large, and the training loss at the end. */
export function curves(run: Run): Markup {
  const charts = run.metrics.map((key, i) => {
    const info = presentation(key);
    return plot({
      title: info.name,
      unit: info.unit,
      meaning: info.meaning,
      range: info.range,
      wide: info.wide,
      floor: floorOf(run, key),
      noise: noiseOf(run, key),
      series: seriesOf(run, (row) => row.metrics[key]),
      theory: theorySeries(run, key),
      large: i === 0,
    });
  });
  const loss = seriesOf(run, (row) => row.loss);
  if (loss.length > 0) {
    charts.push(plot({ title: LOSS.name, unit: LOSS.unit, meaning: LOSS.meaning, series: loss }));
  }
  const several = run.seeds.length > 1;
  return html`<section><h2>Over the generations</h2>
<p class="soft">${
    several
      ? `Thick line: mean over ${run.seeds.length} seeds; shaded: 95 % confidence band of the mean${run.seeds.length <= SEED_LINES ? '; thin lines: the seeds' : ''}.`
      : run.noise.length > 0
        ? 'One seed. Shaded: ± one standard deviation of a single evaluation, measured by repeating the one of generation 0. It holds no differences between seeds, which are larger.'
        : 'One seed, and the noise of an evaluation was not measured.'
  }${run.floors.length > 0 ? ' Dashed: what real data score against the same reference, with its spread over redraws.' : ''}${run.theory.length > 0 ? ' Dash-dotted: closed forms.' : ''} ${run.arms.length > BANDED ? ' Of so many arms bands and seeds are left out where all share a chart; arm by arm they are drawn.' : ''} Point at a chart to read values; click an arm to hide it.</p>
${armLegend(run)}
<div class="plots">${charts}</div></section>
${smallMultiples(run)}
${paperCurves(run)}`;
}

/** Slopes per generation with their intervals, a small chart a metric, and differences between arms where there are seeds. */
export function slopes(run: Run): Markup | false {
  const all = run.metrics.filter((key) => run.summaries.some((row) => row.metric === key));
  if (all.length === 0) return false;
  const headlines = all.filter((key) => HEADLINES.includes(key));
  const metrics = headlines.length > 0 ? headlines : all;
  const pooled = run.summaries.some((row) => row.seed === null);
  const [first, last] = run.summaries[0].generations ?? [0, run.last];
  return html`<h2>Slope per generation</h2>
<p class="soft">Least-squares slope over generations ${first} to ${last} with its 95 % interval (t distribution)${
    pooled
      ? ', mean over seeds, the interval from the differences between seeds'
      : ', from the scatter of the generations of one seed around their line'
  }. Dashed: no change. Where a bar crosses it, this run cannot tell the slope from none; where it does not, ${pooled ? 'the change is there, whatever its cause' : 'this seed changed; it says nothing of other seeds'}.</p>
<div class="plots four">${metrics.map((key) =>
    forest(
      presentation(key).name,
      presentation(key).unit,
      run.arms
        .map(({ arm, colour }) => ({ arm, colour, slopes: slopesOf(run, key, arm) }))
        .filter((row) => row.slopes.length > 0),
    ),
  )}</div>`;
}

import type { GenerationRow } from '../loop/layout.js';
import { metricInfo } from './catalogue.js';
import { forest } from './forest.js';
import { html, type Markup } from './html.js';
import { armMark, plot } from './plot.js';
import { floorOf, noiseOf, type Run, seriesOf, slopesOf } from './series.js';

/** Buttons that show and hide an arm in all charts, and what the dashed line is. */
export const armLegend = (run: Run): Markup => html`
<div class="arms" role="group" aria-label="arms shown in the charts">${run.arms.map(
  ({ arm, colour }) =>
    html`<button type="button" data-toggle-arm="${colour}" aria-pressed="true">${armMark(colour)}${arm}</button>`,
)}${run.floors.length > 0 ? html`<span class="key"><svg class="mark" viewBox="0 0 22 12" width="22" height="12" aria-hidden="true"><path d="M0 6h22"/></svg>real data</span>` : ''}</div>`;

/** One chart per metric over the generations, the first one large, and the training loss at the end. */
export function curves(run: Run): Markup {
  const charts = run.metrics.map((key, i) => {
    const info = metricInfo(key);
    return plot({
      title: info.name,
      unit: info.unit,
      meaning: info.meaning,
      range: info.range,
      wide: info.wide,
      floor: floorOf(run, key),
      noise: noiseOf(run, key),
      series: seriesOf(run, (row) => row.metrics[key]),
      large: i === 0,
    });
  });
  const loss = seriesOf(run, (row) => row.loss);
  if (loss.length > 0) {
    const info = metricInfo('loss');
    charts.push(
      plot({ title: info.name, unit: info.unit, meaning: info.meaning, wide: info.wide, series: loss }),
    );
  }
  const several = run.seeds.length > 1;
  return html`<h2>Over the generations</h2>
<p class="soft">${
    several
      ? `Thick line: mean over ${run.seeds.length} seeds; shaded: one standard deviation between seeds; thin lines: the seeds.`
      : run.noise.length > 0
        ? 'One seed. Shaded: ± one standard deviation of a single evaluation, measured by repeating the one of generation 0. It holds no differences between seeds, which are larger.'
        : 'One seed, and the noise of an evaluation was not measured.'
  }${run.floors.length > 0 ? ' Dashed: what real data score against the same reference, with its spread over redraws.' : ''} Point at a chart to read values; click an arm to hide it.</p>
${armLegend(run)}
<div class="plots">${charts}</div>`;
}

/** Slopes per generation with their intervals, a small chart a metric, and differences between arms where there are seeds. */
export function slopes(run: Run): Markup | false {
  const metrics = run.metrics.filter((key) => run.summaries.some((row) => row.metric === key));
  if (metrics.length === 0) return false;
  const pooled = run.summaries.some((row) => row.seed === null);
  const [first, last] = run.summaries[0].generations ?? [0, run.last];
  return html`<h2>Slope per generation</h2>
<p class="soft">Least-squares slope over generations ${first} to ${last} with its 95 % interval (t distribution)${
    pooled
      ? ', mean over seeds, the interval from the differences between seeds'
      : ', from the scatter of the generations of one seed around their line'
  }. Dashed: no change. Where a bar crosses it, this run cannot tell the slope from none; where it does not, the change is there, whatever its cause.</p>
<div class="plots">${metrics.map((key) =>
    forest(
      metricInfo(key).name,
      metricInfo(key).unit,
      run.arms
        .map(({ arm, colour }) => ({ arm, colour, slopes: slopesOf(run, key, arm) }))
        .filter((row) => row.slopes.length > 0),
    ),
  )}</div>`;
}

const numeric = (row: GenerationRow, name: string): number | undefined => {
  const value = row.correction?.[name];
  return typeof value === 'number' ? value : undefined;
};

/** What corrector and selector said of every generation, as charts. */
export function correctionCharts(run: Run): Markup[] {
  const charts: Markup[] = [];
  const has = (name: string): boolean => run.generations.some((row) => numeric(row, name) !== undefined);
  const chart = (
    title: string,
    unit: string,
    meaning: string,
    name: string,
    dashed?: string,
    range?: readonly [number, number],
  ): void => {
    if (!has(name)) return;
    charts.push(
      plot({
        title,
        unit,
        meaning,
        range,
        series: seriesOf(run, (row) => numeric(row, name)),
        dashed: dashed ? seriesOf(run, (row) => numeric(row, dashed)) : undefined,
      }),
    );
  };
  chart(
    'FID of the synthetic set',
    '',
    'Dashed before, solid after correction: whether one pass moves the samples towards real motion. Counts differ from those of the evaluation, so compare within this chart only.',
    'fidAfter',
    'fidBefore',
  );
  chart(
    'Physical error of the synthetic set',
    'mm',
    'Dashed before, solid after correction.',
    'physErrAfter',
    'physErrBefore',
  );
  chart(
    'Residual support',
    'body weights',
    'Mean external force that helped the humanoid. At nought the motion carries itself; the higher, the more of it is help and not physics.',
    'residual',
  );
  chart('Distance moved', 'mm', 'Mean displacement of joints relative to the root.', 'distance');
  chart(
    'Root speed, after ÷ before',
    '',
    'Wanted: 1. A corrector that eats speed below 1 makes collapse worse.',
    'speedRatio',
  );
  chart('Jerk, after ÷ before', '', 'Below 1 the correction smooths, above 1 it roughens.', 'jerkRatio');
  const select = (title: string, unit: string, meaning: string, name: string, dashed?: string): void => {
    if (!run.generations.some((row) => Number.isFinite(row.selection?.[name]))) return;
    charts.push(
      plot({
        title,
        unit,
        meaning,
        series: seriesOf(run, (row) => row.selection?.[name]),
        dashed: dashed ? seriesOf(run, (row) => row.selection?.[dashed]) : undefined,
      }),
    );
  };
  select(
    'Selection: distance to the real set',
    '',
    'Dashed: all candidates, solid: the chosen ones. A selector cannot choose what no candidate offers: a rising dashed line is variety being lost.',
    'chosenDistance',
    'poolDistance',
  );
  select(
    'Selection: cost of the match',
    '',
    'Mean squared distance to the real partner. Dashed: the first candidates as they come, solid: the chosen.',
    'cost',
    'costFirst',
  );
  return charts;
}

import { presentation } from './catalogue.js';
import { html, type Markup } from './html.js';
import { plot } from './plot.js';
import { floorOf, type Run, seriesOf } from './series.js';
import { SIGMA, smoothSeries } from './smooth.js';

/** What the paper plots, by the metrics that measure it here. */
const FIGURES: readonly (readonly string[])[] = [
  ['fid'],
  ['embeddingFid'],
  ['embeddingDiversity', 'diversity'],
  ['matching'],
];
/** Fewer generations have nothing to smooth. */
const LEAST = 5;

/** FID, diversity and matching as the paper draws them: smoothed over generations, with what was measured as thin lines. */
export function paperCurves(run: Run): Markup | false {
  if (!run.metrics.includes('fid')) return false;
  const keys = FIGURES.flatMap((names) => names.find((name) => run.metrics.includes(name)) ?? []);
  const charts = keys.flatMap((key) => {
    const raw = seriesOf(run, (row) => row.metrics[key]);
    if (Math.max(0, ...raw.map(({ points }) => points.length)) < LEAST) return [];
    const info = presentation(key);
    return plot({
      title: info.name,
      unit: info.unit,
      meaning: '',
      wide: info.wide,
      floor: floorOf(run, key),
      series: raw.map((series) => smoothSeries(series)),
      raw,
    });
  });
  if (charts.length === 0) return false;
  return html`<section><h3>As the paper plots them</h3>
<p class="soft">Gillman et al. show FID, diversity and matching after Gaussian smoothing over generations (σ = ${SIGMA}). Thick: every seed smoothed in this way, then averaged${run.seeds.length > 1 && ', with the 95 % band of the mean over seeds'}; thin: as measured. Claims are judged by what was measured.</p>
<div class="plots">${charts}</div></section>`;
}

import type { GenerationRow } from '../loop/layout.js';
import { html, type Markup } from './html.js';
import { armMark } from './marks.js';
import { plot } from './plot.js';
import { formatValue } from './scale.js';
import { floorOf, noiseOf, type Run, type Series, seriesOf } from './series.js';

const ends = (all: readonly Series[], arm: string): Markup | string => {
  const points = all.find((one) => one.arm === arm)?.points ?? [];
  if (points.length === 0) return '–';
  const [first, last] = [points[0], points[points.length - 1]];
  return html`${formatValue(first.mean)} → <b>${formatValue(last.mean)}</b>`;
};

/** Whether the generator, before any correction, becomes more physical, and needs less of it. */
export function physicsSection(run: Run): Markup | false {
  if (!run.metrics.includes('physErr') || run.last < 1) return false;
  const correction = (key: string) =>
    seriesOf(run, (row: GenerationRow) => {
      const value = row.correction?.[key];
      return typeof value === 'number' ? value : undefined;
    });
  const fresh = seriesOf(run, (row) => row.metrics.physErr);
  const force = correction('residual');
  const distance = correction('distance');
  const column = (series: readonly Series[], name: string, unit: string): Markup | false =>
    series.length > 0 && html`<th>${name}<small>${unit}, first → last</small></th>`;
  return html`<h2>Does the generator become more physical by itself?</h2>
<p class="soft">Physical error of fresh samples, as the model draws them and before any correction: only training can have lowered it. If a corrected arm’s generator learns from what it is shown, its samples come nearer to the floor of real data and need less force from outside and less displacement in the next correction.</p>
<div class="plots">${plot({
    title: 'Physical error of fresh samples',
    unit: 'mm',
    meaning: 'Penetration + floating + foot skate, before correction.',
    floor: floorOf(run, 'physErr'),
    noise: noiseOf(run, 'physErr'),
    series: fresh,
    include: [0],
  })}${
    force.length > 0 &&
    plot({
      title: 'Outside force they needed',
      unit: 'body weights',
      meaning: 'Mean over the samples that were corrected for training.',
      series: force,
      include: [0],
    })
  }${
    distance.length > 0 &&
    plot({
      title: 'Displacement by the correction',
      unit: 'mm',
      meaning: 'How far the correction moved the samples; nought for samples that were valid as they came.',
      series: distance,
      include: [0],
    })
  }</div>
<div class="table"><table><thead><tr><th>arm</th>${column(fresh, 'fresh samples', 'mm')}${column(force, 'outside force', 'body weights')}${column(distance, 'displacement', 'mm')}</tr></thead><tbody>${run.arms.map(
    ({ arm, colour }) =>
      html`<tr><th>${armMark(colour)} ${arm}</th><td>${ends(fresh, arm)}</td>${force.length > 0 && html`<td>${ends(force, arm)}</td>`}${distance.length > 0 && html`<td>${ends(distance, arm)}</td>`}</tr>`,
  )}</tbody></table></div>`;
}

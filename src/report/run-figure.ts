import { presentation } from './catalogue.js';
import { panelsSvg } from './figure.js';
import type { PlotSpec } from './plot.js';
import { floorOf, noiseOf, type Run, seriesOf, sortRun } from './series.js';
import type { ReportData } from './types.js';

const panel = (run: Run, key: string): PlotSpec => {
  const { name, unit, wide } = presentation(key);
  return {
    title: name,
    unit,
    meaning: '',
    wide,
    floor: floorOf(run, key),
    noise: noiseOf(run, key),
    bands: true,
    series: seriesOf(run, (row) => row.metrics[key]),
  };
};

/**
 * The figure of a run as one SVG: its first metric and physical error (or its second metric) over the generations, a line an arm with
 * the 95 % band over seeds.
 * @param arms which arms, in the order of a report; all where left out
 * @throws Error for an arm that did not run
 */
export function runFigure(data: ReportData, arms?: readonly string[]): string {
  const all = sortRun(data);
  const missing = arms?.find((arm) => !all.arms.some((one) => one.arm === arm));
  if (missing !== undefined)
    throw new Error(
      `Expected arms among ${all.arms.map(({ arm }) => arm).join(', ')} for a figure but received ${missing}`,
    );
  const run = arms ? { ...all, arms: all.arms.filter(({ arm }) => arms.includes(arm)) } : all;
  const keys = [run.metrics[0], run.metrics.includes('physErr') ? 'physErr' : run.metrics[1]].filter(Boolean);
  const loop = (data.config.config ?? {}) as Record<string, unknown>;
  const seeds = run.seeds.length;
  const facts = [
    typeof loop.n === 'number' && `n = ${loop.n}`,
    typeof loop.lambda === 'number' && `λ = ${loop.lambda}`,
    `${seeds} seed${seeds === 1 ? '' : 's'}`,
    seeds > 1 ? 'lines: means, bands: 95 % of the mean' : 'band: noise of one evaluation',
    'dashed: real data against real data',
  ];
  return panelsSvg(
    'A generator trained on its own samples, generation after generation',
    facts.filter(Boolean).join(' · '),
    keys.map((key) => panel(run, key)),
  );
}

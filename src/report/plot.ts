import { shortArm } from './catalogue.js';
import { html, Markup } from './html.js';
import { placeLabel, spreadLabels } from './labels.js';
import { marker } from './marks.js';
import {
  formatSpread,
  formatTick,
  formatValue,
  linearScale,
  logScale,
  niceTicks,
  type Scale,
} from './scale.js';
import type { Level, Point, Series } from './series.js';

/** One chart of values over generations. */
export interface PlotSpec {
  title: string;
  unit: string;
  meaning: string;
  series: Series[];
  /** What real data score. */
  floor?: Level;
  /** Standard deviation of one evaluation; drawn as the band when there is one seed. */
  noise?: number;
  range?: readonly [number, number];
  /** A logarithmic axis is allowed. */
  wide?: boolean;
  /** A second set of series drawn dashed, e.g. values before correction. */
  dashed?: Series[];
  /** Closed forms, drawn dash-dotted. */
  theory?: Series[];
  /** Lines drawn thin in the arm's colour, e.g. what was measured where the series is smoothed. */
  raw?: Series[];
  /** Other arms, drawn grey to be compared with. */
  context?: Series[];
  /** Values that the axis must hold, e.g. 0. */
  include?: readonly number[];
  /** A horizontal line that means something, with its name. */
  reference?: { value: number; name: string };
  /** Large chart with arm names at the ends of the lines. */
  large?: boolean;
  /** Bands however many arms there are; without it up to {@link BANDED}. */
  bands?: boolean;
  /** Width and height of the drawing, where it is not one of a page. */
  size?: readonly [width: number, height: number];
}

const r1 = (value: number): string => String(Math.round(value * 10) / 10);

/** Half width of the band around a point: the confidence interval of the mean over seeds, or the noise of one evaluation with a single seed. */
const halfBand = (point: Point, noise: number | undefined): number =>
  point.values.length > 1 ? point.half : (noise ?? 0);

/** More seeds than these are not drawn one by one. */
export const SEED_LINES = 10;

/** More arms than these in one chart are drawn without bands and seeds: none could be told from another. */
export const BANDED = 6;

const hasBands = ({ bands, series }: PlotSpec): boolean => bands || series.length <= BANDED;

function valueScale(spec: PlotSpec, from: number, to: number): Scale {
  if (spec.range) return linearScale(spec.range[0], spec.range[1], from, to, { exact: true });
  const values = [
    ...spec.series,
    ...(spec.dashed ?? []),
    ...(spec.theory ?? []),
    ...(spec.raw ?? []),
    ...(spec.context ?? []),
  ].flatMap((series) =>
    series.points.flatMap((point) => [
      ...(hasBands(spec) && point.values.length <= SEED_LINES ? point.values.filter(Number.isFinite) : []),
      point.mean,
    ]),
  );
  if (spec.floor) values.push(spec.floor.mean);
  if (spec.reference) values.push(spec.reference.value);
  values.push(...(spec.include ?? []));
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (spec.wide && low > 0 && high / low > 8) return logScale(low, high, from, to);
  // Bands count on a linear axis only: on a logarithmic one a wide band below would squeeze everything else.
  const banded = hasBands(spec) ? spec.series : [];
  const bands = banded.flatMap((series) =>
    series.points.map((point) => point.mean + halfBand(point, spec.noise)),
  );
  const under = banded.flatMap((series) =>
    series.points.map((point) => point.mean - halfBand(point, spec.noise)),
  );
  const top = Math.max(high, ...bands);
  const bottom = Math.min(low, ...under);
  // An axis that can start at nought does, unless the data sit far above it.
  const start = low >= 0 && low < 0.6 * high ? 0 : bottom;
  return linearScale(Math.min(start, low), top, from, to, { count: spec.large ? 6 : 4 });
}

const polyline = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i ? 'L' : 'M'}${r1(x)} ${r1(y)}`).join('');

function bandPath(points: Point[], noise: number | undefined, x: Scale, y: Scale): string {
  const upper = points.map(
    (p) => [x.at(p.generation), y.at(Math.min(p.mean + halfBand(p, noise), y.domain[1]))] as const,
  );
  const lower = points.map(
    (p) => [x.at(p.generation), y.at(Math.max(p.mean - halfBand(p, noise), y.domain[0]))] as const,
  );
  return `${polyline(upper)}${polyline(lower.reverse()).replace('M', 'L')}z`;
}

function drawSeries(series: Series, spec: PlotSpec, x: Scale, y: Scale): string {
  const { points, colour } = series;
  const at = (p: Point): readonly [number, number] => [x.at(p.generation), y.at(p.mean)];
  const seeds = points[0].values.length;
  let out = `<g class="arm c${colour}" data-arm="${colour}">`;
  const banded = hasBands(spec);
  if (banded && points.some((point) => halfBand(point, spec.noise) > 0))
    out += `<path class="band" d="${bandPath(points, spec.noise, x, y)}"/>`;
  for (let seed = 0; banded && seeds > 1 && seeds <= SEED_LINES && seed < seeds; seed++) {
    const own = points
      .filter((p) => Number.isFinite(p.values[seed]))
      .map((p) => [x.at(p.generation), y.at(p.values[seed])] as const);
    out += `<path class="seed" d="${polyline(own)}"/>`;
  }
  out += `<path class="line" d="${polyline(points.map(at))}"/>`;
  const every = Math.max(1, Math.ceil(points.length / 13));
  const dots = points.filter((_, i) => (points.length - 1 - i) % every === 0);
  out += `<path class="dot" d="${dots.map((p) => marker(colour, ...at(p), spec.large ? 3.2 : 2.6)).join('')}"/></g>`;
  return out;
}

function axes(x: Scale, y: Scale, left: number, right: number, top: number, bottom: number): string {
  let out = '<g class="grid">';
  for (const tick of y.ticks) out += `<path d="M${left} ${r1(y.at(tick))}H${right}"/>`;
  out += `</g><g class="axis"><path d="M${left} ${bottom}H${right}"/>`;
  for (const tick of x.ticks)
    out += `<path d="M${r1(x.at(tick))} ${bottom}v4"/><text x="${r1(x.at(tick))}" y="${bottom + 16}" text-anchor="middle">${formatTick(tick)}</text>`;
  for (const tick of y.ticks)
    out += `<text x="${left - 6}" y="${r1(y.at(tick) + 3.6)}" text-anchor="end">${formatTick(tick)}</text>`;
  out += `<text class="axis-name" x="${r1((left + right) / 2)}" y="${bottom + 31}" text-anchor="middle">generation</text></g>`;
  return `${out}<path class="frame" d="M${left} ${top}V${bottom}"/>`;
}

/** One chart with what the page's script needs to read values off it. */
export function plot(spec: PlotSpec): Markup {
  if (!spec.large) return figure(spec, '');
  // A wide drawing cannot be read on a phone, so a narrow page shows a small one in its place.
  return html`${figure(spec, ' large')}${figure({ ...spec, large: false }, ' narrow')}`;
}

function figure(spec: PlotSpec, size: string): Markup {
  const [width, height] = spec.size ?? (spec.large ? [760, 560] : [380, 218]);
  const [left, top, bottom] = [44, 10, height - 38];
  const names = spec.series.map(({ arm }) => arm);
  const labels = names.map((arm) => shortArm(arm, names));
  const longest = Math.max(0, ...labels.map((label) => label.length));
  const right = width - (spec.large ? Math.min(200, Math.max(112, 22 + 6.8 * longest)) : 10);
  const generations = spec.series.flatMap((series) => series.points.map((point) => point.generation));
  const [first, last] = [Math.min(...generations), Math.max(...generations)];
  const x = linearScale(first, Math.max(last, first + 1), left + 6, right - 6, { exact: true });
  x.ticks = niceTicks(first, Math.max(last, first + 1), width > 600 ? 12 : 8).filter(Number.isInteger);
  const y = valueScale(spec, bottom, top);
  const unit = [spec.unit, y.log ? 'log scale' : ''].filter(Boolean).join(', ');

  let drawing = axes(x, y, left, right, top, bottom);
  const level = spec.floor
    ? { at: y.at(spec.floor.mean), text: `real ${formatValue(spec.floor.mean)}` }
    : spec.reference && { at: y.at(spec.reference.value), text: spec.reference.name };
  if (spec.floor) {
    const high = y.at(spec.floor.mean + spec.floor.spread);
    const low = y.at(Math.max(spec.floor.mean - spec.floor.spread, y.domain[0]));
    drawing += `<g class="floor"><rect x="${left}" y="${r1(high)}" width="${right - left}" height="${r1(Math.max(0, low - high))}"/></g>`;
  }
  if (level) drawing += `<g class="floor"><path d="M${left} ${r1(level.at)}H${right}"/></g>`;
  const thin = ({ points }: Series): string =>
    polyline(points.map((p) => [x.at(p.generation), y.at(p.mean)] as const));
  for (const series of spec.context ?? []) drawing += `<path class="context" d="${thin(series)}"/>`;
  for (const series of spec.raw ?? [])
    drawing += `<g class="arm c${series.colour}" data-arm="${series.colour}"><path class="raw" d="${thin(series)}"/></g>`;
  for (const series of spec.dashed ?? []) {
    drawing += `<g class="arm c${series.colour}" data-arm="${series.colour}"><path class="line dashed" d="${thin(series)}"/></g>`;
  }
  for (const series of spec.series) drawing += drawSeries(series, spec, x, y);
  for (const series of spec.theory ?? [])
    drawing += `<g class="arm c${series.colour}" data-arm="${series.colour}"><path class="theory" d="${thin(series)}"/></g>`;
  if (spec.large) {
    const ends = spec.series.map((series) => series.points[series.points.length - 1]);
    const heights = spreadLabels(
      ends.map((p) => y.at(p.mean)),
      Math.min(15, (bottom - top - 10) / Math.max(1, ends.length - 1)),
      top + 6,
      bottom - 4,
    );
    spec.series.forEach((series, i) => {
      const [ex, ey] = [x.at(ends[i].generation), y.at(ends[i].mean)];
      drawing +=
        `<g class="arm c${series.colour} end" data-arm="${series.colour}"><path d="M${r1(ex + 6)} ${r1(ey)}L${right + 6} ${r1(heights[i])}"/>` +
        html`<text x="${right + 10}" y="${r1(heights[i] + 4)}">${labels[i]}</text>`.text +
        '</g>';
    });
  }
  if (level) {
    const paths = spec.series.map((series) =>
      series.points.map((p) => [x.at(p.generation), y.at(p.mean)] as const),
    );
    const place = placeLabel(level.at, level.text, paths, { left, right, top, bottom });
    drawing +=
      html`<g class="floor"><text x="${r1(place.x)}" y="${r1(place.y)}" text-anchor="${place.anchor}">${level.text}</text></g>`
        .text;
  }
  drawing += `<path class="cursor" d="M0 ${top}V${bottom}" visibility="hidden"/>`;

  const readout = {
    first,
    last: Math.max(last, first + 1),
    x: [x.at(first) / width, x.at(Math.max(last, first + 1)) / width],
    floor: spec.floor ? formatValue(spec.floor.mean) : undefined,
    series: spec.series.map((series) => ({
      arm: series.arm,
      colour: series.colour,
      points: series.points.map((p) => {
        const half = halfBand(p, spec.noise);
        return [p.generation, formatValue(p.mean) + (half > 0 ? ` ± ${formatSpread(half)}` : '')];
      }),
    })),
  };
  return html`<figure class="plot${size}" data-plot="${JSON.stringify(readout)}">
<figcaption><b>${spec.title}</b>${unit ? html` <span class="unit">${unit}</span>` : ''}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${`${spec.title} over generations, one line per arm`}">${new Markup(drawing)}</svg>
${spec.meaning ? html`<p>${spec.meaning}</p>` : ''}</figure>`;
}

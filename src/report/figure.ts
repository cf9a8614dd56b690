import { ARM_LIGHT, HUES } from './colours.js';
import { escapeHtml } from './html.js';
import { type PlotSpec, plot } from './plot.js';

/** Colours of the arms, in a light page; the first is the baseline's. */
const COLOURS = ['#5b6770', '#c8324a', '#b7791f', '#1769d2', '#2b9348', '#7b3fb5', '#00838f', '#ad1457'];

const styleOf = (
  colours: readonly string[],
): string => `text{font:12px system-ui,sans-serif;fill:#3a434b}.title{font-weight:600;font-size:14px}
.axis path,.frame{stroke:#8a949d;fill:none}.grid path{stroke:#e3e7ea;fill:none}.line{stroke:var(--c);stroke-width:2;fill:none;stroke-linejoin:round}
.line.dashed{stroke-width:1.5;stroke-dasharray:5 4;opacity:.8}.seed{stroke:none;fill:none}.band{fill:var(--c);opacity:.15}.dot{fill:var(--c);stroke:#fff}
.end path{stroke:var(--c);opacity:.5;fill:none}.arm text{fill:var(--c);font-weight:600}.floor path{stroke:#5b6770;stroke-width:1.4;stroke-dasharray:6 4}
.floor rect{fill:#5b6770;opacity:.11}.cursor{display:none}
${colours.map((colour, i) => `.c${i}{--c:${colour}}`).join('')}`;

/** What is inside the SVG of a chart; paths of single seeds are not drawn, so they need not be in the file. */
function drawingOf(spec: PlotSpec): string {
  const { text } = plot({ ...spec, large: true });
  const begin = text.indexOf('<svg');
  const drawing = text.slice(text.indexOf('>', begin) + 1, text.indexOf('</svg>', begin));
  return drawing.replaceAll(/<path class="seed"[^>]*\/>/g, '');
}

/** One chart as a file of its own: the SVG of {@link plot} with its style, its title and room around it; light colours. */
export function figureSvg(spec: PlotSpec): string {
  const [left, top, width, height] = [-20, -52, 810, 622];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(spec.title)}">
<style>${styleOf(COLOURS)}</style><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#fff"/>
<text class="title" x="0" y="-30">${escapeHtml(spec.title)}</text><text x="0" y="-12">${escapeHtml(spec.unit)}</text>
${drawingOf(spec)}
</svg>
`;
}

const PANEL: readonly [number, number] = [500, 380];

/** Charts side by side as a file of its own, arms in the colours of a report; light colours. */
export function panelsSvg(title: string, subtitle: string, panels: readonly PlotSpec[]): string {
  const [width, height] = [PANEL[0] * panels.length + 40, PANEL[1] + 96];
  // Twice the hues, the second time dashed.
  const colours = [...ARM_LIGHT, ...ARM_LIGHT];
  const dashes = ARM_LIGHT.map((_, i) => `.c${i + HUES} .line{stroke-dasharray:8 3}`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}">
<style>${styleOf(colours)}${dashes}</style><rect width="${width}" height="${height}" fill="#fff"/>
<text class="title" x="20" y="26">${escapeHtml(title)}</text><text x="20" y="44">${escapeHtml(subtitle)}</text>
${panels
  .map(
    (spec, i) =>
      `<g transform="translate(${20 + i * PANEL[0]} 84)"><text class="title" x="0" y="-8">${escapeHtml([spec.title, spec.unit].filter(Boolean).join(', '))}</text>${drawingOf({ ...spec, size: PANEL })}</g>`,
  )
  .join('\n')}
</svg>
`;
}

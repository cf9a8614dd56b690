import { escapeHtml } from './html.js';
import { type PlotSpec, plot } from './plot.js';

/** Colours of the arms, in a light page; the first is the baseline's. */
const COLOURS = ['#5b6770', '#c8324a', '#b7791f', '#1769d2', '#2b9348', '#7b3fb5', '#00838f', '#ad1457'];

const STYLE = `text{font:12px system-ui,sans-serif;fill:#3a434b}.title{font-weight:600;font-size:14px}
.axis path,.frame{stroke:#8a949d;fill:none}.grid path{stroke:#e3e7ea;fill:none}.line{stroke:var(--c);stroke-width:2;fill:none;stroke-linejoin:round}
.line.dashed{stroke-width:1.5;stroke-dasharray:5 4;opacity:.8}.seed{stroke:none;fill:none}.band{fill:var(--c);opacity:.15}.dot{fill:var(--c);stroke:#fff}
.end path{stroke:var(--c);opacity:.5;fill:none}.arm text{fill:var(--c);font-weight:600}.floor path{stroke:#5b6770;stroke-width:1.4;stroke-dasharray:6 4}
.floor rect{fill:#5b6770;opacity:.11}.cursor{display:none}
${COLOURS.map((colour, i) => `.c${i}{--c:${colour}}`).join('')}`;

/** One chart as a file of its own: the SVG of {@link plot} with its style, its title and room around it; light colours. */
export function figureSvg(spec: PlotSpec): string {
  const { text } = plot({ ...spec, large: true });
  const begin = text.indexOf('<svg');
  const drawing = text.slice(text.indexOf('>', begin) + 1, text.indexOf('</svg>', begin));
  // Paths of single seeds are not drawn, so they need not be in the file.
  const lean = drawing.replaceAll(/<path class="seed"[^>]*\/>/g, '');
  const [left, top, width, height] = [-20, -52, 810, 622];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(spec.title)}">
<style>${STYLE}</style><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#fff"/>
<text class="title" x="0" y="-30">${escapeHtml(spec.title)}</text><text x="0" y="-12">${escapeHtml(spec.unit)}</text>
${lean}
</svg>
`;
}

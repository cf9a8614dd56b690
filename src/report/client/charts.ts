/** What a chart tells the script: where its generations lie and the text to be shown for each. */
interface Readout {
  first: number;
  last: number;
  /** First and last generation as a share of the drawing's width. */
  x: [number, number];
  floor?: string;
  series: { arm: string; colour: number; points: [number, string][] }[];
}

/** The generation nearest to a place in the drawing of those that are shown; `share` is 0 at its left edge and 1 at its right. */
export function generationAt(readout: Pick<Readout, 'first' | 'last' | 'x'>, share: number): number {
  const part = (share - readout.x[0]) / (readout.x[1] - readout.x[0]);
  const generation = readout.first + part * (readout.last - readout.first);
  return Math.min(readout.last, Math.max(readout.first, Math.round(generation)));
}

/** A long run shows not every generation. */
export function nearestShown({ series }: Pick<Readout, 'series'>, generation: number): number {
  let best = generation;
  let distance = Number.POSITIVE_INFINITY;
  for (const { points } of series)
    for (const [shown] of points)
      if (Math.abs(shown - generation) < distance) {
        distance = Math.abs(shown - generation);
        best = shown;
      }
  return best;
}

function cell(text: string, className = ''): HTMLElement {
  const element = document.createElement('span');
  element.textContent = text;
  element.className = className;
  return element;
}

/** Values of all arms at the generation under the pointer, with a line in every chart at the same generation. */
export function startCharts(): void {
  const charts = [...document.querySelectorAll<HTMLElement>('figure[data-plot]')].map((figure) => {
    const readout = JSON.parse(figure.dataset.plot!) as Readout;
    return { figure, readout, svg: figure.querySelector('svg')!, cursor: figure.querySelector('.cursor')! };
  });
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.hidden = true;
  document.body.append(tip);

  const hide = (): void => {
    tip.hidden = true;
    for (const chart of charts) chart.cursor.setAttribute('visibility', 'hidden');
  };
  const show = (chart: (typeof charts)[number], clientX: number): void => {
    const box = chart.svg.getBoundingClientRect();
    const pointed = generationAt(chart.readout, (clientX - box.left) / box.width);
    const generation = nearestShown(chart.readout, pointed);
    for (const { readout, svg, cursor } of charts) {
      const inside = generation >= readout.first && generation <= readout.last;
      const share =
        readout.x[0] +
        ((generation - readout.first) / (readout.last - readout.first)) * (readout.x[1] - readout.x[0]);
      cursor.setAttribute('transform', `translate(${share * svg.viewBox.baseVal.width} 0)`);
      cursor.setAttribute('visibility', inside ? 'visible' : 'hidden');
    }
    const rows = chart.readout.series.flatMap((series) => {
      if (document.documentElement.classList.contains(`hide-${series.colour}`)) return [];
      const value = series.points.find((point) => point[0] === generation)?.[1];
      return value === undefined
        ? []
        : [cell('', `swatch c${series.colour}`), cell(series.arm), cell(value, 'number')];
    });
    if (chart.readout.floor)
      rows.push(cell('', 'swatch floor'), cell('real'), cell(chart.readout.floor, 'number'));
    tip.replaceChildren(cell(`generation ${generation}`, 'head'), ...rows);
    tip.hidden = false;
    const left =
      clientX + 16 + tip.offsetWidth > document.documentElement.clientWidth
        ? clientX - 16 - tip.offsetWidth
        : clientX + 16;
    tip.style.left = `${Math.max(4, left) + window.scrollX}px`;
    tip.style.top = `${box.top + window.scrollY + 8}px`;
  };
  for (const chart of charts) {
    chart.svg.addEventListener('pointermove', (event) => show(chart, event.clientX));
    chart.svg.addEventListener('pointerdown', (event) => show(chart, event.clientX));
    chart.svg.addEventListener('pointerleave', hide);
  }

  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-toggle-arm]')) {
    button.addEventListener('click', () => {
      const hidden = document.documentElement.classList.toggle(`hide-${button.dataset.toggleArm}`);
      button.setAttribute('aria-pressed', String(!hidden));
    });
  }
}

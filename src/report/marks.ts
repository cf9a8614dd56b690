import { html, type Markup } from './html.js';

const r1 = (value: number): number => Math.round(value * 10) / 10;

/** Shapes that tell arms apart without colour. */
export function marker(shape: number, x: number, y: number, size: number): string {
  const s = size;
  switch (shape % 6) {
    case 0:
      return `M${r1(x - s)} ${r1(y)}a${s} ${s} 0 1 0 ${2 * s} 0a${s} ${s} 0 1 0 ${-2 * s} 0z`;
    case 1:
      return `M${r1(x - s)} ${r1(y - s)}h${2 * s}v${2 * s}h${-2 * s}z`;
    case 2:
      return `M${r1(x)} ${r1(y - s * 1.2)}l${r1(s * 1.2)} ${r1(s * 2.1)}h${r1(-s * 2.4)}z`;
    case 3:
      return `M${r1(x)} ${r1(y - s * 1.35)}l${r1(s * 1.35)} ${r1(s * 1.35)}l${r1(-s * 1.35)} ${r1(s * 1.35)}l${r1(-s * 1.35)} ${r1(-s * 1.35)}z`;
    case 4:
      return `M${r1(x)} ${r1(y + s * 1.2)}l${r1(s * 1.2)} ${r1(-s * 2.1)}h${r1(-s * 2.4)}z`;
    default:
      return `M${r1(x - s * 1.3)} ${r1(y - 0.9)}h${r1(s * 2.6)}v1.8h${r1(-s * 2.6)}zM${r1(x - 0.9)} ${r1(y - s * 1.3)}h1.8v${r1(s * 2.6)}h-1.8z`;
  }
}

/** The mark of an arm for legends and tables. */
export const armMark = (colour: number): Markup =>
  html`<svg class="mark c${colour}" viewBox="0 0 22 12" width="22" height="12" aria-hidden="true"><path class="line" d="M0 6h22"/><path class="dot" d="${marker(colour, 11, 6, 4)}"/></svg>`;

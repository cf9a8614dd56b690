/**
 * Colours of the arms, light and dark page: Okabe and Ito's palette (safe for the common kinds of colour blindness) with the lightness
 * moved so that each keeps a contrast of at least 3 to its ground, and four more.
 */
export const ARM_LIGHT: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#b8860b',
  '#00896a',
  '#8e4fa8',
  '#3a9bd1',
  '#7a5c3e',
  '#c25587',
  '#4b7d1f',
  '#5148b8',
  '#0097a7',
  '#a83232',
];
export const ARM_DARK: readonly string[] = [
  '#4ea8e0',
  '#f2803d',
  '#e3b341',
  '#2fc29b',
  '#c08fe0',
  '#8ccdf2',
  '#c7a37c',
  '#ee93bb',
  '#9ccc65',
  '#9c95f0',
  '#4dd0e1',
  '#ef8a8a',
];

/** Different colours; higher numbers are the same colours with dashed lines. */
export const HUES = ARM_LIGHT.length;
/** Colour numbers of arms. */
export const ARM_COLOURS = 2 * HUES;
/** Colour number of motions that belong to no arm. */
export const NO_ARM = ARM_COLOURS;
/** Its colour, light and dark. */
export const NO_ARM_COLOURS: readonly [string, string] = ['#5f6b76', '#a9b4be'];

/** Relative luminance of `#rrggbb` (WCAG 2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours, 1 to 21 (WCAG 2). */
export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

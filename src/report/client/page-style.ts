import type { Theme } from './stage.js';

export const find = <E extends HTMLElement>(root: ParentNode, selector: string): E =>
  root.querySelector<E>(selector)!;

export const cssColour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Colours of the surroundings, light or dark as the page is. */
export const pageTheme = (): Theme => ({
  background: cssColour('--stage'),
  grid: cssColour('--stage-grid'),
  contact: cssColour('--contact'),
  sunk: cssColour('--before'),
  dark: matchMedia('(prefers-color-scheme: dark)').matches,
});

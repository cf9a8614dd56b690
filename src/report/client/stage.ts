import type { Camera } from './camera.js';

/** One figure to draw. */
export interface Figure {
  /** 22 joints x (x, y, z), metres. */
  pose: Float32Array;
  /** CSS colour. */
  colour: string;
  /** Half transparent: the motion before correction laid over the one after. */
  ghost: boolean;
  /** Contact of the left and right foot. */
  contacts: readonly [boolean, boolean];
}

/** Colours of the surroundings, as CSS. */
export interface Theme {
  background: string;
  grid: string;
  contact: string;
  sunk: string;
  dark: boolean;
}

/** Something that draws figures: WebGL where there is one, otherwise a plain canvas. */
export interface Stage {
  readonly kind: 'webgl' | 'canvas';
  /** Draws one picture per view, side by side, each through its own camera or all through one. `width` and `height` are CSS pixels. */
  draw(
    views: readonly (readonly Figure[])[],
    cameras: Camera | readonly Camera[],
    theme: Theme,
    width: number,
    height: number,
  ): void;
}

/** The camera of a view. */
export const cameraOf = (cameras: Camera | readonly Camera[], view: number): Camera =>
  'target' in cameras ? cameras : cameras[view];

/** Pixels of screen per CSS pixel, bounded so that a dense phone display does not draw nine times the work. */
export const pixelRatio = (): number => Math.min(2, globalThis.devicePixelRatio || 1);

/** Colour of a foot's ground mark: `sunk` when the foot joint is more than 1 cm under the ground. */
export const contactColour = (height: number, theme: Theme): string =>
  height < -0.01 ? theme.sunk : theme.contact;

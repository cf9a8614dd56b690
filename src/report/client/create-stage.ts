import type { Stage } from './stage.js';
import { canvasStage } from './stage-canvas.js';
import { webglStage } from './stage-webgl.js';
import { loadThree } from './three.js';

/** A stage on three.js, or on a plain canvas where WebGL or what loads it is missing; the reason is shown. */
export async function createStage(
  canvas: HTMLCanvasElement,
  say: (text: string) => void,
): Promise<[Stage, HTMLCanvasElement]> {
  try {
    // Asked before three.js is, which would report a failure at length.
    if (!document.createElement('canvas').getContext('webgl2')) throw new Error('no WebGL 2 context');
    return [webglStage(await loadThree(), canvas), canvas];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`3-D drawing is not available here (${reason}): figures are drawn flat, without shadows.`);
    // A canvas that was asked for WebGL gives no other context.
    const plain = canvas.cloneNode() as HTMLCanvasElement;
    canvas.replaceWith(plain);
    return [canvasStage(plain), plain];
  }
}

import type { PackedMotion } from './codec.js';
import { pixelRatio } from './stage.js';

/** CSS colours of the strip. */
export interface TimelineColours {
  after: string;
  before: string;
  ink: string;
  faint: string;
  contact: string;
}

const LANE = 7;

/** The thumb of a range control stops half its width before the ends; the strip keeps the same margins. */
const MARGIN = 8;

/** The frame at a distance in pixels from the strip's left edge. */
export function frameUnder(canvas: HTMLCanvasElement, motion: PackedMotion, x: number): number {
  const part = (x - MARGIN) / (canvas.clientWidth - 2 * MARGIN);
  return Math.round(Math.min(1, Math.max(0, part)) * (motion.frames - 1));
}

/**
 * Draws the strip over the scrub bar: height of the lowest joint over time (before and after correction, the line is the
 * ground), below it two lanes with the contacts of the left and right foot.
 */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  motion: PackedMotion,
  at: number,
  colours: TimelineColours,
): void {
  const ratio = pixelRatio();
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const last = Math.max(1, motion.frames - 1);
  const x = (frame: number): number => MARGIN + (frame / last) * (width - 2 * MARGIN);
  const curveBottom = height - 2 * LANE - 6;
  const all = [...motion.lowest, ...(motion.lowestBefore ?? [])];
  const high = Math.max(60, ...all);
  const low = Math.min(-30, ...all);
  const y = (mm: number): number => 3 + ((high - mm) / (high - low)) * (curveBottom - 6);

  context.strokeStyle = colours.faint;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(MARGIN, y(0));
  context.lineTo(width - MARGIN, y(0));
  context.stroke();
  context.setLineDash([]);
  const curve = (heights: readonly number[], colour: string): void => {
    context.strokeStyle = colour;
    context.lineWidth = 1.75;
    context.beginPath();
    heights.forEach((mm, frame) => {
      context.lineTo(x(frame), y(mm));
    });
    context.stroke();
  };
  if (motion.lowestBefore) curve(motion.lowestBefore, colours.before);
  curve(motion.lowest, colours.after);

  for (let side = 0; side < 2; side++) {
    const top = height - (2 - side) * LANE;
    context.fillStyle = colours.faint;
    context.fillRect(MARGIN, top + LANE / 2 - 0.5, width - 2 * MARGIN, 1);
    context.fillStyle = colours.contact;
    const step = (width - 2 * MARGIN) / last;
    for (let frame = 0; frame < motion.frames; frame++) {
      if ((Number(motion.contacts[frame]) & (side + 1)) !== 0) {
        context.fillRect(Math.max(MARGIN, x(frame) - step / 2), top + 1, step + 0.5, LANE - 2);
      }
    }
  }
  context.strokeStyle = colours.ink;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x(at), 0);
  context.lineTo(x(at), height);
  context.stroke();
}

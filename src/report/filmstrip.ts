import { FRAME_SIZE, frameCount } from '../motion/motion.js';
import { JOINT_COUNT, PARENTS } from '../motion/skeleton.js';
import { html, Markup } from './html.js';
import type { ViewerMotion } from './types.js';

const WIDTH = 200;
const HEIGHT = 84;
const METRES = 1.95;
const POSES = 5;
const HEAD = 15;

/** Direction the figure faces in the horizontal plane: its left-to-right line of hips and shoulders turned by 90 degrees. */
function facing(joints: Float32Array, frame: number): number {
  const at = frame * FRAME_SIZE;
  const across = (axis: number): number =>
    joints[at + 3 + axis] - joints[at + 6 + axis] + joints[at + 48 + axis] - joints[at + 51 + axis];
  // Left minus right is +x for a figure that faces +z.
  return Math.atan2(-across(2), across(0));
}

/** A few poses of a motion in a row, early ones faint: the choice button, and all there is on paper. */
export function filmstrip(motion: ViewerMotion): Markup {
  const frames = frameCount(motion);
  const { joints } = motion;
  const turn = facing(joints, 0) + 0.75;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const shown = Array.from({ length: POSES }, (_, i) => Math.round(((i + 0.5) / POSES) * (frames - 1)));
  // A jump must fit too.
  const heads = shown.map((frame) => joints[frame * FRAME_SIZE + HEAD * 3 + 1] + 0.15);
  const scale = (HEIGHT - 10) / Math.max(METRES, ...heads);
  const ground = HEIGHT - 6;
  let drawing = `<path class="ground" d="M4 ${ground + 1}H${WIDTH - 4}"/>`;
  for (let i = 0; i < POSES; i++) {
    const at = shown[i] * FRAME_SIZE;
    const middle = ((i + 0.5) / POSES) * WIDTH;
    const project = (joint: number): string => {
      const x = joints[at + joint * 3] - joints[at];
      const z = joints[at + joint * 3 + 2] - joints[at + 2];
      const across = x * cos - z * sin;
      const [px, py] = [middle + across * scale, ground - joints[at + joint * 3 + 1] * scale];
      return `${px.toFixed(1)} ${py.toFixed(1)}`;
    };
    let bones = '';
    for (let joint = 1; joint < JOINT_COUNT; joint++)
      bones += `M${project(PARENTS[joint])}L${project(joint)}`;
    const head = project(HEAD).split(' ');
    drawing += `<g opacity="${(0.45 + (0.55 * i) / (POSES - 1)).toFixed(2)}"><path class="bones" d="${bones}"/><circle class="head" cx="${head[0]}" cy="${head[1]}" r="3.6"/></g>`;
  }
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">${new Markup(drawing)}</svg>`;
}

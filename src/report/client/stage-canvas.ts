import { BONE_RADII, BONES, FEET, GROUND, HEAD, HEAD_RADIUS } from './body.js';
import { type Camera, FIELD_OF_VIEW, projector } from './camera.js';
import { cameraOf, contactColour, type Figure, pixelRatio, type Stage, type Theme } from './stage.js';

type Project = ReturnType<typeof projector>;

const GRID_REACH = 6;

function drawGround(context: CanvasRenderingContext2D, project: Project, camera: Camera, theme: Theme): void {
  context.strokeStyle = theme.grid;
  context.lineWidth = 1;
  context.beginPath();
  const [cx, cz] = [Math.round(camera.target[0]), Math.round(camera.target[2])];
  const segment = (a: readonly number[], b: readonly number[]): void => {
    const [ax, ay, ad] = project(a);
    const [bx, by, bd] = project(b);
    if (ad < 0.2 || bd < 0.2) return;
    context.moveTo(ax, ay);
    context.lineTo(bx, by);
  };
  // Squares of one metre, piece by piece, so that pieces behind the camera can be left out.
  for (let i = -GRID_REACH; i <= GRID_REACH; i++) {
    for (let k = -GRID_REACH; k < GRID_REACH; k++) {
      segment([cx + i, GROUND, cz + k], [cx + i, GROUND, cz + k + 1]);
      segment([cx + k, GROUND, cz + i], [cx + k + 1, GROUND, cz + i]);
    }
  }
  context.stroke();
}

function drawContacts(
  context: CanvasRenderingContext2D,
  project: Project,
  figure: Figure,
  theme: Theme,
): void {
  for (let side = 0; side < 2; side++) {
    if (!figure.contacts[side]) continue;
    const joint = FEET[side] * 3;
    const { pose } = figure;
    context.beginPath();
    for (let i = 0; i <= 24; i++) {
      const angle = (i / 24) * 2 * Math.PI;
      const [x, y] = project([
        pose[joint] + 0.11 * Math.cos(angle),
        GROUND,
        pose[joint + 2] + 0.11 * Math.sin(angle),
      ]);
      context.lineTo(x, y);
    }
    context.fillStyle = contactColour(pose[joint + 1], theme);
    context.globalAlpha = 0.65;
    context.fill();
    context.globalAlpha = 1;
  }
}

function drawFigure(
  context: CanvasRenderingContext2D,
  project: Project,
  figure: Figure,
  focal: number,
): void {
  const { pose } = figure;
  const joint = (j: number): [number, number, number] =>
    project([pose[j * 3], pose[j * 3 + 1], pose[j * 3 + 2]]);
  const parts: { depth: number; draw: () => void }[] = [];
  BONES.forEach(([parent, child], bone) => {
    const [a, b] = [joint(parent), joint(child)];
    const depth = (a[2] + b[2]) / 2;
    if (Math.min(a[2], b[2]) < 0.2) return;
    parts.push({
      depth,
      draw: () => {
        context.lineWidth = Math.max(1.5, (2 * BONE_RADII[bone] * focal) / depth);
        context.beginPath();
        context.moveTo(a[0], a[1]);
        context.lineTo(b[0], b[1]);
        context.stroke();
      },
    });
  });
  const head = joint(HEAD);
  if (head[2] > 0.2) {
    parts.push({
      depth: head[2],
      draw: () => {
        context.beginPath();
        context.arc(head[0], head[1], (HEAD_RADIUS * focal) / head[2], 0, 2 * Math.PI);
        context.fill();
      },
    });
  }
  context.lineCap = 'round';
  context.strokeStyle = figure.colour;
  context.fillStyle = figure.colour;
  context.globalAlpha = figure.ghost ? 0.35 : 1;
  for (const part of parts.sort((a, b) => b.depth - a.depth)) part.draw();
  context.globalAlpha = 1;
}

/** Figures on a plain 2-D canvas, for browsers without WebGL: bones as thick lines, far ones first. */
export function canvasStage(canvas: HTMLCanvasElement): Stage {
  const context = canvas.getContext('2d')!;
  return {
    kind: 'canvas',
    draw(views, cameras, theme, width, height) {
      const ratio = pixelRatio();
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      const part = width / views.length;
      views.forEach((figures, i) => {
        context.setTransform(ratio, 0, 0, ratio, i * part * ratio, 0);
        context.save();
        context.beginPath();
        context.rect(0, 0, part, height);
        context.clip();
        context.fillStyle = theme.background;
        context.fillRect(0, 0, part, height);
        const camera = cameraOf(cameras, i);
        const project = projector(camera, part, height);
        drawGround(context, project, camera, theme);
        for (const figure of figures) drawContacts(context, project, figure, theme);
        const focal = height / 2 / Math.tan(FIELD_OF_VIEW / 2);
        for (const figure of figures) drawFigure(context, project, figure, focal);
        context.restore();
      });
    },
  };
}

import { BONE_RADII, BONES, FEET, GROUND, HEAD, HEAD_RADIUS, LEFT } from './body.js';
import { type Camera, cameraPosition, FIELD_OF_VIEW } from './camera.js';
import { cameraOf, contactColour, type Figure, pixelRatio, type Stage, type Theme } from './stage.js';
import type { Instances, Mesh3D, Node3D, Three } from './three.js';

const JOINTS = 22;
const UP = [0, 1, 0] as const;

/** Each joint's ball is as thick as the thickest bone that ends there. */
const JOINT_RADII = Array.from({ length: JOINTS }, (_, joint) =>
  joint === HEAD
    ? HEAD_RADIUS
    : Math.max(...BONES.map((bone, i) => (bone.includes(joint) ? BONE_RADII[i] : 0))),
);
// The pelvis and the spine would bulge, and so would the root of a foot's thin bone.
for (const joint of [7, 8]) JOINT_RADII[joint] = 0.05;

interface Body {
  update(figure: Figure, theme: Theme): void;
  nodes: Node3D[];
}

/** A figure of capsules: one cylinder a bone and one ball a joint, all of a kind in one draw call. */
function createBody(three: Three): Body {
  const material = new three.MeshLambertMaterial({ color: '#ffffff' });
  const bones = new three.InstancedMesh(
    new three.CylinderGeometry(1, 1, 1, 20, 1, true),
    material,
    BONES.length,
  );
  const balls = new three.InstancedMesh(new three.SphereGeometry(1, 20, 14), material, JOINTS);
  const parts: Instances[] = [bones, balls];
  // A ghost first fills the depth buffer unseen, so that of its overlapping capsules only the outside shows.
  const hidden = new three.MeshBasicMaterial({ colorWrite: false, transparent: true });
  const masks = parts.map((part) => {
    const mask = new three.InstancedMesh(part.geometry, hidden, part.count);
    mask.instanceMatrix = part.instanceMatrix;
    mask.frustumCulled = false;
    mask.renderOrder = 3;
    part.renderOrder = 4;
    return mask;
  });
  for (const part of parts) {
    part.castShadow = true;
    part.frustumCulled = false;
  }
  const marks: Mesh3D[] = FEET.map(() => {
    const mark = new three.Mesh(
      new three.CircleGeometry(0.12, 36),
      new three.MeshBasicMaterial({ transparent: true, opacity: 0.7, depthWrite: false }),
    );
    mark.rotation.x = -Math.PI / 2;
    mark.position.y = GROUND + 0.004;
    mark.renderOrder = 2;
    return mark;
  });
  const matrix = new three.Matrix4();
  const rotation = new three.Quaternion();
  const [from, to, middle, size, axis] = Array.from({ length: 5 }, () => new three.Vector3());
  const up = new three.Vector3(...UP);
  const base = new three.Color();
  const light = new three.Color('#ffffff');

  return {
    nodes: [...parts, ...masks, ...marks],
    update(figure, theme) {
      const { pose } = figure;
      material.transparent = figure.ghost;
      material.opacity = figure.ghost ? 0.45 : 1;
      base.set(figure.colour);
      const shade = base.clone().lerp(light, 0.32);
      BONES.forEach(([parent, child], i) => {
        from.set(pose[parent * 3], pose[parent * 3 + 1], pose[parent * 3 + 2]);
        to.set(pose[child * 3], pose[child * 3 + 1], pose[child * 3 + 2]);
        middle.set((from.x + to.x) / 2, (from.y + to.y) / 2, (from.z + to.z) / 2);
        const [dx, dy, dz] = [to.x - from.x, to.y - from.y, to.z - from.z];
        const length = Math.max(1e-6, Math.hypot(dx, dy, dz));
        axis.set(dx / length, dy / length, dz / length);
        size.set(BONE_RADII[i], length, BONE_RADII[i]);
        bones.setMatrixAt(i, matrix.compose(middle, rotation.setFromUnitVectors(up, axis), size));
        bones.setColorAt(i, LEFT.has(child) ? shade : base);
      });
      for (let joint = 0; joint < JOINTS; joint++) {
        middle.set(pose[joint * 3], pose[joint * 3 + 1], pose[joint * 3 + 2]);
        const radius = JOINT_RADII[joint];
        size.set(radius, joint === HEAD ? radius * 1.2 : radius, radius);
        balls.setMatrixAt(joint, matrix.compose(middle, rotation.identity(), size));
        balls.setColorAt(joint, LEFT.has(joint) ? shade : base);
      }
      for (const part of parts) {
        part.visible = true;
        part.castShadow = !figure.ghost;
        part.instanceMatrix.needsUpdate = true;
        if (part.instanceColor) part.instanceColor.needsUpdate = true;
      }
      for (const mask of masks) mask.visible = figure.ghost;
      marks.forEach((mark, side) => {
        const joint = FEET[side] * 3;
        mark.visible = figure.contacts[side];
        mark.position.x = pose[joint];
        mark.position.z = pose[joint + 2];
        mark.material.color.set(contactColour(pose[joint + 1], theme));
      });
    },
  };
}

/** Squares of one metre on the ground, of thin strips: lines that reach behind the camera are lost by some drivers. */
function createGrid(three: Three): Mesh3D {
  const reach = 14;
  const count = 2 * reach + 1;
  const material = new three.MeshBasicMaterial({ transparent: true, depthWrite: false });
  const grid = new three.InstancedMesh(new three.BoxGeometry(1, 0.0005, 1), material, 2 * count);
  const matrix = new three.Matrix4();
  const still = new three.Quaternion();
  for (let i = 0; i < count; i++) {
    const along = new three.Vector3(0.012, 1, 2 * reach);
    const across = new three.Vector3(2 * reach, 1, 0.012);
    grid.setMatrixAt(2 * i, matrix.compose(new three.Vector3(i - reach, 0, 0), still, along));
    grid.setMatrixAt(2 * i + 1, matrix.compose(new three.Vector3(0, 0, i - reach), still, across));
  }
  grid.position.y = GROUND + 0.003;
  // After the translucent ground, which would otherwise cover it.
  grid.renderOrder = 1;
  grid.frustumCulled = false;
  return grid;
}

/**
 * Figures in three.js with a shadow on the ground: a gap between a foot and its shadow is float. The ground is translucent, so
 * what has sunk under it is seen veiled.
 * @throws when the browser gives no WebGL context
 */
export function webglStage(three: Three, canvas: HTMLCanvasElement): Stage {
  const renderer = new three.WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: true });
  renderer.shadowMap.enabled = true;
  const scene = new three.Scene();
  scene.background = new three.Color();
  scene.fog = new three.Fog('#ffffff', 9, 22);
  const camera = new three.PerspectiveCamera((FIELD_OF_VIEW * 180) / Math.PI, 1, 0.05, 60);
  const sky = new three.HemisphereLight('#ffffff', '#8a8f98', 1.7);
  // A weak light at the camera, so that the side one looks at is never dark.
  const lamp = new three.DirectionalLight('#ffffff', 0.9);
  const sun = new three.DirectionalLight('#ffffff', 1.9);
  sun.castShadow = true;
  sun.shadow.mapSize.set(1024, 1024);
  sun.shadow.radius = 3;
  sun.shadow.bias = -0.001;
  Object.assign(sun.shadow.camera, { left: -3, right: 3, top: 3, bottom: -3, near: 0.5, far: 14 });

  const ground = new three.Mesh(
    new three.PlaneGeometry(60, 60),
    new three.MeshBasicMaterial({ transparent: true, opacity: 0.72, depthWrite: false }),
  );
  const shadow = new three.Mesh(
    new three.PlaneGeometry(60, 60),
    new three.ShadowMaterial({ opacity: 0.28, depthWrite: false }),
  );
  for (const [order, plane] of [ground, shadow].entries()) {
    plane.rotation.x = -Math.PI / 2;
    plane.position.y = GROUND + order * 0.002;
    plane.renderOrder = order;
  }
  shadow.receiveShadow = true;
  const grid = createGrid(three);
  const bodies = [createBody(three), createBody(three)];
  scene.add(
    sky,
    lamp,
    lamp.target,
    sun,
    sun.target,
    ground,
    shadow,
    grid,
    ...bodies.flatMap((body) => body.nodes),
  );

  const aim = (view: Camera): void => {
    const [x, y, z] = cameraPosition(view);
    camera.position.set(x, y, z);
    camera.lookAt(...view.target);
    lamp.position.set(x, y, z);
    lamp.target.position.set(...view.target);
    grid.position.x = Math.round(view.target[0]);
    grid.position.z = Math.round(view.target[2]);
    sun.target.position.set(view.target[0], 0, view.target[2]);
    sun.position.set(view.target[0] + 1.8, 5, view.target[2] + 2.2);
  };

  return {
    kind: 'webgl',
    draw(views, cameras, theme, width, height) {
      renderer.setPixelRatio(pixelRatio());
      renderer.setSize(width, height, false);
      renderer.setScissorTest(true);
      scene.background!.set(theme.background);
      scene.fog!.color.set(theme.background);
      ground.material.color.set(theme.background);
      grid.material.color.set(theme.grid);
      sky.intensity = theme.dark ? 1.3 : 1.7;
      const part = width / views.length;
      camera.aspect = part / height;
      camera.updateProjectionMatrix();
      views.forEach((figures, i) => {
        aim(cameraOf(cameras, i));
        bodies.forEach((body, k) => {
          for (const node of body.nodes) node.visible = false;
          if (figures[k]) body.update(figures[k], theme);
        });
        renderer.setViewport(i * part, 0, part, height);
        renderer.setScissor(i * part, 0, part, height);
        renderer.render(scene, camera);
      });
    },
  };
}

/** The bodies that are simulated here and in other engines: what falls, what swings and what is dropped. */
import { type Body, GRAVITY } from './humanoid.js';
import type { Quat, Vec } from './rigid.js';
import { about, type Motion, only, PELVIS_POINTS, standing } from './simulation.js';

/** A block off its centre, thrown up while it spins. */
export function spinningBlock(): { bodies: Body[]; start: Motion } {
  const bodies = only(
    new Map([[0, { mass: 12, inertia: [0.1, 0.2, 0.25] as Vec, com: [0.1, 0.05, -0.02] as Vec }]]),
  );
  const start = standing([0, 2, 0]);
  start.velocity = [1, 2, -0.5];
  start.spin = start.spin.map((): Vec => [1, 3, 0.5]);
  return { bodies, start };
}

/** Thigh and shank on a pelvis of 1 t; `force` holds it against its own weight. `hip`: where the thigh starts. */
export function doublePendulum(): { bodies: Body[]; start: Motion; hip: Quat; force: Vec } {
  const bodies = only(
    new Map<number, Partial<Body>>([
      [0, { mass: 1000, inertia: [100, 100, 100] }],
      [1, { mass: 9, offset: [0.1, 0, 0], com: [0, -0.2, 0], inertia: [0.15, 0.02, 0.15] }],
      [4, { mass: 3, offset: [0, -0.4, 0], com: [0, -0.2, 0.01], inertia: [0.05, 0.01, 0.05] }],
    ]),
  );
  const hip = about([1, 0, 0], 1.2);
  const start = standing();
  for (const b of [1, 4, 7, 10]) start.rotation[b] = hip;
  return { bodies, start, hip, force: [0, 1000 * GRAVITY, 0] };
}

/** A block on three feet, tilted, 0.4 m up and pushed sideways. */
export function droppedBlock() {
  const bodies = only(new Map([[0, { mass: 13, inertia: [0.4, 0.6, 0.4] as Vec }]]));
  const feet = PELVIS_POINTS.map((_, i): Vec => {
    const angle = (2 * Math.PI * i) / 3;
    return [0.3 * Math.cos(angle), -0.05, 0.3 * Math.sin(angle)];
  });
  const tilt = about([0, 0, 1], -0.2);
  const start = standing([0, 0.4, 0]);
  start.rotation = start.rotation.map((): Quat => tilt);
  start.velocity = [1.5, 0, 0];
  const points = new Map(PELVIS_POINTS.map((p, i): [number, Vec] => [p, feet[i]]));
  return { bodies, start, tilt, feet, points, friction: 0.5 };
}

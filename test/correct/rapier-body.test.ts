// The body that device 'rapier' simulates is the addon's.
import RAPIER from '@dimforge/rapier3d-compat';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Figure, RADIUS } from '../../src/correct/rapier/figure.js';
import { gainsOf, makeHumanoid, NOMINAL_SKELETON } from '../../src/correct/rapier/humanoid.js';
import { fromRotationVector, relative } from '../../src/motion/quaternion.js';
import { PARENTS } from '../../src/motion/skeleton.js';
import { BODIES, contactPoints, damping, humanoid, probe, stiffness } from '../support/humanoid.js';

await RAPIER.init();
const body = makeHumanoid(NOMINAL_SKELETON);
/** The addon's numbers are floats: rounded at each of a few operations. */
const near = (value: number, wanted: number, name: string) =>
  assert.ok(
    Math.abs(value - wanted) <= 4e-7 * Math.max(0.1, Math.abs(wanted)),
    `${name}: ${value}, not ${wanted}`,
  );
const triple = (values: Float64Array, b: number) => [...values.subarray(3 * b, 3 * b + 3)];
const upright = new Float64Array(4 * BODIES).map((_, q) => (q % 4 ? 0 : 1));
const still = new Float64Array(3 * BODIES);

test('joints, masses, inertias, gains, limits and contact points are those of the addon', () => {
  const [ROW, TORQUE] = [14, 13];
  const table = probe.probeModel();
  humanoid.forEach(({ parent, offset, mass, com, inertia }, b) => {
    assert.is(PARENTS[b], parent);
    near(body.mass[b], mass, `mass of ${b}`);
    triple(body.offset, b).forEach((value, k) => near(value, offset[k], `offset of ${b}`));
    triple(body.com, b).forEach((value, k) => near(value, com[k], `centre of mass of ${b}`));
    triple(body.inertia, b).forEach((value, k) => near(value, inertia[k], `inertia of ${b}`));
    const { kp, kd, torque } = gainsOf(b);
    near(kp, stiffness(b), `kp of ${b}`);
    near(kd, damping(b), `kd of ${b}`);
    near(torque, table[b * ROW + TORQUE], `torque of ${b}`);
  });
  near(body.weight, 9.81 * humanoid.reduce((sum, { mass }) => sum + mass, 0), 'weight');
  assert.is(body.points.length, contactPoints.length);
  contactPoints.forEach(({ body: carrier, at }, p) => {
    assert.is(body.points[p].body, carrier, `carrier of point ${p}`);
    at.forEach((value, k) => near(body.points[p].at[k], value, `point ${p}`));
  });
});

test('a body of another size scales: mass with the length, inertia with its cube', () => {
  const large = makeHumanoid(NOMINAL_SKELETON.map((value) => 1.2 * value));
  near(large.mass[1], 1.2 * body.mass[1], 'mass of a thigh');
  near(large.inertia[3], 1.2 ** 3 * body.inertia[3], 'its inertia across');
  near(large.inertia[4], 1.2 * body.inertia[4], 'its inertia along');
  near(large.com[4], 1.2 * body.com[4], 'its centre of mass');
  near(large.points[16].at[2], 1.2 * body.points[16].at[2], 'a kneecap');
});

test('Rapier has these numbers, and lowest points where the contact points are', () => {
  const figure = new Figure(body, { rate: 240 });
  figure.place(Float64Array.of(1, 2, 3), new Float64Array(3), upright, still);
  figure.world.propagateModifiedBodyPositionsToColliders();
  for (const rigid of figure.bodies) rigid.recomputeMassPropertiesFromColliders();
  const seen: [number, number[]][] = [];
  figure.bodies.forEach((rigid, b) => {
    near(rigid.mass(), body.mass[b], `mass of ${b}`);
    const { x, y, z } = rigid.localCom();
    [x, y, z].forEach((value, k) => near(value, body.com[3 * b + k], `centre of mass of ${b}`));
    const inertia = rigid.principalInertia();
    const sorted = [inertia.x, inertia.y, inertia.z].sort();
    triple(body.inertia, b)
      .sort()
      .forEach((value, k) => assert.ok(Math.abs(sorted[k] / value - 1) < 1e-5, `inertia of ${b}`));
    const joint = rigid.translation();
    for (let i = 0; i < rigid.numColliders(); i++) {
      const at = rigid.collider(i).translation();
      seen.push([b, [at.x - joint.x, at.y - RADIUS - joint.y, at.z - joint.z]]);
    }
  });
  assert.is(seen.length, body.points.length);
  for (const { body: carrier, at } of body.points)
    assert.ok(
      seen.some(([b, place]) => b === carrier && place.every((value, k) => Math.abs(value - at[k]) < 2e-6)),
      `no ball for a point of ${carrier}`,
    );
  figure.free();
});

test('motors reach rotations about any axis, however large', () => {
  const joint = upright.slice();
  const wanted: Record<number, [number, number, number]> = {
    16: [1.2, 0.9, -1.1],
    18: [-1.9, 0.3, 0.4],
    1: [-1.1, 0.5, 0.6],
    15: [0.2, 0.6, -0.3],
  };
  for (const [b, vector] of Object.entries(wanted)) fromRotationVector(joint, 4 * Number(b), ...vector);
  const figure = new Figure(body, { rate: 240, sweeps: 16 });
  figure.place(Float64Array.of(0, 100, 0), new Float64Array(3), upright, still); // in free fall nothing else acts
  for (let step = 0; step < 240; step++) {
    figure.drive(joint, still);
    figure.world.step();
  }
  const rotation = new Float64Array(4 * BODIES);
  figure.readRotations(rotation);
  const now = new Float64Array(4);
  for (let b = 1; b < BODIES; b++) {
    relative(now, 0, rotation, 4 * PARENTS[b], rotation, 4 * b);
    const cosine = Math.abs(now.reduce((sum, value, c) => sum + value * joint[4 * b + c], 0));
    const angle = 2 * Math.acos(Math.min(1, cosine));
    // The arms and the trunk still swing a little after a second; a motor with an angle an axis ends 0.1 to 1 rad off.
    assert.ok(angle < 0.01, `joint ${b} is ${angle} rad off`);
  }
  // What the fall leaves of 100 m.
  const { y } = figure.bodies[0].translation();
  assert.ok(Math.abs(y - (100 - 9.81 / 2)) < 0.2, `at ${y} m`);
  figure.free();
});

test.run();

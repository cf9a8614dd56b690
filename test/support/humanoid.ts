/** The humanoid of the addon: its probes, and the same body as a MuJoCo model. */
import { createRequire } from 'node:module';
import type { Vec } from './rigid.js';

interface Probe {
  probeModel(): Float64Array;
  probePoints(): Float64Array;
  probeForward(states: Float64Array, loads: Float64Array, lanes: boolean): Float64Array;
  probeInverse(states: Float64Array, wanted: Float64Array, lanes: boolean): Float64Array;
  probeKinematics(states: Float64Array, lanes: boolean): Float64Array;
}
/** See native/dynamics/probe.h for the layouts. */
export const probe = createRequire(import.meta.url)('../../../build/Release/selfcorrect.node') as Probe;

export const BODIES = 22;
export const STATE = 160;
export const LOAD = 72;
export const RESULT = 69;
export const PLACE = 15;
export const ARMATURE = 0.005; // kg m^2, native/dynamics/body.h
export const GRAVITY = 9.81;

export interface Body {
  parent: number;
  offset: Vec;
  mass: number;
  com: Vec;
  inertia: Vec;
}

const ROW = 14;
const table = probe.probeModel();
const vec = (at: number): Vec => [table[at], table[at + 1], table[at + 2]];

/** The nominal humanoid, 70 kg. */
export const humanoid: Body[] = Array.from({ length: BODIES }, (_, b) => ({
  parent: table[b * ROW],
  offset: vec(b * ROW + 1),
  mass: table[b * ROW + 4],
  com: vec(b * ROW + 5),
  inertia: vec(b * ROW + 8),
}));

/** kp of a joint, N m / rad. */
export const stiffness = (body: number): number => table[body * ROW + 11];

/** kd of a joint, N m s / rad. */
export const damping = (body: number): number => table[body * ROW + 12];

export interface Contact {
  body: number;
  at: Vec;
}
const contacts = probe.probePoints();

/** Where the humanoid can touch the ground. */
export const contactPoints: Contact[] = Array.from({ length: contacts.length / 4 }, (_, p) => ({
  body: contacts[p * 4],
  at: [contacts[p * 4 + 1], contacts[p * 4 + 2], contacts[p * 4 + 3]],
}));

const children = (body: number) =>
  Array.from({ length: BODIES }, (_, b) => b).filter((b) => humanoid[b].parent === body);

/** Bodies in the order of MuJoCo's state: depth first. */
export const order: number[] = [];
(function visit(body: number) {
  order.push(body);
  for (const child of children(body)) visit(child);
})(0);

/** First index of a body in MuJoCo's velocities; its positions start one later for every body before it. */
export const dof = (body: number): number => (body === 0 ? 3 : 6 + (order.indexOf(body) - 1) * 3);

/** The nominal humanoid for MuJoCo: free pelvis, ball joints with armature, no contact. */
export function mjcf(): string {
  const body = (b: number): string => {
    const { offset, mass, com, inertia } = humanoid[b];
    const joint = b === 0 ? '<freejoint/>' : `<joint type="ball" armature="${ARMATURE}"/>`;
    return (
      `<body pos="${offset.join(' ')}">${joint}` +
      `<inertial mass="${mass}" pos="${com.join(' ')}" diaginertia="${inertia.join(' ')}"/>` +
      `${children(b).map(body).join('')}</body>`
    );
  };
  return `<mujoco><option gravity="0 -${GRAVITY} 0"/><compiler balanceinertia="false"/><worldbody>${body(0)}</worldbody></mujoco>`;
}

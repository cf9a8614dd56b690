/**
 * Rapier: rigid bodies, spherical impulse joints, implicit motors with the same gains.
 *
 * Its JavaScript API wraps spherical joints as generic ones, which have no motors; they are set in the joint set below. A
 * motor takes an angle per axis, which is the rotation vector for small angles.
 */
import RAPIER, { type RigidBody, type World } from '@dimforge/rapier3d-compat';
import { BODIES, GRAVITY, humanoid } from '../../test/support/humanoid.js';
import { add, type Vec } from '../../test/support/rigid.js';
import {
  type Engine,
  HEIGHT,
  kd,
  kp,
  RADIUS,
  RATE,
  SETTLE,
  spheres,
  TARGET,
  TIMED,
  targets,
} from './scene.js';

const ANGULAR = [3, 4, 5];
const FORCE_BASED = 1;
interface Motors {
  jointConfigureMotorModel(handle: number, axis: number, model: number): void;
  jointConfigureMotor(
    handle: number,
    axis: number,
    angle: number,
    rate: number,
    stiffness: number,
    damping: number,
  ): void;
}

const vector = ([x, y, z]: Vec) => ({ x, y, z });

interface Scene {
  world: World;
  bodies: RigidBody[];
  /** Of every body's joint to its parent; entry 0 unused. */
  handles: number[];
  motors: Motors;
}

function build(iterations?: number): Scene {
  const world = new RAPIER.World({ x: 0, y: -GRAVITY, z: 0 });
  world.timestep = 1 / RATE;
  if (iterations) world.numSolverIterations = iterations;
  const [FLOOR, BODY] = [0x00010002, 0x00020001]; // bodies touch the floor alone
  world.createCollider(
    RAPIER.ColliderDesc.cuboid(50, 1, 50).setTranslation(0, -1, 0).setFriction(1).setCollisionGroups(FLOOR),
  );
  const [places, bodies, handles]: [Vec[], RigidBody[], number[]] = [[], [], []];
  let motors: Motors | undefined;
  humanoid.forEach(({ parent, offset, mass, com, inertia }, b) => {
    places[b] = parent < 0 ? [0, HEIGHT, 0] : add(places[parent], offset);
    bodies[b] = world.createRigidBody(
      RAPIER.RigidBodyDesc.dynamic()
        .setTranslation(...places[b])
        .setCanSleep(false)
        .setAdditionalMassProperties(mass, vector(com), vector(inertia), { x: 0, y: 0, z: 0, w: 1 }),
    );
    for (const at of spheres(b))
      world.createCollider(
        RAPIER.ColliderDesc.ball(RADIUS)
          .setTranslation(...at)
          .setDensity(0)
          .setFriction(1)
          .setCollisionGroups(BODY),
        bodies[b],
      );
    if (parent < 0) return;
    const spherical = RAPIER.JointData.spherical(vector(offset), { x: 0, y: 0, z: 0 });
    const joint = world.createImpulseJoint(spherical, bodies[parent], bodies[b], true);
    motors = (joint as unknown as { rawSet: Motors }).rawSet;
    handles[b] = joint.handle;
    for (const axis of ANGULAR) motors.jointConfigureMotorModel(joint.handle, axis, FORCE_BASED);
  });
  return { world, bodies, handles, motors: motors! };
}

function advance({ world, handles, motors }: Scene, table: Float64Array, step: number): void {
  for (let b = 1; b < BODIES; b++) {
    const at = (step * BODIES + b) * TARGET;
    const half = Math.acos(Math.min(1, table[at]));
    const scale = half > 0 ? (2 * half) / Math.sin(half) : 2;
    for (let k = 0; k < 3; k++)
      motors.jointConfigureMotor(
        handles[b],
        ANGULAR[k],
        table[at + 1 + k] * scale,
        table[at + 4 + k],
        kp(b),
        kd(b),
      );
  }
  world.step();
}

/** Joints to their targets, the sum of squared angles. */
function squaredError(bodies: RigidBody[], table: Float64Array, step: number): number {
  let sum = 0;
  for (let b = 1; b < BODIES; b++) {
    const [p, c] = [bodies[humanoid[b].parent].rotation(), bodies[b].rotation()];
    const at = (step * BODIES + b) * TARGET;
    const [tw, tx, ty, tz] = table.subarray(at, at + 4);
    // Real part of conj(child) * parent * target: the cosine of half the error.
    const w = p.w * tw - p.x * tx - p.y * ty - p.z * tz;
    const x = p.w * tx + p.x * tw + p.y * tz - p.z * ty;
    const y = p.w * ty - p.x * tz + p.y * tw + p.z * tx;
    const z = p.w * tz + p.x * ty - p.y * tx + p.z * tw;
    const cosine = Math.min(1, Math.abs(c.w * w + c.x * x + c.y * y + c.z * z));
    sum += (2 * Math.acos(cosine)) ** 2;
  }
  return sum;
}

/** @param iterations of the solver; default 4, Rapier's own. */
export async function rapier(iterations?: number): Promise<Engine> {
  await RAPIER.init();
  return {
    name: `Rapier ${RAPIER.version()} WASM${iterations ? ` ${iterations} sweeps` : ''}`,
    run: (round) => {
      const table = targets(round, SETTLE + TIMED);
      const scene = build(iterations);
      const settle = SETTLE * RATE;
      for (let i = 0; i < settle; i++) advance(scene, table, i);
      const steps = Math.round(TIMED * RATE);
      let [error, height, spent] = [0, Number.POSITIVE_INFINITY, 0];
      for (let i = settle; i < settle + steps; i++) {
        const cpu = process.cpuUsage();
        advance(scene, table, i);
        const { user, system } = process.cpuUsage(cpu);
        spent += user + system;
        error += squaredError(scene.bodies, table, i);
        height = Math.min(height, scene.bodies[0].translation().y);
      }
      scene.world.free();
      return { rate: (1e6 * steps) / spent, height, error: Math.sqrt(error / steps / (BODIES - 1)) };
    },
  };
}

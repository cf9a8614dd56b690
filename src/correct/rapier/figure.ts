import RAPIER, { type ImpulseJoint, type RigidBody, type World } from '@dimforge/rapier3d-compat';
import { rotate } from '../../motion/quaternion.js';
import { JOINT_COUNT, PARENTS } from '../../motion/skeleton.js';
import { GRAVITY, gainsOf, type Humanoid } from './humanoid.js';
import { Motors } from './motors.js';

/** Contact points are balls of this radius, m, whose lowest points they are in the rest pose. */
export const RADIUS = 0.005;

/** Of the joints' motors. */
export interface Gains {
  kp: number;
  kd: number;
  /** Limit of the torque about each axis, N m. */
  torque: number;
}

export interface FigureOptions {
  /** Steps per second. */
  rate: number;
  /** Parts into which Rapier's solver divides a step; default 4, its own. */
  substeps?: number;
  /** Sweeps over the joints and contacts in each part; default 1, its own. */
  sweeps?: number;
  /** m that the ground is felt above itself; default 0. */
  skin?: number;
  /** Of a joint; default: the humanoid's. */
  gains?: (body: number) => Gains;
}

const point = new Float64Array(3);

/** The humanoid on Rapier: 22 rigid bodies on spherical impulse joints, with implicit motors, over the plane y = 0. */
export class Figure {
  readonly world: World;
  readonly bodies: RigidBody[] = [];
  private readonly joints: ImpulseJoint[] = [];
  private readonly motors: Motors[] = [];
  private readonly gains: Gains[] = [];

  /** `RAPIER.init()` must have been awaited. */
  constructor(
    private readonly humanoid: Humanoid,
    { rate, substeps = 4, sweeps = 1, skin = 0, gains = gainsOf }: FigureOptions,
  ) {
    const world = new RAPIER.World({ x: 0, y: -GRAVITY, z: 0 });
    this.world = world;
    world.timestep = 1 / rate;
    world.numSolverIterations = substeps;
    world.numInternalPgsIterations = sweeps;
    const [FLOOR, BODY] = [0x00010002, 0x00020001]; // bodies touch the floor alone
    world.createCollider(
      RAPIER.ColliderDesc.cuboid(2000, 1, 2000)
        .setTranslation(0, -1, 0)
        .setFriction(1)
        .setCollisionGroups(FLOOR),
    );
    const { mass, com, inertia, offset, points } = humanoid;
    for (let b = 0; b < JOINT_COUNT; b++) {
      this.bodies[b] = world.createRigidBody(
        RAPIER.RigidBodyDesc.dynamic()
          .setCanSleep(false)
          .setAdditionalMassProperties(mass[b], vector(com, 3 * b), vector(inertia, 3 * b), IDENTITY),
      );
      for (const { body, at } of points)
        if (body === b)
          world.createCollider(
            RAPIER.ColliderDesc.ball(RADIUS)
              .setTranslation(at[0], at[1] + RADIUS, at[2])
              .setDensity(0)
              .setFriction(1)
              .setContactSkin(skin)
              .setCollisionGroups(BODY),
            this.bodies[b],
          );
      if (b > 0) this.hang(b, vector(offset, 3 * b), gains(b));
    }
  }

  private hang(b: number, anchor: RAPIER.Vector, gains: Gains): void {
    const joint = this.world.createImpulseJoint(
      RAPIER.JointData.spherical(anchor, { x: 0, y: 0, z: 0 }),
      this.bodies[PARENTS[b]],
      this.bodies[b],
      true,
    );
    this.joints[b] = joint;
    this.motors[b] = new Motors(joint, 'angular');
    for (let k = 0; k < 3; k++) this.motors[b].limit(k, gains.torque);
    this.gains[b] = gains;
  }

  /**
   * Puts the body into a state.
   * @param position of the pelvis, `velocity` its own; `rotation` absolute `[22, wxyz]`; `spin` in world axes `[22, xyz]`.
   */
  place(position: Float64Array, velocity: Float64Array, rotation: Float64Array, spin: Float64Array): void {
    const { offset, com } = this.humanoid;
    const places = new Float64Array(3 * JOINT_COUNT);
    const speeds = new Float64Array(3 * JOINT_COUNT);
    /** Velocity of a point of body `b` that lies `point` from its joint. */
    const carried = (b: number): [number, number, number] => {
      const [x, y, z] = spin.subarray(3 * b, 3 * b + 3);
      const [vx, vy, vz] = speeds.subarray(3 * b, 3 * b + 3);
      return [
        vx + y * point[2] - z * point[1],
        vy + z * point[0] - x * point[2],
        vz + x * point[1] - y * point[0],
      ];
    };
    this.bodies.forEach((body, b) => {
      const p = PARENTS[b];
      if (b === 0) {
        places.set(position);
        speeds.set(velocity);
      } else {
        rotate(point, 0, rotation, 4 * p, offset[3 * b], offset[3 * b + 1], offset[3 * b + 2]);
        for (let c = 0; c < 3; c++) places[3 * b + c] = places[3 * p + c] + point[c];
        speeds.set(carried(p), 3 * b);
      }
      body.setTranslation(vector(places, 3 * b), true);
      body.setRotation(turn(rotation, 4 * b), true);
      body.setAngvel(vector(spin, 3 * b), true);
      // Rapier's is the velocity of the centre of mass.
      rotate(point, 0, rotation, 4 * b, com[3 * b], com[3 * b + 1], com[3 * b + 2]);
      const [x, y, z] = carried(b);
      body.setLinvel({ x, y, z }, true);
    });
  }

  /**
   * Sets what the motors drive to: rotations relative to the parents `[22, wxyz]` and their rates in the joints' own axes
   * `[22, xyz]`, rad/s. A motor takes one angle per axis, which says a rotation only where it is small; so the joint's frame
   * on the parent is turned to the target and the motors hold it at 0.
   */
  drive(joint: Float64Array, rate: Float64Array): void {
    for (let b = 1; b < JOINT_COUNT; b++) {
      const { kp, kd } = this.gains[b];
      this.joints[b].setFrameX1(turn(joint, 4 * b));
      for (let k = 0; k < 3; k++) this.motors[b].drive(k, rate[3 * b + k], kp, kd);
    }
  }

  /** Reads the absolute rotations of the bodies `[22, wxyz]`. */
  readRotations(out: Float64Array): void {
    this.bodies.forEach((body, b) => {
      const { x, y, z, w } = body.rotation();
      out[4 * b] = w;
      out[4 * b + 1] = x;
      out[4 * b + 2] = y;
      out[4 * b + 3] = z;
    });
  }

  free(): void {
    this.world.free();
  }
}

export const IDENTITY = { x: 0, y: 0, z: 0, w: 1 };
export const vector = (from: Float64Array, at: number) => ({ x: from[at], y: from[at + 1], z: from[at + 2] });
export const turn = (from: Float64Array, at: number) => ({
  w: from[at],
  x: from[at + 1],
  y: from[at + 2],
  z: from[at + 3],
});

import RAPIER, { type ImpulseJoint } from '@dimforge/rapier3d-compat';
import { relative, rotate, toRotationVector } from '../../motion/quaternion.js';
import { type Figure, IDENTITY, turn, vector } from './figure.js';
import { GRAVITY } from './humanoid.js';
import { Motors } from './motors.js';
import type { Target } from './target.js';
import type { Caps } from './track.js';

/**
 * Feedback of the pelvis on its path, rad/s, and the furthest it is pulled, m. Along the path stiffer than the addon's 10, as the legs here
 * get no feed-forward for the weight they carry: with 10, 2 of 32 built-in motions climb to the second rung.
 */
const [LINEAR, ANGULAR, FURTHEST] = [16, 16, 0.06];
/**
 * Moment of inertia that the torque on the pelvis is meant to turn, kg m^2 of a body of 70 kg: three times a body's own. No planned
 * contact forces hold the trunk here, and ankles as soft as the humanoid's let it sway: with 10, 3 of 32 built-in motions lose their
 * balance on the first rung, with 20 none but 15 mm from the input instead of 13.
 */
const INERTIA = 40;

/** Spring-dampers on three axes whose sum has a cap. */
class Cord {
  /** Error and error of the rate, in the axes of the target. */
  readonly error = new Float64Array(3);
  readonly lag = new Float64Array(3);
  private readonly most = new Float64Array(3);

  constructor(
    private readonly motors: Motors,
    private readonly kp: number,
    private readonly kd: number,
    private readonly cap: number,
  ) {}

  private wanted(k: number): number {
    return this.kp * this.error[k] + this.kd * this.lag[k];
  }

  /** A cap for each axis in the proportions of what is wanted now: all of it together, and no more, that way. */
  drive(rate: Float64Array): void {
    const size = Math.hypot(this.wanted(0), this.wanted(1), this.wanted(2)) || 1;
    for (let k = 0; k < 3; k++) {
      this.most[k] = (this.cap * Math.abs(this.wanted(k))) / size;
      this.motors.limit(k, this.most[k]);
      this.motors.drive(k, rate[k], this.kp, this.kd);
    }
  }

  /** What an implicit spring-damper gave in a step, from where the step ended. */
  given(out: Float64Array): void {
    for (let k = 0; k < 3; k++) out[k] = Math.min(this.most[k], Math.max(-this.most[k], this.wanted(k)));
  }
}

/**
 * The capped outside force and torque that help the pelvis along its path: spring-dampers to the target, solved with the
 * joints, as explicit ones strong enough to hold a trunk would shake a pelvis of 8 kg.
 */
export class Help {
  /** Given in the last step, in world axes: N, N m. */
  readonly force = new Float64Array(3);
  readonly torque = new Float64Array(3);
  private readonly joint: ImpulseJoint;
  private readonly pull: Cord;
  private readonly twist: Cord;
  private readonly frame = new Float64Array(4);
  private readonly place = new Float64Array(3);
  private readonly rate = { linear: new Float64Array(3), angular: new Float64Array(3) };

  constructor(
    private readonly figure: Figure,
    weight: number,
    caps: Caps,
  ) {
    const { world, bodies } = figure;
    const origin = { x: 0, y: 0, z: 0 };
    const post = world.createRigidBody(RAPIER.RigidBodyDesc.fixed());
    const free = RAPIER.JointData.generic(origin, origin, { x: 1, y: 0, z: 0 }, 0 as RAPIER.JointAxesMask);
    this.joint = world.createImpulseJoint(free, post, bodies[0], true);
    this.joint.setFrameX2(IDENTITY);
    const [w, v] = [LINEAR, ANGULAR];
    const mass = weight / GRAVITY;
    const about = (INERTIA * mass) / 70;
    this.pull = new Cord(new Motors(this.joint, 'linear'), mass * w * w, 2 * mass * w, caps.force * weight);
    this.twist = new Cord(new Motors(this.joint, 'angular'), about * v * v, 2 * about * v, caps.torque);
  }

  /** Before a step: pulls towards the target. */
  towards(target: Target): void {
    const { frame, place, rate } = this;
    for (let c = 0; c < 4; c++) frame[c] = target.rotation[c];
    place.set(target.position);
    this.compare(target);
    // A pelvis further off its path is not pulled any harder.
    const { error } = this.pull;
    const off = Math.hypot(error[0], error[1], error[2]);
    if (off > FURTHEST) {
      const [x, y, z] = error;
      const beyond = 1 - FURTHEST / off;
      rotate(delta, 0, frame, 0, beyond * x, beyond * y, beyond * z);
      for (let c = 0; c < 3; c++) {
        place[c] -= delta[c];
        error[c] *= FURTHEST / off;
      }
    }
    for (let c = 0; c < 4; c++) back[c] = (c ? -1 : 1) * frame[c];
    const { velocity: v, spin: s } = target;
    rotate(rate.linear, 0, back, 0, v[0], v[1], v[2]);
    rotate(rate.angular, 0, back, 0, s[0], s[1], s[2]);
    this.joint.setLocalFrame1(vector(place, 0), turn(frame, 0));
    this.pull.drive(rate.linear);
    this.twist.drive(rate.angular);
  }

  /** After the step: reads what was given. */
  read(target: Target): void {
    this.compare(target);
    this.pull.given(local);
    rotate(this.force, 0, this.frame, 0, local[0], local[1], local[2]);
    this.twist.given(local);
    rotate(this.torque, 0, this.frame, 0, local[0], local[1], local[2]);
  }

  /** Errors of the pelvis against the target, in the target's axes. */
  private compare({ velocity, spin }: Target): void {
    const [pelvis] = this.figure.bodies;
    const at = pelvis.translation();
    const { x, y, z, w } = pelvis.rotation();
    const v = pelvis.velocityAtPoint(at);
    const s = pelvis.angvel();
    const { frame, place, pull, twist } = this;
    for (let c = 0; c < 4; c++) back[c] = (c ? -1 : 1) * frame[c];
    rotate(pull.error, 0, back, 0, place[0] - at.x, place[1] - at.y, place[2] - at.z);
    rotate(pull.lag, 0, back, 0, velocity[0] - v.x, velocity[1] - v.y, velocity[2] - v.z);
    rotate(twist.lag, 0, back, 0, spin[0] - s.x, spin[1] - s.y, spin[2] - s.z);
    now[0] = w;
    now[1] = x;
    now[2] = y;
    now[3] = z;
    relative(product, 0, now, 0, frame, 0);
    toRotationVector(twist.error, 0, product, 0);
  }
}

const back = new Float64Array(4);
const now = new Float64Array(4);
const product = new Float64Array(4);
const delta = new Float64Array(3);
const local = new Float64Array(3);

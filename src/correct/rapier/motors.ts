import type { ImpulseJoint } from '@dimforge/rapier3d-compat';

/**
 * Rapier's JavaScript API wraps free and spherical joints as generic ones, which have no motors; they are set in the joint set
 * below.
 */
interface JointSet {
  jointConfigureMotorModel(handle: number, axis: number, model: number): void;
  jointSetMotorMaxForce(handle: number, axis: number, force: number): void;
  jointConfigureMotor(
    handle: number,
    axis: number,
    position: number,
    rate: number,
    stiffness: number,
    damping: number,
  ): void;
}

/** Axes as Rapier counts them, and its motors that give forces and not accelerations. */
const FIRST = { linear: 0, angular: 3 };
const FORCE_BASED = 1;

/**
 * Three implicit spring-dampers of a joint, along or about the axes of its frame on the first body, that hold the frames of
 * both bodies together.
 */
export class Motors {
  private readonly first: number;

  constructor(
    private readonly joint: ImpulseJoint,
    axes: 'linear' | 'angular',
  ) {
    this.first = FIRST[axes];
    for (let k = 0; k < 3; k++) this.set.jointConfigureMotorModel(joint.handle, this.first + k, FORCE_BASED);
  }

  private get set(): JointSet {
    return (this.joint as unknown as { rawSet: JointSet }).rawSet;
  }

  /** @param most force or torque that the motor of axis `k` gives, N or N m. */
  limit(k: number, most: number): void {
    this.set.jointSetMotorMaxForce(this.joint.handle, this.first + k, most);
  }

  /** @param rate of the second frame in the first, m/s or rad/s; gains in N/m and N s/m, or N m/rad and N m s/rad. */
  drive(k: number, rate: number, kp: number, kd: number): void {
    this.set.jointConfigureMotor(this.joint.handle, this.first + k, 0, rate, kp, kd);
  }
}

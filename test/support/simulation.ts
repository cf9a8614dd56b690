/** The physics step without the controller, on bodies of any table, and the mechanics of what it recorded. */
import { createRequire } from 'node:module';
import { BODIES, type Body, type Contact, GRAVITY, humanoid, STATE } from './humanoid.js';
import { add, conjugate, cross, dot, multiply, type Quat, rotate, scale, sub, type Vec } from './rigid.js';

interface Probe {
  probeSimulate(scene: {
    state: Float64Array;
    bodies: Float64Array;
    points: Float64Array;
    joints: Float64Array;
    ground?: Float64Array;
    load: Float64Array;
    step: number;
    steps: number;
    every: number;
    lanes: boolean;
  }): Float64Array;
}
const native = createRequire(import.meta.url)('../../../build/Release/selfcorrect.node') as Probe;

const POINTS = 28;
const ROW = STATE + POINTS * 3;

export interface Motion {
  position: Vec;
  rotation: Quat[];
  velocity: Vec;
  spin: Vec[];
}
export interface Moment extends Motion {
  /** Per contact point: displacement from its anchor along x and z, m, and the normal force, N. */
  grip: { x: number; z: number; normal: number }[];
}
export interface Joint {
  armature: number;
  stiffness: number;
  damping: number;
}
export interface Ground {
  stiffness: number;
  damping: number;
  grip: number;
  gripDamping: number;
  friction: number;
}
/** The product's, native/control/tuning.h. */
export const GROUND: Ground = {
  stiffness: 270000,
  damping: 2700,
  grip: 150000,
  gripDamping: 2700,
  friction: 1,
};
/** Contact points of the pelvis; the others belong to other bodies (kPointBody, native/contact/ground.h). */
export const PELVIS_POINTS = [18, 19, 20];

export interface Scene {
  bodies: Body[];
  /** Contact points in their bodies' axes; those that are not given lie 1 km up. */
  points?: Map<number, Vec>;
  joint?: (body: number) => Joint;
  ground?: Ground;
  force?: Vec;
  moment?: Vec;
  start: Motion;
  rate: number;
  seconds: number;
  /** Records a second; a divisor of the rate. */
  records?: number;
  lanes?: boolean;
}

export const LIMP: Joint = { armature: 0, stiffness: 0, damping: 0 };
const RIDING: Joint = { armature: 1, stiffness: 0, damping: 0 };

/** At rest, upright, the pelvis' joint at `position`. */
export const standing = (position: Vec = [0, 0, 0]): Motion => ({
  position,
  rotation: Array.from({ length: BODIES }, (): Quat => [1, 0, 0, 0]),
  velocity: [0, 0, 0],
  spin: Array.from({ length: BODIES }, (): Vec => [0, 0, 0]),
});

/** The tree with weightless bodies but for those given. */
export const only = (given: Map<number, Partial<Body>>): Body[] =>
  humanoid.map(({ parent }, b) => ({
    parent,
    offset: [0, 0, 0],
    mass: 0,
    com: [0, 0, 0],
    inertia: [0, 0, 0],
    ...given.get(b),
  }));

/** A state as the addon takes it. */
export const flat = ({ position, rotation, velocity, spin }: Motion): Float64Array =>
  Float64Array.from([...position, ...rotation.flat(), ...velocity, ...spin.flat()]);

export function simulate(scene: Scene): Moment[] {
  const { bodies, rate, seconds, records = rate } = scene;
  const points = new Float64Array(POINTS * 3);
  for (let p = 0; p < POINTS; p++) points.set(scene.points?.get(p) ?? [0, 1000, 0], p * 3);
  const ground = scene.ground && Object.values(scene.ground);
  const rows = native.probeSimulate({
    state: flat(scene.start),
    bodies: Float64Array.from(bodies.flatMap((b) => [...b.offset, b.mass, ...b.com, ...b.inertia])),
    points,
    joints: Float64Array.from(
      bodies.flatMap(({ mass }, b) => {
        // A weightless body goes with its parent; some armature makes its equation solvable.
        const { armature, stiffness, damping } = mass > 0 ? (scene.joint?.(b) ?? LIMP) : RIDING;
        return [armature, stiffness, damping];
      }),
    ),
    ground: ground && Float64Array.from(ground),
    load: Float64Array.from([...(scene.force ?? [0, 0, 0]), ...(scene.moment ?? [0, 0, 0])]),
    step: 1 / rate,
    steps: Math.round(seconds * rate),
    every: Math.round(rate / records),
    lanes: scene.lanes ?? false,
  });
  return Array.from({ length: rows.length / ROW }, (_, i) => {
    const row = rows.subarray(i * ROW, (i + 1) * ROW);
    const vec = (at: number): Vec => [row[at], row[at + 1], row[at + 2]];
    return {
      position: vec(0),
      rotation: Array.from(
        { length: BODIES },
        (_, b): Quat => [...row.subarray(3 + b * 4, 7 + b * 4)] as Quat,
      ),
      velocity: vec(91),
      spin: Array.from({ length: BODIES }, (_, b) => vec(94 + b * 3)),
      grip: Array.from({ length: POINTS }, (_, p) => {
        const [x, z, normal] = vec(STATE + p * 3);
        return { x, z, normal };
      }),
    };
  });
}

export interface Mechanics {
  mass: number;
  centre: Vec;
  momentum: Vec;
  /** About the centre of mass. */
  angular: Vec;
  /** Of the bodies and of the armatures' rotors. */
  kinetic: number;
  /** Of weight, 0 at the height 0. */
  potential: number;
  /** Joint positions. */
  joints: Vec[];
}

/** Momentum and energy of a state, body by body. */
export function mechanics(bodies: Body[], motion: Motion, armature = 0): Mechanics {
  const joints: Vec[] = [];
  const velocities: Vec[] = [];
  let mass = 0;
  let kinetic = 0;
  let first: Vec = [0, 0, 0];
  let momentum: Vec = [0, 0, 0];
  let angular: Vec = [0, 0, 0]; // about the origin
  bodies.forEach((body, b) => {
    const { rotation, spin } = motion;
    const p = body.parent;
    if (p < 0) {
      joints[b] = motion.position;
      velocities[b] = motion.velocity;
    } else {
      const reach = rotate(rotation[p], body.offset);
      joints[b] = add(joints[p], reach);
      velocities[b] = add(velocities[p], cross(spin[p], reach));
      const relative = sub(spin[b], spin[p]);
      kinetic += (armature / 2) * dot(relative, relative);
    }
    const com = rotate(rotation[b], body.com);
    const at = add(joints[b], com);
    const v = add(velocities[b], cross(spin[b], com));
    const own = rotate(conjugate(rotation[b]), spin[b]);
    const turning: Vec = [own[0] * body.inertia[0], own[1] * body.inertia[1], own[2] * body.inertia[2]];
    mass += body.mass;
    first = add(first, scale(at, body.mass));
    momentum = add(momentum, scale(v, body.mass));
    angular = add(angular, add(rotate(rotation[b], turning), cross(at, scale(v, body.mass))));
    kinetic += (body.mass * dot(v, v) + dot(own, turning)) / 2;
  });
  const centre = scale(first, 1 / mass);
  return {
    mass,
    centre,
    momentum,
    angular: sub(angular, cross(centre, momentum)),
    kinetic,
    potential: mass * GRAVITY * centre[1],
    joints,
  };
}

/** Energy in the springs of the contacts, J. */
export function contactEnergy(contacts: Contact[], ground: Ground, moment: Moment, joints: Vec[]): number {
  let energy = 0;
  contacts.forEach(({ body, at }, p) => {
    const height = joints[body][1] + rotate(moment.rotation[body], at)[1];
    const { x, z } = moment.grip[p];
    if (height < 0) energy += (ground.stiffness * height * height + ground.grip * (x * x + z * z)) / 2;
  });
  return energy;
}

/**
 * The moments with velocities at the time of the positions: the integrator's belong to the middles between two moments.
 * Needs every step; leaves the first and the last moment out.
 */
export const synchronous = (path: Moment[]): Moment[] =>
  path.slice(1, -1).map((moment, i) => ({
    ...moment,
    velocity: scale(add(moment.velocity, path[i + 2].velocity), 0.5),
    spin: moment.spin.map((w, b) => scale(add(w, path[i + 2].spin[b]), 0.5)),
  }));

/** The turn by `angle` radians about a unit axis. */
export const about = (axis: Vec, angle: number): Quat =>
  [Math.cos(angle / 2), ...scale(axis, Math.sin(angle / 2))] as Quat;

/** A pose of the humanoid: every joint turned by its own rotation vector, and turning by its own rate (absolute, of the
 * joint relative to its parent, world axes). */
export function posed(
  turn: (body: number) => Quat,
  rate: (body: number) => Vec,
  start: Vec,
  velocity: Vec,
): Motion {
  const rotation: Quat[] = [];
  const spin: Vec[] = [];
  humanoid.forEach(({ parent }, b) => {
    rotation[b] = parent < 0 ? turn(b) : multiply(rotation[parent], turn(b));
    spin[b] = parent < 0 ? rate(b) : add(spin[parent], rate(b));
  });
  return { position: start, rotation, velocity, spin };
}

// Kinematics, mass matrix, bias forces, forward and inverse dynamics of 1,000 random states against MuJoCo on the same body.
//
// MuJoCo's velocities are the pelvis' linear velocity, its angular velocity in its own axes and of every other body the
// velocity relative to its parent, in the body's axes. The addon's are absolute and in world axes: u = T qvel.
import loadMujoco from '@mujoco/mujoco';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/random/random.js';
import {
  BODIES,
  dof,
  GRAVITY,
  humanoid,
  LOAD,
  mjcf,
  order,
  PLACE,
  probe,
  RESULT,
  STATE,
} from '../support/humanoid.js';
import { add, cross, multiply, type Quat, rotate, sub, unrotate, type Vec } from '../support/rigid.js';

const COUNT = 1000;
const NV = 6 + 21 * 3;
const EXACT = 1e-10;
const FLOAT = 1e-5;

interface Scene {
  rotation: Quat[];
  spin: Vec[];
}

/** The addon's accelerations at MuJoCo's `qacc`. */
function accelerations({ rotation, spin }: Scene, qacc: ArrayLike<number>): number[] {
  const angular: Vec[] = [];
  for (const b of order) {
    const at = dof(b);
    const own = rotate(rotation[b], [qacc[at], qacc[at + 1], qacc[at + 2]]);
    const p = humanoid[b].parent;
    angular[b] = b === 0 ? own : add(add(angular[p], own), cross(spin[p], sub(spin[b], spin[p])));
  }
  return [qacc[0], qacc[1], qacc[2], ...angular.flat()];
}

/** MuJoCo's generalised forces as the addon's load: torque vectors are the same, in world axes. */
function load({ rotation }: Scene, force: ArrayLike<number>): number[] {
  const moment = (b: number) => rotate(rotation[b], [force[dof(b)], force[dof(b) + 1], force[dof(b) + 2]]);
  const torques = Array.from({ length: BODIES - 1 }, (_, b) => moment(b + 1));
  return [0, 0, 0, ...torques.flat(), force[0], force[1], force[2], ...moment(0)];
}

/** And back. */
function generalised({ rotation }: Scene, row: ArrayLike<number>): Float64Array {
  const force = new Float64Array(NV);
  for (let k = 0; k < 3; k++) force[k] = row[66 + k];
  for (let b = 0; b < BODIES; b++) {
    const at = b === 0 ? 69 : b * 3;
    force.set(unrotate(rotation[b], [row[at], row[at + 1], row[at + 2]]), dof(b));
  }
  return force;
}

const mujoco = await loadMujoco();
const system = mujoco.MjModel.from_xml_string(mjcf());
const data = new mujoco.MjData(system);
assert.is(system.nv, NV);

/** Everything MuJoCo says of random states, in the addon's form. Numbers that floats hold exactly, but for the rotations. */
const random = new Random(7, 'dynamics');
const vector = (scale: number): Vec => [
  Math.fround(random.normal() * scale),
  Math.fround(random.normal() * scale),
  Math.fround(random.normal() * scale),
];
const scenes: Scene[] = [];
const states = new Float64Array(COUNT * STATE);
const places = new Float64Array(COUNT * BODIES * PLACE);
const loads = new Float64Array(COUNT * LOAD);
const forward = new Float64Array(COUNT * RESULT); // accelerations under `loads`
const wanted = new Float64Array(COUNT * RESULT); // other, random ones
const inverse = new Float64Array(COUNT * LOAD); // that give `wanted`
const coasting = new Float64Array(COUNT * RESULT); // accelerations where qacc = 0
const bias = new Float64Array(COUNT * LOAD);
const mass = new Float64Array(COUNT * NV * NV);

for (let i = 0; i < COUNT; i++) {
  const rotation: Quat[] = [];
  const spin: Vec[] = [];
  const position = vector(1);
  const velocity = vector(2);
  const qacc = new Float64Array(NV);
  data.qpos.set(position, 0);
  data.qvel.set(velocity, 0);
  data.qfrc_applied.set(vector(100), 0);
  qacc.set(vector(20), 0);
  order.forEach((b, k) => {
    // Poses within about 60 degrees of rest at each joint, any heading of the pelvis.
    const raw: Quat = [b === 0 ? random.normal() : 1, ...vector(b === 0 ? 1 : 0.35)];
    const length = Math.hypot(...raw);
    const relative = raw.map((x) => x / length) as Quat;
    const p = humanoid[b].parent;
    const rate = vector(3);
    rotation[b] = b === 0 ? relative : multiply(rotation[p], relative);
    const turn = rotate(rotation[b], rate);
    spin[b] = b === 0 ? turn : add(spin[p], turn);
    data.qpos.set(relative, b === 0 ? 3 : 7 + (k - 1) * 4);
    data.qvel.set(rate, dof(b));
    data.qfrc_applied.set(vector(b === 0 ? 50 : 40), dof(b));
    qacc.set(vector(60), dof(b));
  });
  const scene = { rotation, spin };
  scenes.push(scene);
  states.set([...position, ...rotation.flat(), ...velocity, ...spin.flat()], i * STATE);
  loads.set(load(scene, data.qfrc_applied), i * LOAD);
  mujoco.mj_forward(system, data);
  forward.set(accelerations(scene, data.qacc), i * RESULT);
  bias.set(load(scene, data.qfrc_bias), i * LOAD);
  coasting.set(accelerations(scene, new Float64Array(NV)), i * RESULT);
  const full = new mujoco.DoubleBuffer(NV * NV);
  mujoco.mj_fullM(system, data, full);
  mass.set(full.GetView(), i * NV * NV);
  full.delete();
  order.forEach((b, k) => {
    const at = (i * BODIES + b) * PLACE;
    places.set(data.xpos.subarray((k + 1) * 3, (k + 2) * 3), at);
    for (let axis = 0; axis < 3; axis++)
      for (let row = 0; row < 3; row++)
        places[at + 3 + axis * 3 + row] = data.xmat[(k + 1) * 9 + row * 3 + axis];
    // cvel is taken at the centre of mass of the whole tree.
    const spinning = [...data.cvel.subarray((k + 1) * 6, (k + 1) * 6 + 3)] as Vec;
    const linear = [...data.cvel.subarray((k + 1) * 6 + 3, (k + 2) * 6)] as Vec;
    const joint = [...data.xpos.subarray((k + 1) * 3, (k + 2) * 3)] as Vec;
    const centre = [...data.subtree_com.subarray(3, 6)] as Vec;
    places.set(add(linear, cross(spinning, sub(joint, centre))), at + 12);
  });
  data.qacc.set(qacc);
  wanted.set(accelerations(scene, qacc), i * RESULT);
  mujoco.mj_inverse(system, data);
  inverse.set(load(scene, data.qfrc_inverse), i * LOAD);
}

/** Largest difference of a row over its largest value, worst over the rows. */
function worst(actual: Float64Array, expected: Float64Array, width: number): number {
  assert.is(actual.length, expected.length);
  let result = 0;
  for (let row = 0; row < expected.length; row += width) {
    let error = 0;
    let size = 0;
    for (let k = row; k < row + width; k++) {
      error = Math.max(error, Math.abs(actual[k] - expected[k]));
      size = Math.max(size, Math.abs(expected[k]));
    }
    if (!(error / size <= result)) result = error / size;
  }
  return result;
}

/** Both precisions, each within its bound. */
function compare(what: string, width: number, expected: Float64Array, run: (lanes: boolean) => Float64Array) {
  const double = worst(run(false), expected, width);
  const lanes = worst(run(true), expected, width);
  console.log(`${what} against MuJoCo: double ${double.toExponential(1)}, lanes ${lanes.toExponential(1)}`);
  assert.ok(double <= EXACT, `${what}, double: ${double}`);
  assert.ok(lanes <= FLOAT, `${what}, lanes: ${lanes}`);
}

test('forward kinematics: positions, axes and velocities of all joints', () => {
  compare('forward kinematics', PLACE, places, (lanes) => probe.probeKinematics(states, lanes));
});

test('forward dynamics', () => {
  compare('forward dynamics', RESULT, forward, (lanes) => probe.probeForward(states, loads, lanes));
});

test('inverse dynamics', () => {
  compare('inverse dynamics', LOAD, inverse, (lanes) => probe.probeInverse(states, wanted, lanes));
});

test('bias forces: gravity, Coriolis and centrifugal', () => {
  compare('bias forces', LOAD, bias, (lanes) => probe.probeInverse(states, coasting, lanes));
});

test('mass matrix, column by column: the forces of unit accelerations at rest and without weight', () => {
  const rest = new Float64Array(NV * STATE);
  const unit = new Float64Array(NV * RESULT);
  compare('mass matrix', NV, mass, (lanes) => {
    const result = new Float64Array(COUNT * NV * NV);
    scenes.forEach(({ rotation }, i) => {
      const still = { rotation, spin: rotation.map((): Vec => [0, 0, 0]) };
      const qacc = new Float64Array(NV);
      for (let j = 0; j < NV; j++) {
        rest.set(states.subarray(i * STATE, i * STATE + 91), j * STATE); // position and rotations
        qacc.fill(0)[j] = 1;
        unit.set(accelerations(still, qacc), j * RESULT);
        unit[j * RESULT + 1] -= GRAVITY;
      }
      const columns = probe.probeInverse(rest, unit, lanes);
      for (let j = 0; j < NV; j++)
        result.set(generalised(still, columns.subarray(j * LOAD, (j + 1) * LOAD)), (i * NV + j) * NV);
    });
    return result;
  });
});

test('a state in a lane does not depend on its neighbours', () => {
  const all = probe.probeForward(states.slice(0, 21 * STATE), loads.slice(0, 21 * LOAD), true);
  for (const i of [0, 5, 20]) {
    const alone = probe.probeForward(
      states.slice(i * STATE, (i + 1) * STATE),
      loads.slice(i * LOAD, (i + 1) * LOAD),
      true,
    );
    assert.equal(alone, all.slice(i * RESULT, (i + 1) * RESULT));
  }
});

test.run();

// Forward and inverse dynamics of the humanoid against MuJoCo's accelerations on the same body.
import { createRequire } from 'node:module';
import loadMujoco from '@mujoco/mujoco';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/random/random.js';

interface Probe {
  probeModel(): Float64Array;
  probeForward(states: Float64Array, loads: Float64Array, lanes: boolean): Float64Array;
  probeInverse(states: Float64Array, wanted: Float64Array): Float64Array;
}
const native = createRequire(import.meta.url)('../../../build/Release/selfcorrect.node') as Probe;

const BODIES = 22;
const ROW = 14;
const STATE = 160;
const LOAD = 72;
const RESULT = 69;
const ARMATURE = 0.005; // kg m^2, native/dynamics/body.h (a float there)
const GRAVITY = 9.81;

type Vec = [number, number, number];
type Quat = [number, number, number, number];

const add = (a: Vec, b: Vec): Vec => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const sub = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
function multiply(a: Quat, b: Quat): Quat {
  return [
    a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
    a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
    a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
    a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
  ];
}
function rotate(q: Quat, v: Vec): Vec {
  const [, x, y, z] = multiply(multiply(q, [0, ...v]), [q[0], -q[1], -q[2], -q[3]]);
  return [x, y, z];
}
const unrotate = (q: Quat, v: Vec): Vec => rotate([q[0], -q[1], -q[2], -q[3]], v);

const model = native.probeModel();
const parent = (body: number) => model[body * ROW];
const children = (body: number) =>
  Array.from({ length: BODIES }, (_, b) => b).filter((b) => parent(b) === body);

/** Bodies in the order of MuJoCo's state: depth first. */
const order: number[] = [];
(function visit(body: number) {
  order.push(body);
  for (const child of children(body)) visit(child);
})(0);

function mjcf(): string {
  const body = (b: number): string => {
    const row = Array.from(model.subarray(b * ROW, (b + 1) * ROW));
    const joint = b === 0 ? '<freejoint/>' : `<joint type="ball" armature="${ARMATURE}"/>`;
    return (
      `<body pos="${row.slice(1, 4).join(' ')}">${joint}` +
      `<inertial mass="${row[4]}" pos="${row.slice(5, 8).join(' ')}" diaginertia="${row.slice(8, 11).join(' ')}"/>` +
      `${children(b).map(body).join('')}</body>`
    );
  };
  return `<mujoco><option gravity="0 -${GRAVITY} 0"/><compiler balanceinertia="false"/><worldbody>${body(0)}</worldbody></mujoco>`;
}

/** Random states and loads in the addon's form, and MuJoCo's accelerations turned into it. */
async function scenes(count: number) {
  const mujoco = await loadMujoco();
  const system = mujoco.MjModel.from_xml_string(mjcf());
  const data = new mujoco.MjData(system);
  assert.is(system.nv, 6 + 21 * 3);
  const random = new Random(7, 'dynamics');
  const states = new Float64Array(count * STATE);
  const loads = new Float64Array(count * LOAD);
  const expected = new Float64Array(count * RESULT);
  const vector = (scale: number): Vec => [
    Math.fround(random.normal() * scale),
    Math.fround(random.normal() * scale),
    Math.fround(random.normal() * scale),
  ];
  for (let i = 0; i < count; i++) {
    const rotation: Quat[] = [];
    const spin: Vec[] = [];
    const torque: Vec[] = [];
    const position = vector(1);
    const velocity = vector(2);
    const force = vector(100);
    const moment = vector(50);
    data.qpos.set(position, 0);
    data.qvel.set(velocity, 0);
    data.qfrc_applied.set(force, 0);
    order.forEach((b, k) => {
      // Poses within about 60 degrees of rest at each joint, any heading of the pelvis.
      const raw: Quat = [b === 0 ? random.normal() : 1, ...vector(b === 0 ? 1 : 0.35)];
      const norm = Math.hypot(...raw);
      const relative = raw.map((x) => x / norm) as Quat;
      const rate = vector(3);
      rotation[b] = b === 0 ? relative : multiply(rotation[parent(b)], relative);
      const turn = rotate(rotation[b], rate);
      spin[b] = b === 0 ? turn : add(spin[parent(b)], turn);
      torque[b] = b === 0 ? moment : vector(40);
      data.qpos.set(relative, b === 0 ? 3 : 7 + (k - 1) * 4);
      data.qvel.set(rate, b === 0 ? 3 : 6 + (k - 1) * 3);
      data.qfrc_applied.set(unrotate(rotation[b], torque[b]), b === 0 ? 3 : 6 + (k - 1) * 3);
    });
    mujoco.mj_forward(system, data);
    states.set([...position, ...rotation.flat(), ...velocity, ...spin.flat()], i * STATE);
    loads.set([0, 0, 0, ...torque.slice(1).flat(), ...force, ...moment], i * LOAD);
    const angular: Vec[] = [];
    order.forEach((b, k) => {
      const at = b === 0 ? 3 : 6 + (k - 1) * 3;
      const own = rotate(rotation[b], [data.qacc[at], data.qacc[at + 1], data.qacc[at + 2]]);
      if (b === 0) angular[b] = own;
      else {
        const p = parent(b);
        angular[b] = add(add(angular[p], own), cross(spin[p], sub(spin[b], spin[p])));
      }
    });
    expected.set([data.qacc[0], data.qacc[1], data.qacc[2], ...angular.flat()], i * RESULT);
  }
  return { states, loads, expected };
}

/** Largest difference of a row over its largest value, worst over the rows. */
function worst(actual: Float64Array, expected: Float64Array, width: number): number {
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

test('forward dynamics of 200 random states agree with MuJoCo', async () => {
  const { states, loads, expected } = await scenes(200);
  const double = worst(native.probeForward(states, loads, false), expected, RESULT);
  const lanes = worst(native.probeForward(states, loads, true), expected, RESULT);
  console.log(
    `forward dynamics against MuJoCo: double ${double.toExponential(2)}, lanes ${lanes.toExponential(2)}`,
  );
  assert.ok(double <= 1e-9, `double: ${double}`);
  assert.ok(lanes <= 1e-5, `lanes: ${lanes}`);
});

test('inverse dynamics recover the loads from MuJoCo accelerations', async () => {
  const { states, loads, expected } = await scenes(50);
  const error = worst(native.probeInverse(states, expected), loads, LOAD);
  assert.ok(error <= 1e-9, `relative error: ${error}`);
});

test('a state in a lane does not depend on its neighbours', async () => {
  const { states, loads } = await scenes(21);
  const all = native.probeForward(states, loads, true);
  for (const i of [0, 5, 20]) {
    const alone = native.probeForward(
      states.slice(i * STATE, (i + 1) * STATE),
      loads.slice(i * LOAD, (i + 1) * LOAD),
      true,
    );
    assert.equal(alone, all.slice(i * RESULT, (i + 1) * RESULT));
  }
});

test.run();

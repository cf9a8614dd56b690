// The limits of the joints: the table, the stops in the dynamics, and bodies of other sizes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/random/random.js';
import type { Quat } from '../support/rigid.js';
import {
  BODIES,
  bend,
  DEGREE,
  LEFT_ELBOW,
  LEFT_KNEE,
  native,
  PARENT,
  pose,
  RIGHT_ELBOW,
  RIGHT_KNEE,
  STATE,
  turn,
} from './limit-probe.js';

const ROW = 9;
const CONE = 3;
const limits = native.probeLimits();
const form = (body: number) => limits[body * ROW];
const range = (body: number, axis: number): [number, number] => [
  limits[body * ROW + 1 + 2 * axis],
  limits[body * ROW + 2 + 2 * axis],
];
const JOINTS = Array.from({ length: BODIES - 1 }, (_, b) => b + 1);
const PAIRS = [
  [1, 2],
  [4, 5],
  [7, 8],
  [10, 11],
  [13, 14],
  [16, 17],
  [18, 19],
  [20, 21],
];

test('the table: the right side mirrors the left, knees and elbows hardly bend backwards', () => {
  for (const [left, right] of PAIRS) {
    assert.equal(range(right, 0), range(left, 0));
    for (const axis of [1, 2]) {
      const [low, high] = range(left, axis);
      assert.equal(
        range(right, axis).map((x) => x + 0),
        [-high, -low].map((x) => x + 0),
      );
    }
  }
  for (const body of [LEFT_KNEE, RIGHT_KNEE]) assert.equal(range(body, 0), [-5, 165]);
  for (const body of [LEFT_ELBOW, RIGHT_ELBOW]) assert.equal(range(body, 0), [-168, 18]);
});

test('a joint turned about one axis is beyond its limit by what it is turned too far', () => {
  for (const body of JOINTS)
    for (const axis of [0, 1, 2])
      for (const side of [0, 1]) {
        if (form(body) === CONE) continue; // measured from a middle, not from rest
        const limit = range(body, axis)[side];
        for (const beyond of [-1, 1]) {
          const angle = limit + Math.sign(limit) * beyond;
          const excess = native.probeExcess(pose({ [body]: turn(axis, angle) }));
          const expected = beyond < 0 ? 0 : DEGREE;
          assert.ok(
            Math.abs(excess[body] - expected) < 0.1 * DEGREE,
            `${body} about ${axis} by ${angle}: ${excess[body] / DEGREE}`,
          );
          assert.is(excess.filter((x) => x > 0).length, beyond < 0 ? 0 : 1);
        }
      }
});

test('arms reach overhead, aside, ahead, across and a little behind, and no further', () => {
  for (const [body, side] of [
    [16, 1],
    [17, -1],
  ]) {
    const reach = (x: number, y: number, z: number) => {
      // The smallest rotation from the hanging arm to the direction.
      const n = Math.hypot(x, y, z);
      const [w, i, k] = [1 - y / n, -z / n, x / n];
      const length = Math.hypot(w, i, k);
      const q: Quat = [w / length, i / length, 0, k / length];
      return native.probeExcess(pose({ [body]: q }))[body];
    };
    for (const [x, y, z] of [
      [0.05, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
      [-0.6, 0, 0.8],
      [0, -1, 0],
      [0, -0.87, -0.5],
    ])
      assert.is(reach(side * x, y, z), 0, `${[x, y, z]}`);
    assert.ok(reach(-side, 0.2, -0.5) > 5 * DEGREE);
  }
});

/** At rest, upright, every body with the angular velocity of `spin`. */
function atRest(spin: Record<number, [number, number, number]>): Float64Array {
  const state = new Float64Array(STATE);
  state.set(pose({}), 3);
  for (const [body, w] of Object.entries(spin)) state.set(w, 94 + 3 * Number(body));
  return state;
}
const rotations = (states: Float64Array, step: number) => states.slice(step * STATE + 3, step * STATE + 91);

// Each swings a straight limb backwards: the shank and foot at 10 rad/s, the forearm and hand at 15 rad/s.
const SWINGS = [
  { body: LEFT_KNEE, spin: { 4: [-10, 0, 0], 7: [-10, 0, 0], 10: [-10, 0, 0] } },
  { body: RIGHT_KNEE, spin: { 5: [-10, 0, 0], 8: [-10, 0, 0], 11: [-10, 0, 0] } },
  { body: LEFT_ELBOW, spin: { 18: [15, 0, 0], 20: [15, 0, 0] } },
  { body: RIGHT_ELBOW, spin: { 19: [15, 0, 0], 21: [15, 0, 0] } },
] as { body: number; spin: Record<number, [number, number, number]> }[];

for (const { body, spin } of SWINGS)
  test(`a limp limb swung backwards stops at the limit of joint ${body} and gains nothing`, () => {
    const backwards = body === LEFT_KNEE || body === RIGHT_KNEE ? -1 : 1;
    const limit = Math.abs(range(body, 0)[backwards < 0 ? 0 : 1]);
    for (const lanes of [false, true])
      for (const rate of [240, 960]) {
        const steps = rate / 2;
        const furthest = (stops: boolean) => {
          const { states, energies } = native.probeLimp(atRest(spin), steps, rate, stops, lanes);
          const angles = Array.from(
            { length: steps },
            (_, i) => backwards * bend(rotations(states, i), 0, body),
          );
          return { angle: Math.max(...angles), energies };
        };
        assert.ok(furthest(false).angle > 60, `without a stop only ${furthest(false).angle}`);
        const { angle, energies } = furthest(true);
        // A joint leaves its range unseen for up to one step.
        const speed = Math.abs(spin[body][0]) / DEGREE;
        assert.ok(angle < limit + speed / rate + 0.5, `${angle} at ${rate} Hz`);
        assert.ok(angle > limit - 0.5, `${angle} at ${rate} Hz`);
        const motion = energies.filter((_, i) => i % 2 === 0);
        assert.ok(Math.max(...motion) <= motion[0] + 1e-4, `${Math.max(...motion)} J after ${motion[0]} J`);
      }
  });

/** Every joint turning somehow, about 4 rad/s. */
function flailing(seed: number): Float64Array {
  const random = new Random(seed, 'limits');
  const vector = (scale: number) => Array.from({ length: 3 }, () => scale * random.normal());
  const spin: Record<number, number[]> = { 0: vector(2) };
  for (const b of JOINTS) spin[b] = vector(4).map((x, k) => x + spin[PARENT[b]][k]);
  return atRest(spin as Record<number, [number, number, number]>);
}

test('a limp body that flails loses energy at its stops and never gains any', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const rate = 9600;
    const free = native.probeLimp(flailing(seed), rate, rate, false, false).energies;
    const { energies } = native.probeLimp(flailing(seed), rate, rate, true, false);
    const total = (i: number) => energies[2 * i] + energies[2 * i + 1];
    let rise = 0;
    for (let i = 1; i < rate; i++) rise = Math.max(rise, total(i) - total(i - 1));
    // A joint leaves its range unseen for up to a step: its spring starts with that length, at 30 rad/s and
    // 8,600 N m / rad with 0.04 J.
    assert.ok(rise < 0.04, `seed ${seed}: ${rise} J in a step of ${total(0)} J`);
    assert.ok(total(rate - 1) < 0.9 * total(0), `seed ${seed}: ${total(rate - 1)} of ${total(0)} J`);
    assert.ok(Math.abs(free[2 * rate - 2] / free[0] - 1) < 0.1);
  }
});

test('a stop acts between its two bodies alone, with the torque of its spring at the end of the step', () => {
  const rate = 240;
  for (const [seed, start] of [flailing(1), flailing(2), atRest(SWINGS[0].spin)].entries()) {
    const { states, turning } = native.probeLimp(start, 60, rate, true, false);
    let stopped = 0;
    for (let i = 0; i + 1 < 60; i++) {
      const [now, next] = [i, i + 1].map((k) => states.slice(k * STATE, (k + 1) * STATE));
      const excess = native.probeExcess(rotations(states, i));
      // Of the pelvis, then of every body: what the step did to the velocities.
      const done = Float64Array.from({ length: 69 }, (_, k) => (next[91 + k] - now[91 + k]) * rate);
      // With the forces of inertia that the step took: of the velocities at the time of the positions.
      now.set(turning.subarray(i * 66, (i + 1) * 66), 94);
      const loads = native.probeInverse(now, done);
      for (let k = 66; k < 72; k++) assert.ok(Math.abs(loads[k]) < 1e-6, `seed ${seed}: pelvis ${loads[k]}`);
      for (const b of JOINTS) {
        const torque = Math.hypot(...loads.subarray(b * 3, b * 3 + 3));
        if (excess[b] === 0) assert.ok(torque < 1e-6, `seed ${seed}, step ${i}: ${torque} N m at joint ${b}`);
        else if (torque > 1) stopped++;
      }
      const torque = Math.hypot(...loads.subarray(LEFT_KNEE * 3, LEFT_KNEE * 3 + 3));
      if (seed < 2 || excess[LEFT_KNEE] === 0 || torque < 20) continue;
      // Damping is 0.02 s times the stiffness (native/model/limits.cpp).
      const speed = next[94 + 3] - next[94 + 12]; // backwards, of the shank against the thigh
      const stiffness = limits[LEFT_KNEE * ROW + 8];
      const expected = stiffness * (excess[LEFT_KNEE] + (1 / rate + 0.02) * speed);
      assert.ok(Math.abs(torque / expected - 1) < 0.02, `step ${i}: ${torque}, expected ${expected} N m`);
    }
    assert.ok(stopped > 3, `seed ${seed}: ${stopped}`);
  }
});

test('the stops converge with the step: they are the law that they say they are', () => {
  const end = (rate: number) => {
    const steps = rate / 10;
    const { states } = native.probeLimp(atRest(SWINGS[0].spin), steps, rate, true, false);
    return bend(rotations(states, steps - 1), 0, LEFT_KNEE);
  };
  const [coarse, middle, fine, exact] = [240, 960, 3840, 30720].map(end);
  const errors = [coarse, middle, fine].map((angle) => Math.abs(angle - exact));
  assert.ok(errors[1] < 0.5 * errors[0] + 1e-3 && errors[2] < 0.5 * errors[1] + 1e-3, `${errors}`);
});

test('float lanes stop where double precision does', () => {
  const [exact, lanes] = [false, true].map(
    (inLanes) => native.probeLimp(flailing(7), 48, 240, true, inLanes).states,
  );
  let error = 0;
  for (let k = 47 * STATE; k < 47 * STATE + 91; k++) error = Math.max(error, Math.abs(exact[k] - lanes[k]));
  assert.ok(error < 1e-3, `${error}`);
});

test('within the limits the stops change nothing, to the bit', () => {
  const state = atRest({ 4: [3, 0, 0], 18: [-3, 0, 0], 0: [0.3, 0.2, 0.1] });
  for (const lanes of [false, true])
    assert.equal(
      native.probeLimp(state, 24, 240, true, lanes).states,
      native.probeLimp(state, 24, 240, false, lanes).states,
    );
});

const nominal = Float64Array.from(
  { length: BODIES * 3 },
  (_, i) => native.probeModel()[Math.floor(i / 3) * 14 + 1 + (i % 3)],
);
/** A flight in which the left knee and the right elbow bend by these degrees. */
function flight(knee: number, elbow: number) {
  const frames = 40;
  const rotation = new Float32Array(frames * BODIES * 4);
  const root = new Float32Array(frames * 3);
  for (let t = 0; t < frames; t++) {
    const share = Math.min(1, t / 20);
    rotation.set(
      pose({ [LEFT_KNEE]: turn(0, knee * share), [RIGHT_ELBOW]: turn(0, elbow * share) }),
      t * BODIES * 4,
    );
    const s = t / 20;
    root[3 * t + 1] = 30 + 9 * s - (9.81 / 2) * s * s;
  }
  return { root, rotation, skeleton: Float32Array.from(nominal) };
}
const HELP = { force: 0.5, torque: 300 };

test('a reference that asks for knees and elbows bent backwards gets them at their limits', () => {
  for (const exact of [false, true]) {
    const [result] = native.probeTrack([flight(-40, 60)], { ...HELP, exact });
    assert.ok(result.ok, `${result.frames}`);
    let [knee, elbow] = [0, 0];
    for (let t = 0; t < result.frames; t++) {
      knee = Math.max(knee, -bend(result.rotation, t, LEFT_KNEE));
      elbow = Math.max(elbow, bend(result.rotation, t, RIGHT_ELBOW));
    }
    console.log(`asked for 40 and 60: knee ${knee.toFixed(2)}, elbow ${elbow.toFixed(2)} degrees backwards`);
    // A stop gives way by 2 degrees under the largest torque of its joint.
    assert.ok(knee > 4.5 && knee < 5 + 2.5, `knee ${knee}`);
    assert.ok(elbow > 17.5 && elbow < 18 + 2.5, `elbow ${elbow}`);
  }
});

test('a motion does not depend on the stops of its neighbours', () => {
  const references = Array.from({ length: 19 }, (_, i) => flight(30 - 5 * i, 7 * i - 40));
  const all = native.probeTrack(references, HELP);
  for (const i of [0, 6, 9, 15, 18]) assert.equal(native.probeTrack([references[i]], HELP)[0], all[i]);
});

test('the torques weighed are those that inverse dynamics find for the motion', () => {
  for (const seed of [1, 2, 3, 4]) {
    const state = flailing(seed);
    const random = new Random(seed, 'torques');
    const asked = Float64Array.from({ length: BODIES * 3 }, () => 60 * random.normal());
    const { accelerations, ratios } = native.probeTorque(state, asked, 240);
    const loads = native.probeInverse(state, accelerations); // with the armature alone
    for (const b of JOINTS) {
      const given = Math.hypot(...loads.subarray(b * 3, b * 3 + 3)) / limits[b * ROW + 7];
      assert.ok(Math.abs(ratios[b] - given) < 1e-6 * (1 + given), `joint ${b}: ${ratios[b]}, ${given}`);
      assert.ok(
        Math.abs(given - Math.hypot(...asked.subarray(b * 3, b * 3 + 3)) / limits[b * ROW + 7]) > 1e-3,
      );
    }
  }
});

/** Masses, centres and inertias of a skeleton. */
function body(skeleton: Float64Array) {
  const rows = native.probeBody(skeleton);
  const at = (b: number) => rows.slice(b * 7, b * 7 + 7);
  return {
    mass: Array.from({ length: BODIES }, (_, b) => at(b)[0]),
    centre: Array.from({ length: BODIES }, (_, b) => [...at(b).slice(1, 4)]),
    inertia: Array.from({ length: BODIES }, (_, b) => [...at(b).slice(4, 7)]),
    weight: rows[BODIES * 7],
  };
}
const near = (a: number, b: number, what: string) =>
  assert.ok(Math.abs(a - b) <= 1e-5 * Math.abs(b) + 1e-9, `${what}: ${a}, expected ${b}`);
const FEET = [7, 8, 10, 11]; // as long as the bones of the foot say; their mass stays

test('a body of twice the bones: masses x2, long bodies x8 and x2 about their length in inertia', () => {
  const one = body(nominal);
  const two = body(nominal.map((x) => 2 * x));
  near(two.weight, 9.81 * two.mass.reduce((sum, m) => sum + m, 0), 'weight');
  near(
    two.weight,
    2 * one.weight - 9.81 * FEET.reduce((sum, b) => sum + one.mass[b], 0),
    'weight but for the feet',
  );
  for (let b = 0; b < BODIES; b++) {
    if (FEET.includes(b)) {
      near(two.mass[b], one.mass[b], `mass ${b}`);
      continue;
    }
    near(two.mass[b], 2 * one.mass[b], `mass ${b}`);
    for (let k = 0; k < 3; k++) {
      near(two.centre[b][k], 2 * one.centre[b][k], `centre ${b}`);
      const thin = one.inertia[b][k] <= 1.5 * Math.min(...one.inertia[b]);
      near(two.inertia[b][k], (thin ? 2 : 8) * one.inertia[b][k], `inertia ${b}, axis ${k}`);
    }
  }
});

test('a symmetric skeleton of any size gives a symmetric body', () => {
  const random = new Random(3, 'bodies');
  for (let trial = 0; trial < 10; trial++) {
    const skeleton = Float64Array.from(nominal);
    for (const b of [3, 6, 9, 12, 15])
      for (let k = 0; k < 3; k++) skeleton[b * 3 + k] *= 0.7 + 0.6 * random.uniform();
    for (const [left, right] of PAIRS)
      for (let k = 0; k < 3; k++) {
        skeleton[left * 3 + k] = nominal[left * 3 + k] * (0.7 + 0.6 * random.uniform());
        skeleton[right * 3 + k] = (k === 0 ? -1 : 1) * skeleton[left * 3 + k];
      }
    const made = body(skeleton);
    for (const [left, right] of PAIRS) {
      near(made.mass[right], made.mass[left], 'mass');
      for (let k = 0; k < 3; k++) {
        near(made.centre[right][k], (k === 0 ? -1 : 1) * made.centre[left][k], 'centre');
        near(made.inertia[right][k], made.inertia[left][k], 'inertia');
      }
    }
  }
});

test('bad input of the probes', () => {
  assert.throws(() => native.probeExcess(new Float64Array(3)), /Expected a Float64Array of a multiple of 88/);
});

test.run();

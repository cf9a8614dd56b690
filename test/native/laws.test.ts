// Physical laws with known answers, on the physics step without the controller, in double precision and in float lanes.
//
// The integrator is a leapfrog: the velocities of a moment belong to the middle of the step that led to it, half a step
// before the positions. synchronous() brings them together where a law compares the two.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/random/random.js';
import { ARMATURE, type Body, contactPoints, damping, GRAVITY, humanoid } from '../support/humanoid.js';
import { add, norm, type Quat, scale, sub, type Vec } from '../support/rigid.js';
import {
  about,
  contactEnergy,
  GROUND,
  type Ground,
  type Motion,
  mechanics,
  only,
  PELVIS_POINTS,
  posed,
  type Scene,
  simulate,
  standing,
  synchronous,
} from '../support/simulation.js';

const RATE = 240;
const STEP = 1 / RATE;
const both = (run: (lanes: boolean) => void) => [false, true].forEach(run);
const near = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual} instead of ${expected}, off by more than ${tolerance}`,
  );

/** The humanoid in some pose, its pelvis turning at `spin` rad/s, every joint at `sway` rad/s. */
function tumbling(seed: number, spin: number, sway: number, position: Vec, velocity: Vec): Motion {
  const random = new Random(seed, 'laws');
  const unit = (): Vec => {
    const v: Vec = [random.normal(), random.normal(), random.normal()];
    return scale(v, 1 / norm(v));
  };
  return posed(
    (body): Quat => about(unit(), body ? 0.3 * random.normal() : random.normal()),
    (body) => scale(unit(), body ? sway : spin),
    position,
    velocity,
  );
}
const limp = (): Scene['joint'] => () => ({ armature: ARMATURE, stiffness: 0, damping: 0 });
const damped =
  (share = 1): Scene['joint'] =>
  (body) => ({ armature: ARMATURE, stiffness: 0, damping: share * damping(body) });

// ---- flight ----

test('ballistic flight: the centre of mass of a tumbling body runs along its parabola', () => {
  both((lanes) => {
    const start = tumbling(1, 2, 0.5, [0, 1, 0], [1, 3, -0.5]);
    const path = simulate({ bodies: humanoid, joint: limp(), start, rate: RATE, seconds: 2, lanes });
    const first = mechanics(humanoid, path[0]);
    const v = scale(first.momentum, 1 / first.mass);
    let worst = 0;
    path.forEach((moment, n) => {
      const t = n * STEP;
      // Started with the velocity of half a step earlier, so by g h / 2 too slow at the start.
      const expected = add(first.centre, [
        v[0] * t,
        (v[1] - (GRAVITY * STEP) / 2) * t - (GRAVITY / 2) * t * t,
        v[2] * t,
      ]);
      worst = Math.max(worst, norm(sub(mechanics(humanoid, moment).centre, expected)));
    });
    // What is left is the body's own motion at start, known to half a step: v h / 2 of its parts, under 1 mm.
    assert.ok(worst < 0.001, `lanes ${lanes}: ${worst} m off the parabola`);
  });
});

test('a limp body that tumbles for 10 s keeps its momenta and gains no energy', () => {
  // Measured at 240, 480, 960 Hz: energy 5.4e-5, 9.4e-6, 2.0e-6; angular momentum 3.9e-5, 1.0e-5, 2.6e-6. Second order.
  const drift = (rate: number, lanes: boolean) => {
    const start = tumbling(1, 2, 0.5, [0, 0, 0], [1, 2, 0.5]);
    const path = synchronous(
      simulate({ bodies: humanoid, joint: limp(), start, rate, seconds: 10, lanes }),
    ).slice(rate / 10); // the extrapolated velocities need two steps to begin
    const energy = (moment: Motion) => {
      const m = mechanics(humanoid, moment, ARMATURE);
      return { ...m, inner: m.kinetic - norm(m.momentum) ** 2 / (2 * m.mass) };
    };
    const first = energy(path[0]);
    const worst = { gain: 0, linear: 0, angular: 0 };
    path.forEach((moment, n) => {
      const now = energy(moment);
      const expected = add(first.momentum, [0, (-first.mass * GRAVITY * n) / rate, 0]);
      worst.gain = Math.max(worst.gain, now.inner / first.inner - 1);
      worst.linear = Math.max(worst.linear, norm(sub(now.momentum, expected)) / norm(first.momentum));
      worst.angular = Math.max(worst.angular, norm(sub(now.angular, first.angular)) / norm(first.angular));
    });
    return worst;
  };
  const coarse = drift(RATE, false);
  const lanes = drift(RATE, true);
  const fine = drift(2 * RATE, false);
  console.log('drift in 10 s:', JSON.stringify({ coarse, lanes, fine }));
  for (const { gain, linear, angular } of [coarse, lanes]) {
    assert.ok(gain <= 1e-4, `gains ${gain} of its energy about the centre of mass`);
    assert.ok(angular <= 1e-4, `angular momentum off by ${angular}`);
    assert.ok(linear <= 1e-4, `momentum off by ${linear}`);
  }
  assert.ok(fine.gain < coarse.gain / 3 && fine.angular < coarse.angular / 3, 'second order');
});

test('a box that spins about its longest and shortest axis goes on, about the middle one it turns over', () => {
  const bodies = only(new Map<number, Partial<Body>>([[0, { mass: 10, inertia: [0.1, 0.2, 0.3] }]]));
  const tilt = (axis: number, lanes: boolean) => {
    const spin: Vec = [0.01, 0.01, 0.01];
    spin[axis] = 5;
    const start = standing();
    start.spin = start.spin.map(() => spin);
    let least = 1;
    for (const { rotation } of simulate({ bodies, start, rate: RATE, seconds: 5, records: 60, lanes })) {
      const [, x, y, z] = rotation[0];
      const up = [1 - 2 * (y * y + z * z), 1 - 2 * (x * x + z * z), 1 - 2 * (x * x + y * y)][axis];
      least = Math.min(least, up);
    }
    return least;
  };
  both((lanes) => {
    assert.ok(tilt(0, lanes) > 0.999 && tilt(2, lanes) > 0.999, 'stable axes');
    assert.ok(tilt(1, lanes) < -0.9, 'the middle axis turns over');
  });
});

// ---- a block on the ground: the pelvis on its three points, like a tripod; all other bodies weightless ----

const HEIGHT = 0.05;
const MASS = 13; // as much a point as the standing humanoid's sixteen carry
const block = (mass = MASS): Body[] =>
  only(new Map([[0, { mass, inertia: [0.02 * mass, 0.03 * mass, 0.025 * mass] as Vec }]]));
const points = new Map(
  PELVIS_POINTS.map((p, i): [number, Vec] => {
    const angle = (2 * Math.PI * i) / 3;
    return [p, [0.3 * Math.cos(angle), -HEIGHT, 0.3 * Math.sin(angle)]];
  }),
);
const sunk = (mass: number, ground = GROUND) => (mass * GRAVITY) / (3 * ground.stiffness);
function push(options: Partial<Scene> & { ground?: Ground; speed?: number; above?: number; mass?: number }) {
  const { mass = MASS, ground = GROUND, speed = 0, above = -sunk(mass, ground) } = options;
  const start = standing([0, HEIGHT + above, 0]);
  start.velocity = [speed, 0, 0];
  return simulate({ bodies: block(mass), points, ground, start, rate: RATE, seconds: 1, ...options });
}

test('static penetration is load over stiffness', () => {
  both((lanes) => {
    for (const mass of [5, 13, 60])
      for (const stiffness of [GROUND.stiffness / 2, GROUND.stiffness]) {
        const ground = { ...GROUND, stiffness };
        const path = push({ mass, ground, above: 0, lanes, seconds: 2 });
        const depth = HEIGHT - path[path.length - 1].position[1];
        near(depth / sunk(mass, ground), 1, lanes ? 1e-3 : 1e-9, `depth of ${mass} kg on ${stiffness} N/m`);
      }
  });
});

/** The force that turns gravity by a slope of tangent `tan`, on the block's centre of mass. */
function slope(tan: number): Vec {
  const angle = Math.atan(tan);
  return [MASS * GRAVITY * Math.sin(angle), MASS * GRAVITY * (1 - Math.cos(angle)), 0];
}

test('a block on a slope holds below the angle of friction and slides above it as Coulomb says', () => {
  both((lanes) => {
    for (const friction of [0.3, 0.6, 1]) {
      const ground = { ...GROUND, friction };
      for (const share of [0.5, 0.9, 0.97]) {
        const path = push({ ground, force: slope(friction * share), seconds: 3, lanes });
        const [half, end] = [path[path.length >> 1], path[path.length - 1]];
        assert.ok(Math.abs(end.position[0] - half.position[0]) < 1e-6, `creeps at ${share} of ${friction}`);
        assert.ok(end.position[0] < 0.005, `gives way ${end.position[0]} m before it holds`);
      }
      for (const share of [1.03, 1.1, 1.5, 3]) {
        const tan = friction * share;
        const path = push({ ground, force: slope(tan), seconds: 3, lanes });
        const gained = path[3 * RATE].velocity[0] - path[RATE].velocity[0];
        const angle = Math.atan(tan);
        const expected = GRAVITY * (Math.sin(angle) - friction * Math.cos(angle));
        near(gained / 2 / expected, 1, 0.005, `acceleration at ${share} of ${friction}`);
      }
    }
  });
});

test('a block slides v^2 / (2 mu g)', () => {
  both((lanes) => {
    for (const friction of [0.2, 0.5, 1])
      for (const speed of [1, 2, 4]) {
        const path = push({ ground: { ...GROUND, friction }, speed, seconds: 3, lanes });
        const from = 12; // once the normal force has met the friction: one step
        const v = (path[from].velocity[0] + path[from + 1].velocity[0]) / 2;
        const distance = path[path.length - 1].position[0] - path[from].position[0];
        const expected = v ** 2 / (2 * friction * GRAVITY);
        // 2 %, or the way of the last step in which it comes to rest.
        const last = (friction * GRAVITY * STEP ** 2) / 2;
        near(distance, expected, 0.02 * expected + last, `way from ${speed} m/s at mu ${friction}`);
        near(path[path.length - 1].velocity[0], 0, 1e-5, 'rest');
      }
  });
});

test('friction of an impact: mu times its impulse', () => {
  both((lanes) => {
    for (const friction of [0.2, 0.4]) {
      const start = standing([0, HEIGHT + 0.001, 0]);
      start.velocity = [3, -1, 0];
      const seconds = 0.1;
      const path = push({ ground: { ...GROUND, friction }, start, seconds, lanes });
      // The vertical impulse in all: what stopped it, and its weight.
      const end = path[path.length - 1];
      const impulse = 1 + GRAVITY * seconds + end.velocity[1];
      const lost = 3 - end.velocity[0];
      // Friction is one step behind the normal force, so one step of weight is missing.
      near(
        lost,
        friction * (impulse - GRAVITY * STEP),
        0.05 * friction * impulse,
        `lost speed at mu ${friction}`,
      );
    }
  });
});

test('an impact does not bounce, and reaches no deeper than its speed allows', () => {
  both((lanes) => {
    // Any phase of the step at the touch.
    for (const drop of [0.1, 0.5, 1])
      for (const phase of [0, 0.25, 0.5, 0.75]) {
        const speed = Math.sqrt(2 * GRAVITY * drop);
        const path = push({ above: drop + phase * speed * STEP, seconds: 2, lanes });
        const touch = path.findIndex(({ position }) => position[1] < HEIGHT);
        const after = path.slice(touch);
        const up = Math.max(...after.map(({ velocity }) => velocity[1]));
        const high = Math.max(...after.map(({ position }) => position[1] - HEIGHT));
        const deep = Math.max(...after.map(({ position }) => HEIGHT - position[1]));
        assert.ok(up < 0.1 * speed, `thrown back at ${up} m/s by a fall of ${drop} m`);
        assert.ok(high < 0.01 * drop, `rebounds ${high} m from ${drop} m`);
        // An undamped spring would be pressed v sqrt(m / k).
        assert.ok(deep < speed * Math.sqrt(MASS / 3 / GROUND.stiffness), `${deep} m deep`);
        near(path[path.length - 1].position[1], HEIGHT - sunk(MASS), 1e-6, 'rest');
      }
  });
});

test('the ground does not hold what is lifted', () => {
  both((lanes) => {
    for (const share of [1.5, 2, 4]) {
      const path = push({ force: [0, share * MASS * GRAVITY, 0], seconds: 0.5, lanes });
      const gained = path[path.length - 1].velocity[1];
      const expected = (share - 1) * GRAVITY * 0.5;
      // At most one step of pull, and what the spring gives back: sqrt(g times the depth).
      const step = share * GRAVITY * STEP;
      assert.ok(gained > expected - step, `leaves at ${gained} instead of ${expected} m/s`);
      assert.ok(gained < expected + Math.sqrt(GRAVITY * sunk(MASS)) + step, `thrown at ${gained} m/s`);
    }
  });
});

// ---- a passive body ----

test('the energy of a passive body never rises, in flight and when it is dropped', () => {
  const contacts = new Map(contactPoints.map(({ at }, p): [number, Vec] => [p, at]));
  /** Largest rise from one step to the next over the energy it began with, and what is left at the end. */
  const rise = (
    seed: number,
    rate: number,
    joint: Scene['joint'],
    ground: Ground | undefined,
    lanes: boolean,
  ) => {
    const start = tumbling(seed, 2, 1, [0, 1.6, 0], [1, 0, 0.5]);
    const scene = { bodies: humanoid, points: contacts, joint, ground, start, rate, seconds: 3, lanes };
    const energies = synchronous(simulate(scene)).map((moment) => {
      const { kinetic, potential, joints } = mechanics(humanoid, moment, ARMATURE);
      return kinetic + potential + (ground ? contactEnergy(contactPoints, ground, moment, joints) : 0);
    });
    let worst = 0;
    for (let n = 1; n < energies.length; n++) worst = Math.max(worst, energies[n] - energies[n - 1]);
    return { worst: worst / energies[0], left: energies[energies.length - 1] / energies[0] };
  };
  for (let seed = 1; seed <= 8; seed++)
    both((lanes) => {
      const noise = lanes ? 3e-5 : 1e-12; // floats: 1e-7 of the speeds
      const flight = rise(seed, RATE, damped(0.01), undefined, lanes);
      assert.ok(flight.worst <= noise, `${seed}: rises by ${flight.worst} in flight`);
      // With the product's joint damping at its rate; nearly limp joints need a finer step, since a blow on one end of a
      // light foot throws the other end into the ground within one step.
      const firm = rise(seed, RATE, damped(), GROUND, lanes);
      assert.ok(firm.worst <= Math.max(noise, 1e-5), `${seed}: rises by ${firm.worst}`);
      const loose = rise(seed, 4 * RATE, damped(0.01), GROUND, lanes);
      assert.ok(loose.worst <= noise, `${seed}: rises by ${loose.worst} when nearly limp`);
      assert.ok(firm.left < 0.1 && loose.left < 0.1, `${seed}: comes to rest`);
    });
});

test.run();

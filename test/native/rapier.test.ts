// Free fall, pendulum and box drop: the same bodies in Rapier, a third engine, which computes in float32.
//
// Where tolerances come from. Both engines step velocities before positions: the start counts as half a step old (ours) or
// as new (Rapier's), so from a start with acceleration a they part by a t (h_ours + h_theirs) / 2. Rounding the velocity v
// to floats once a step is at most v 2^-24 / 2 / h m/s after a second, as far as all roundings fall to the same side.
import RAPIER from '@dimforge/rapier3d-compat';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Body, GRAVITY } from '../support/humanoid.js';
import { add, cross, norm, type Quat, rotate, sub, type Vec } from '../support/rigid.js';
import { doublePendulum, droppedBlock, spinningBlock } from '../support/scenes.js';
import { GROUND, type Moment, type Motion, mechanics, simulate } from '../support/simulation.js';

await RAPIER.init();
const RATE = 240;
const FINE = 3840;
/** What the start and the floats allow after `time` s, m, for bodies of at most `speed` and `acceleration`. */
const allowed = (time: number, rate: number, acceleration: number, speed: number): number =>
  (acceleration * time * (1 / rate + 1 / FINE)) / 2 + ((speed * 2 ** -24 * FINE) / 2) * time;

const xyz = ([x, y, z]: Vec) => ({ x, y, z });
const wxyz = ([w, x, y, z]: Quat) => ({ w, x, y, z });

/** The bodies with a mass, on a free pelvis and ball joints, in the given state. */
function scene(bodies: Body[], start: Motion, { rate = FINE, points = [] as Vec[], friction = 1 } = {}) {
  const world = new RAPIER.World(xyz([0, -GRAVITY, 0]));
  world.timestep = 1 / rate;
  const { joints } = mechanics(bodies, start);
  const made = new Map<number, RAPIER.RigidBody>();
  bodies.forEach(({ parent, offset, mass, com, inertia }, b) => {
    if (mass === 0) return;
    const turn = start.rotation[b];
    const body = world.createRigidBody(
      RAPIER.RigidBodyDesc.dynamic()
        .setTranslation(...joints[b])
        .setRotation(wxyz(turn))
        // Rapier's is the velocity of the centre of mass.
        .setLinvel(...add(start.velocity, cross(start.spin[b], rotate(turn, com))))
        .setAngvel(xyz(start.spin[b]))
        .setAdditionalMassProperties(mass, xyz(com), xyz(inertia), wxyz([1, 0, 0, 0]))
        .setCanSleep(false),
    );
    made.set(b, body);
    const above = made.get(parent);
    if (above) {
      const ball = RAPIER.JointData.spherical(xyz(offset), xyz([0, 0, 0]));
      world.createImpulseJoint(ball, above, body, true);
    }
  });
  const pelvis = made.get(0) as RAPIER.RigidBody;
  if (points.length > 0) {
    // A ground as stiff as ours: it gives way by 0.1 mm under the block.
    world.integrationParameters.normalizedAllowedLinearError = 1e-5;
    world.integrationParameters.contact_natural_frequency = 100;
    const floor = RAPIER.ColliderDesc.cuboid(20, 1, 20).setTranslation(0, -1, 0).setFriction(friction);
    world.createCollider(floor);
    for (const [x, y, z] of points)
      world.createCollider(
        RAPIER.ColliderDesc.ball(0.001)
          .setDensity(0)
          .setFriction(friction)
          .setTranslation(x, y + 0.001, z),
        pelvis,
      );
  }
  return { world, made, pelvis };
}

type Place = { at: Vec; turn: Quat };
const place = (body: RAPIER.RigidBody): Place => {
  const { x, y, z } = body.translation();
  const q = body.rotation();
  return { at: [x, y, z], turn: [q.w, q.x, q.y, q.z] };
};

/** Runs to each of `times`, s, and gives the places of the bodies with a mass. */
function run({ world, made }: ReturnType<typeof scene>, times: number[]): Place[][] {
  let steps = 0;
  return times.map((time) => {
    for (; steps < Math.round(time / world.timestep); steps++) world.step();
    return [...made.values()].map(place);
  });
}

/** Angle between two rotations, rad. */
const angle = (a: Quat, b: Quat): number => {
  const cos = Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]);
  return 2 * Math.acos(Math.min(1, cos / Math.hypot(...a) / Math.hypot(...b)));
};

/** Largest distance of the bodies' joints, m, and largest angle between the bodies, rad. */
function apart(bodies: Body[], moment: Moment, theirs: Place[]): { far: number; turned: number } {
  const heavy = bodies.flatMap(({ mass }, b) => (mass > 0 ? [b] : []));
  const { joints } = mechanics(bodies, moment);
  return {
    far: Math.max(...heavy.map((b, i) => norm(sub(joints[b], theirs[i].at)))),
    turned: Math.max(...heavy.map((b, i) => angle(moment.rotation[b], theirs[i].turn))),
  };
}

for (const lanes of [false, true]) {
  const where = lanes ? 'lanes' : 'double';

  test(`free fall of a spinning block, ${where}`, () => {
    const { bodies, start } = spinningBlock();
    const times = [0.25, 0.5, 1];
    const theirs = run(scene(bodies, start), times);
    for (const rate of [RATE, FINE]) {
      const path = simulate({ bodies, start, rate, seconds: 1, records: 4, lanes });
      times.forEach((time, i) => {
        const { far, turned } = apart(bodies, path[time * 4], theirs[i]);
        const bound = allowed(time, rate, 1.2 * GRAVITY, 8); // the spin adds to the acceleration of the joint
        assert.ok(far <= bound, `${far} m apart after ${time} s at ${rate} Hz, at most ${bound}`);
        // The spin changes by at most its square.
        assert.ok(turned <= allowed(time, rate, 10, 3), `turned by ${turned} rad at ${rate} Hz`);
      });
    }
  });

  test(`a double pendulum, ${where}`, () => {
    const { bodies, start, force } = doublePendulum();
    const theirs = scene(bodies, start);
    theirs.pelvis.addForce(xyz(force), true);
    const times = [0.5, 1, 2];
    const ends = run(theirs, times);
    for (const rate of [RATE, FINE]) {
      const path = simulate({
        bodies,
        start,
        force,
        rate,
        seconds: 2,
        records: 2,
        lanes,
      });
      const errors = times.map((time, i) => apart(bodies, path[time * 2], ends[i]).far);
      console.log(`double pendulum, ${where}, ${rate} Hz: ${errors.map((e) => (1000 * e).toFixed(2))} mm`);
      // At the shank's 4 m/s a step is 17 mm at 240 Hz, half of it what the start is late; 1 mm at 3,840 Hz, in each engine.
      const bound = (4 / rate + 4 / FINE) / 2;
      for (const error of errors)
        assert.ok(error <= bound, `${error} m apart at ${rate} Hz, at most ${bound}`);
    }
  });

  test(`a dropped block, ${where}`, () => {
    const { bodies, start, feet, points, friction } = droppedBlock();
    const [air, end] = run(scene(bodies, start, { points: feet, friction }), [0.15, 2]);
    const depth = (13 * GRAVITY) / (3 * GROUND.stiffness);
    for (const rate of [RATE, FINE]) {
      const path = simulate({
        bodies,
        points,
        ground: { ...GROUND, friction },
        start,
        rate,
        seconds: 2,
        records: RATE,
        lanes,
      });
      const last = path[path.length - 1];
      const { far } = apart(bodies, last, end);
      console.log(
        `dropped block, ${where}, ${rate} Hz: at ${last.position.map((x) => x.toFixed(4))}, Rapier's at ${end[0].at.map((x) => x.toFixed(4))}`,
      );
      assert.ok(apart(bodies, path[36], air).far <= allowed(0.15, rate, GRAVITY, 2), 'in the air');
      assert.ok(norm(last.velocity) < 1e-3 && Math.max(...last.spin[0].map(Math.abs)) < 1e-3, 'at rest');
      // 0.16 mm deep here, 0.1 mm there.
      const height = last.position[1] - end[0].at[1];
      assert.ok(Math.abs(height) < depth, `rests ${height} m higher`);
      // As deep as its 2.6 m/s press an undamped spring, at its deepest corner: nothing passes through the ground.
      const deepest = Math.min(
        ...path.flatMap(({ position, rotation }) =>
          feet.map((at) => position[1] + rotate(rotation[0], at)[1]),
        ),
      );
      assert.ok(deepest > -2.6 * Math.sqrt(13 / GROUND.stiffness), `${deepest} m deep`);
      // Three impacts, each met to a step of its 2 m/s, in each engine.
      const bound = 3 * 2 * (1 / rate + 1 / FINE);
      assert.ok(far <= bound, `${far} m apart at ${rate} Hz, at most ${bound}`);
    }
  });
}

test.run();

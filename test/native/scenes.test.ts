// Free fall, pendulum and box drop: the same bodies in MuJoCo, simulated by its fourth-order Runge-Kutta at a fine step.
import loadMujoco from '@mujoco/mujoco';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Body, GRAVITY } from '../support/humanoid.js';
import { norm, sub, type Vec } from '../support/rigid.js';
import { doublePendulum, droppedBlock, spinningBlock } from '../support/scenes.js';
import { GROUND, type Moment, mechanics, simulate } from '../support/simulation.js';

const mujoco = await loadMujoco();
const RATE = 240;
const FINE = 1 / 7680;

/** The bodies with a mass, on a free pelvis and ball joints; `points` of the pelvis are small spheres over a plane. */
function scene(
  bodies: Body[],
  options: { armature?: number; points?: Vec[]; friction?: number; step?: number },
) {
  const { armature = 0, points = [], friction = 1, step = FINE } = options;
  const body = (b: number): string => {
    const { offset, mass, com, inertia } = bodies[b];
    const children = bodies.flatMap(({ parent, mass }, c) => (parent === b && mass > 0 ? [body(c)] : []));
    const spheres =
      b > 0
        ? []
        : points.map(
            (at) => `<geom type="sphere" size=".001" mass="0" pos="${at[0]} ${at[1] + 0.001} ${at[2]}"/>`,
          );
    return (
      `<body pos="${b ? offset.join(' ') : '0 0 0'}">${b ? `<joint type="ball" armature="${armature}"/>` : '<freejoint/>'}` +
      `<inertial mass="${mass}" pos="${com.join(' ')}" diaginertia="${inertia.join(' ')}"/>${spheres.join('')}${children.join('')}</body>`
    );
  };
  const plane = points.length > 0 ? '<geom type="plane" size="10 10 1" zaxis="0 1 0"/>' : '';
  const xml =
    `<mujoco><option gravity="0 -${GRAVITY} 0" timestep="${step}" integrator="${plane ? 'Euler' : 'RK4'}" cone="elliptic" impratio="10"/>` +
    `<compiler balanceinertia="false"/><default><geom friction="${friction} 0 0" condim="3" solref=".004 1"/></default>` +
    `<worldbody>${plane}${body(0)}</worldbody></mujoco>`;
  const model = mujoco.MjModel.from_xml_string(xml);
  return { model, data: new mujoco.MjData(model), step };
}

/** Runs to each of `times`, s, and gives the pelvis' and the bodies' places. */
function run({ model, data, step }: ReturnType<typeof scene>, times: number[]): { joints: Vec[] }[] {
  return times.map((time) => {
    while (data.time < time - step / 2) mujoco.mj_step(model, data);
    const joints = Array.from(
      { length: model.nbody - 1 },
      (_, b): Vec => [...data.xpos.subarray(3 * b + 3, 3 * b + 6)] as Vec,
    );
    return { joints };
  });
}

const apart = (bodies: Body[], moment: Moment, theirs: { joints: Vec[] }): number => {
  const ours = mechanics(bodies, moment).joints.filter((_, b) => bodies[b].mass > 0);
  return Math.max(...ours.map((joint, b) => norm(sub(joint, theirs.joints[b]))));
};

for (const lanes of [false, true]) {
  const where = lanes ? 'lanes' : 'double';

  test(`free fall of a spinning block, ${where}`, () => {
    const { bodies, start } = spinningBlock();
    const theirs = scene(bodies, {});
    theirs.data.qpos.set([0, 2, 0, 1, 0, 0, 0]);
    theirs.data.qvel.set([1, 2, -0.5, 1, 3, 0.5]);
    const ends = run(theirs, [0.25, 0.5, 1]);
    const path = simulate({ bodies, start, rate: RATE, seconds: 1, lanes });
    [60, 120, 240].forEach((n, i) => {
      // The first step's velocity counts as half a step old: g h t / 2, and what the spin adds to the acceleration.
      const bound = (1.2 * GRAVITY * (n / RATE)) / RATE / 2;
      const error = apart(bodies, path[n], ends[i]);
      assert.ok(error <= bound, `${error} m apart after ${n / RATE} s, at most ${bound}`);
    });
  });

  test(`a double pendulum swings as in MuJoCo, ${where}`, () => {
    const { bodies, start, hip, force } = doublePendulum();
    const theirs = scene(bodies, { armature: 0.005 });
    theirs.data.qpos.set([0, 0, 0, 1, 0, 0, 0, ...hip, 1, 0, 0, 0]);
    theirs.data.xfrc_applied.set(force, 6);
    const ends = run(theirs, [0.5, 1, 2]);
    const error = (rate: number, n: number) => {
      const path = simulate({
        bodies,
        start,
        joint: () => ({ armature: 0.005, stiffness: 0, damping: 0 }),
        force,
        rate,
        seconds: 2,
        records: 2,
        lanes,
      });
      return apart(bodies, path[[1, 2, 4][n]], ends[n]);
    };
    const coarse = [0, 1, 2].map((n) => error(RATE, n));
    const fine = [0, 1, 2].map((n) => error(4 * RATE, n));
    console.log(
      `double pendulum, ${where}: ${coarse.map((e) => (1000 * e).toFixed(2))} mm at 240 Hz, ${fine.map((e) => (1000 * e).toFixed(2))} at 960`,
    );
    // Started half a step late (first order): at the shank's 4 m/s one step is 17 mm, half of it 8.
    coarse.forEach((e, n) => {
      assert.ok(e <= 0.0085, `${e} m apart`);
      assert.ok(fine[n] <= e / 3 + (lanes ? 5e-4 : 0), `a finer step is nearer: ${fine[n]}, ${e}`);
    });
  });

  test(`a block that is dropped on an edge and pushed comes to rest where it does in MuJoCo, ${where}`, () => {
    const { bodies, start, tilt, feet, points, friction } = droppedBlock();
    const theirs = scene(bodies, { points: feet, friction, step: 1 / 3840 });
    theirs.data.qpos.set([0, 0.4, 0, ...tilt]);
    theirs.data.qvel.set([1.5, 0, 0]);
    const [air, end] = run(theirs, [0.15, 2]);
    const drop = (rate: number) =>
      simulate({
        bodies,
        points,
        ground: { ...GROUND, friction },
        start,
        rate,
        seconds: 2,
        records: RATE,
        lanes,
      });
    const path = drop(RATE);
    const fine = drop(16 * RATE);
    const last = path[path.length - 1];
    const error = apart(bodies, last, end);
    console.log(
      `dropped block, ${where}: at ${last.position.map((x) => x.toFixed(4))}, MuJoCo's at ${end.joints[0].map((x) => x.toFixed(4))}`,
    );
    assert.ok(apart(bodies, path[36], air) < (GRAVITY / RATE) * 0.15, 'in the air');
    assert.ok(norm(last.velocity) < 1e-3, 'at rest');
    assert.ok(
      Math.abs(last.position[1] - end.joints[0][1]) < 0.001,
      'the same height, but for what each ground gives way',
    );
    // Three impacts, each met to a step of its 2 m/s; both grounds give way, a little differently.
    assert.ok(error < (3 * 2) / RATE, `${error} m apart`);
    assert.ok(apart(bodies, fine[fine.length - 1], end) < 0.003, 'a fine step ends in the same place');
  });
}

test.run();

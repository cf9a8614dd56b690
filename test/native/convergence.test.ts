// Halving the step: the order of the physics, of a tracked motion, and how far 240 Hz is from 1,920 Hz on real motion.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { correctBatch } from '../../src/index.js';
import { ARMATURE, damping, humanoid, LOAD, probe, stiffness } from '../support/humanoid.js';
import { haveMocap, MOCAP, mocapClip, mocapIds } from '../support/motions.js';
import { norm, type Quat, scale, sub, type Vec } from '../support/rigid.js';
import { about, flat, type Motion, mechanics, posed, type Scene, simulate } from '../support/simulation.js';

const RATES = [240, 480, 960, 1920];
const FINE = 15360;

/** Largest distance of the joints of two states, m. */
function apart(a: Motion, b: Motion): number {
  const [p, q] = [mechanics(humanoid, a).joints, mechanics(humanoid, b).joints];
  return Math.max(...p.map((joint, body) => norm(sub(joint, q[body]))));
}

/** Distances from the finest step's end at all RATES, and the slope of their logarithms. */
function orders(scene: (rate: number) => Scene): { errors: number[]; order: number } {
  const end = (rate: number) => {
    const path = simulate({ ...scene(rate), rate, records: 1 / scene(rate).seconds });
    return path[path.length - 1];
  };
  const truth = end(FINE);
  const errors = RATES.map((rate) => apart(end(rate), truth));
  const order = Math.log2(errors[0] / errors[errors.length - 1]) / (RATES.length - 1);
  return { errors, order };
}

/** Bent and twisted everywhere, turning. */
const bent = (): Motion =>
  posed(
    (body): Quat => about([Math.sin(body), Math.cos(body), 0], 0.4),
    (body) => [0.3 * Math.cos(3 * body), 0.5 * Math.sin(2 * body), body ? 0 : 1] as Vec,
    [0, 1, 0],
    [0.5, 1, 0],
  );

test('a free swing converges with the second order', () => {
  const start = bent();
  const rates = probe.probeForward(flat(start), new Float64Array(LOAD), false);
  const vec = (at: number): Vec => [rates[at], rates[at + 1], rates[at + 2]];
  const { errors, order } = orders((rate) => ({
    bodies: humanoid,
    joint: () => ({ armature: ARMATURE, stiffness: 0, damping: 0 }),
    // The integrator's velocities are half a step earlier than the positions.
    start: {
      ...start,
      velocity: sub(start.velocity, scale(vec(0), 0.5 / rate)),
      spin: start.spin.map((w, b) => sub(w, scale(vec(3 + b * 3), 0.5 / rate))),
    },
    rate,
    seconds: 1,
  }));
  console.log(
    `free swing, ${RATES} Hz: ${errors.map((e) => `${(1000 * e).toFixed(4)} mm`)}; order ${order.toFixed(2)}`,
  );
  assert.ok(order > 1.8, `order ${order}`);
  assert.ok(errors[0] < 0.002, `${errors[0]} m at 240 Hz`);
});

test('a body on springs and dampers converges with the first order or better', () => {
  const { errors, order } = orders((rate) => ({
    bodies: humanoid,
    joint: (body) => ({ armature: ARMATURE, stiffness: stiffness(body), damping: damping(body) / 4 }),
    start: bent(),
    rate,
    seconds: 0.25,
  }));
  console.log(
    `on springs, ${RATES} Hz: ${errors.map((e) => `${(1000 * e).toFixed(4)} mm`)}; order ${order.toFixed(2)}`,
  );
  assert.ok(order > 0.95, `order ${order}`);
});

// ---- real motion ----

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

if (!haveMocap) console.log(`note: ${MOCAP} is missing; the physics rate is not tested on real motion here`);
else {
  const manifest = readFileSync(`${MOCAP}/manifest.csv`, 'utf8').split('\n');
  const action = new Map(manifest.map((line) => line.split(',')).map(([id, , kind]) => [id, kind]));
  const clips = (kind: string) =>
    (['train', 'val', 'test'] as const).flatMap(mocapIds).filter((id) => action.get(id) === kind);

  /** Mean and largest distance of every clip's root path from that at 1,920 Hz, mm. */
  async function paths(ids: string[], rates: number[]) {
    const inputs = ids.map((id) => ({ joints: mocapClip(id) }));
    const fine = await correctBatch(inputs, { rate: 1920 });
    return Promise.all(
      rates.map(async (rate) => {
        const { motions } = await correctBatch(inputs, { rate });
        return motions.map(({ joints }, i) => {
          const truth = fine.motions[i].joints;
          const far: number[] = [];
          for (let t = 0; t < truth.length; t += 66)
            far.push(1000 * Math.hypot(...[0, 1, 2].map((k) => joints[t + k] - truth[t + k])));
          return { mean: far.reduce((sum, x) => sum + x, 0) / far.length, most: Math.max(...far) };
        });
      }),
    );
  }

  for (const kind of ['walk', 'jump'])
    test(`real motion, ${kind}: the root path at 240 Hz is near that of 1,920 Hz`, async () => {
      const ids = clips(kind);
      assert.ok(ids.length >= 5, `${ids.length} clips`);
      const [coarse, middle, fine] = await paths(ids, [240, 480, 960]);
      const within = (set: { most: number }[]) => set.filter(({ most }) => most <= 5).length;
      console.log(
        `note: ${kind}, ${ids.length} clips against 1,920 Hz: mean distance of the root at 240 Hz ` +
          `${median(coarse.map(({ mean }) => mean)).toFixed(1)} mm (median clip), largest ${median(coarse.map(({ most }) => most)).toFixed(1)} mm; ` +
          `never over 5 mm in ${within(coarse)} clips, at 960 Hz in ${within(fine)}`,
      );
      // What is left at 240 Hz is the physics' own: simulated at 1,920 Hz and controlled at 240 the median walk is within 4 mm
      // and the jump within 2; contact forces planned to convergence change neither. A ground a ninth as stiff would give 4 and
      // 7 mm, but feet that skate more. A jump takes off 0.1 m/s slower, the same at 220 and at 260 Hz.
      const most = (set: { most: number }[]) => median(set.map(({ most }) => most));
      assert.ok(median(coarse.map(({ mean }) => mean)) <= 2.5, 'the median clip is within 2.5 mm on average');
      assert.ok(most(coarse) <= 11, 'and never over 11 mm at 240 Hz');
      assert.ok(most(middle) <= 5, 'nor over 5 mm at 480');
      assert.ok(within(fine) >= 0.85 * ids.length, 'six of seven clips are never over 5 mm at 960 Hz');
      assert.ok(most(fine) < 0.5 * most(coarse), 'a finer step is nearer');
    });
}

test.run();

// correctBatch() on Rapier: an engine of its own that must agree with the addon on what is a motion, what is not, and where
// the body ends.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { correctOnRapier } from '../../src/correct/rapier/engine.js';
import { REPORT_COLUMNS } from '../../src/correct/report.js';
import {
  type CorrectOptions,
  CorrectorError,
  correctBatch,
  type ProceduralMotion,
  proceduralMotions,
} from '../../src/index.js';
import { waving } from '../support/motions.js';

const onRapier = (inputs: { joints: Float32Array }[], options: CorrectOptions = {}) =>
  correctBatch(inputs, { ...options, device: 'rapier' });
const onAddon = (inputs: { joints: Float32Array }[], options: CorrectOptions = {}) =>
  correctBatch(inputs, { ...options, device: 'cpu' });

/** Mean distance of the joints relative to the pelvis, mm. */
function apart(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) {
    const root = i - (i % 66);
    sum += Math.hypot(...[0, 1, 2].map((c) => a[i + c] - a[root + c] - b[i + c] + b[root + c]));
  }
  return (1000 * sum) / (a.length / 3);
}
const shifted = (joints: Float32Array, by: number) =>
  joints.map((value, i) => (i % 3 === 1 ? value + by : value));

const clips = proceduralMotions({ count: 11, seconds: [2.5, 3] });
const named = (action: string) => clips.find((clip) => clip.action === action) as ProceduralMotion;
const [walk, squat, idle] = ['walk', 'squat', 'idle'].map(named);

test('clean walks, squats and stands end where the addon has them end', async () => {
  const inputs = [walk, squat, idle];
  const rapier = await onRapier(inputs);
  const addon = await onAddon(inputs);
  inputs.forEach(({ action }, i) => {
    const [theirs, ours] = [rapier.reports[i], addon.reports[i]];
    assert.is(theirs.status, 'ok', `${action}: ${theirs.reason}`);
    assert.is(ours.status, 'ok');
    // Without forces fed forward the legs give way under the weight and the limbs lag: 6 to 10 mm here, 13 mm in the mean of 32
    // clips of 16 actions. A body that lost its balance, but not the reference, was 40 mm off or more.
    const distance = apart(rapier.motions[i].joints, addon.motions[i].joints);
    console.log(
      `${action}: ${distance.toFixed(1)} mm apart, ${theirs.errorRoot.toFixed(1)} mm from the input`,
    );
    assert.ok(distance < 25, `${action}: ${distance} mm apart`);
    for (const { after } of [theirs, ours]) {
      assert.ok(after.penetrate < 0.1, `${action}: ${after.penetrate} mm deep`);
      assert.ok(after.skate < 2, `${action}: skate ${after.skate}`);
    }
    // Both measure the same input; its body differs by the axes of its hinges.
    for (const name of ['penetrate', 'float', 'skate', 'jerk', 'rootSpeed'] as const)
      assert.ok(Math.abs(theirs.before[name] - ours.before[name]) <= 1e-5 * ours.before[name], name);
    assert.ok(Math.abs((theirs.body?.before.penetrate ?? 0) - (ours.body?.before.penetrate ?? 99)) < 1);
    assert.ok(theirs.residualForce.max <= 0.5 + 1e-6 && theirs.residualTorque.max <= 300 + 1e-3);
    assert.ok(theirs.residualForce.mean > 0 && theirs.support < theirs.residualForce.mean);
  });
});

test('a sunk and a floating motion are put on the floor by both', async () => {
  const inputs = [0, -0.12, 0.12].map((by) => ({ joints: shifted(walk.joints, by) }));
  const rapier = await onRapier(inputs);
  const addon = await onAddon(inputs);
  for (const { motions, reports } of [rapier, addon]) {
    assert.ok(reports[1].before.penetrate > 100 && reports[2].before.float > 100);
    for (const { after, status } of reports) {
      assert.is(status, 'ok');
      assert.ok(after.penetrate < 0.1 && after.float < 10, `${after.penetrate} deep, ${after.float} high`);
    }
    const height = ({ joints }: { joints: Float32Array }) =>
      joints.reduce((sum, value, i) => sum + (i % 66 === 1 ? value : 0), 0) / (joints.length / 66);
    // The path of the feet over the ground is chaotic from the last bit on; the height is not.
    for (const motion of motions.slice(1))
      assert.ok(Math.abs(height(motion) - height(motions[0])) < 0.005, `${height(motion)} m high`);
  }
});

test('what is no motion has the status and the reason of the addon, and comes back as it came', async () => {
  const nan = waving(40).map((value, i) => (i === 777 ? Number.NaN : value));
  const inputs = [
    new Float32Array(0),
    new Float32Array(100),
    nan,
    waving(40).map((value, i) => (i === 5 ? Number.POSITIVE_INFINITY : value)),
    waving(40).map((value) => value * 1e30),
    new Float32Array(40 * 66),
    waving(2),
    waving(40).map((value, i) => value + Math.floor(i / 66) * 500),
    waving(12),
    waving(12).map((value) => value * 3),
  ].map((joints) => ({ joints }));
  const rapier = await onRapier(inputs);
  const addon = await onAddon(inputs);
  const fate = ({ reports }: typeof rapier) =>
    reports.map(({ status, reason, rung }) => ({ status, reason, rung }));
  assert.equal(fate(rapier).slice(0, -1), fate(addon).slice(0, -1));
  assert.is(rapier.reports[8].status, 'ok');
  for (let i = 0; i < 8; i++) {
    const [given, back] = [inputs[i].joints, rapier.motions[i].joints];
    assert.is(rapier.reports[i].status, 'rejected');
    assert.equal(new Uint8Array(back.slice().buffer), new Uint8Array(given.slice().buffer), `motion ${i}`);
  }
  assert.ok(rapier.motions[9].joints.every(Number.isFinite));
  assert.ok(Object.values(rapier.summary.joints.after).every(Number.isFinite));
});

test('a motion that no ground explains climbs the ladder, and fails where a generator is to learn from it', async () => {
  // Upwards with 8 m/s^2: 1.8 body weights.
  const rising = [
    {
      joints: waving(30).map((value, i) =>
        i % 3 === 1 ? value + 4 * (Math.floor(i / 66) / 20) ** 2 : value,
      ),
    },
  ];
  for (const [preset, status, rung] of [
    ['clip', 'assisted', 2],
    ['loop', 'failed', 1],
  ] as const) {
    const options = { preset, assist: { force: 0.2, torque: 100 } };
    for (const { reports, motions } of [await onRapier(rising, options), await onAddon(rising, options)]) {
      assert.equal([reports[0].status, reports[0].rung], [status, rung]);
      assert.ok(motions[0].joints.every(Number.isFinite));
      if (status === 'failed') assert.match(reports[0].reason ?? '', /fell or left the reference/);
    }
  }
});

test('the same bytes for any threads, order and company', async () => {
  const inputs = [walk, { joints: waving(30) }, squat];
  const one = await onRapier(inputs, { threads: 1 });
  const two = await onRapier(inputs.toReversed(), { threads: 2 });
  const alone = await onRapier([squat]);
  inputs.forEach((_, i) => {
    assert.equal(one.motions[i], two.motions[2 - i], `motion ${i}`);
    assert.equal(one.reports[i], two.reports[2 - i], `report ${i}`);
  });
  assert.equal(alone.motions[0], one.motions[2]);
});

test('motions that lie apart in memory are read and written where they are', async () => {
  const motions = [waving(10), waving(14, 1)];
  const arrays = (joints: Float32Array | Float32Array[], out: Float32Array | Float32Array[]) => ({
    joints,
    starts: Float64Array.of(0, 10, 24),
    lengths: Int32Array.of(10, 14),
    keep: null,
    out,
    contacts: new Uint8Array(24 * 4),
    bodies: null,
    table: new Float64Array(2 * REPORT_COLUMNS.length),
  });
  const options = { fps: 20, preset: 0, rate: 240, force: 0.5, torque: 300, threads: 1 } as const;
  const apart = arrays(
    motions,
    motions.map(({ length }) => new Float32Array(length)),
  );
  const whole = arrays(Float32Array.from([...motions[0], ...motions[1]]), new Float32Array(24 * 66));
  for (const each of [apart, whole]) await correctOnRapier(each, options).promise;
  assert.equal(
    (apart.out as Float32Array[]).flatMap((joints) => [...joints]),
    [...(whole.out as Float32Array)],
  );
  assert.equal(apart.table, whole.table);
  assert.equal(apart.contacts, whole.contacts);
});

test('gamma keeps the motions that it keeps on the addon, as they came', async () => {
  const inputs = Array.from({ length: 12 }, (_, i) => ({ joints: waving(8, i) }));
  const rapier = await onRapier(inputs, { gamma: 1, seed: 5 });
  const addon = await onAddon(inputs, { gamma: 1, seed: 5 });
  const kept = rapier.reports.map((report) => report.kept);
  assert.equal(
    kept,
    addon.reports.map((report) => report.kept),
  );
  assert.ok(kept.includes('gamma') && kept.includes(undefined));
  kept.forEach((one, i) => {
    if (one) assert.equal(rapier.motions[i].joints, inputs[i].joints);
    if (one) assert.equal(rapier.motions[i].contacts, addon.motions[i].contacts, `contacts of ${i}`);
  });
});

test('rotations and features come back, too', async () => {
  for (const output of ['rotations', 'features'] as const) {
    const [motion] = (await onRapier([{ joints: waving(20) }], { output })).motions;
    assert.ok((motion[output] as Float32Array).every(Number.isFinite));
    assert.is(motion[output]?.length, 20 * (output === 'rotations' ? 88 : 263));
  }
});

test('progress grows, the event loop stays free, and an abort ends a long motion in its middle', async () => {
  const seen: number[] = [];
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const inputs = Array.from({ length: 4 }, (_, i) => ({ joints: waving(20, i) }));
  await onRapier(inputs, { threads: 1, onProgress: ({ done }) => seen.push(done) });
  clearInterval(timer);
  assert.is(seen.at(-1), 4);
  assert.ok(seen.every((done, i) => i === 0 || done >= seen[i - 1]));
  assert.ok(ticks > 50, `${ticks} timers fired`);

  const long = [{ joints: waving(4000) }]; // 200 s of motion: 20 s of work
  const reason = new Error('enough');
  for (const delay of [0, 30, 400]) {
    const controller = new AbortController();
    let aborted = 0;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort(reason);
    }, delay);
    try {
      await onRapier(long, { signal: controller.signal });
      assert.unreachable('it did not reject');
    } catch (error) {
      assert.is(error, reason);
    }
    const late = performance.now() - aborted;
    console.log(`settled ${late.toFixed(0)} ms after the abort`);
    assert.ok(late < 250, `settled ${late} ms after the abort`);
  }
  assert.is((await onRapier([{ joints: waving(12) }])).reports[0].status, 'ok');
});

test('what Rapier cannot do is said', async () => {
  for (const [options, code, message] of [
    [{ device: 'rapier', sampling: true }, 'ERR_RANGE', /no sampling on device 'rapier' but received 32/],
    [
      { device: 'gpu' },
      'ERR_RANGE',
      /^Expected 'auto', 'cpu', 'cuda' or 'rapier' for device but received "gpu"$/,
    ],
  ] as [CorrectOptions, string, RegExp][])
    try {
      await correctBatch([{ joints: waving(10) }], options);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, CorrectorError);
      assert.is((error as CorrectorError).code, code);
      assert.match((error as Error).message, message);
    }
});

test.run();

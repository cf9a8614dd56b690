import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { native } from '../../src/correct/native.js';
import { REPORT_COLUMNS } from '../../src/correct/report.js';
import { type CorrectionReport, correctBatch, proceduralMotions } from '../../src/index.js';
import { measure } from '../../src/motion/measure.js';
import { haveMocap, mocapClip, mocapIds, waving } from '../support/motions.js';

/** A standing figure moved by (x, y, z) metres, a function of the frame. */
const moved = (frames: number, by: (t: number) => readonly [number, number, number]): Float32Array =>
  waving(frames).map((value, i) => value + by(Math.floor(i / 66))[i % 3]);

const near = (actual: number, wanted: number, tolerance: number, what: string): void =>
  assert.ok(
    Math.abs(actual - wanted) <= tolerance,
    `${what}: ${actual} instead of ${wanted} +- ${tolerance}`,
  );

/** Every number in a report, with its path. */
const numbersOf = (value: unknown, path = ''): [string, number][] =>
  typeof value === 'number'
    ? [[path, value]]
    : value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, `${path}.${key}`))
      : [];

test('the addon and the package name the columns of the report table alike', () => {
  assert.equal(native().reportColumns, [...REPORT_COLUMNS]);
});

test('before and after are what an independent measure of the joints says', async () => {
  const inputs = [waving(50), moved(50, (t) => [0.02 * t, -0.03, 0])];
  if (haveMocap) inputs.push(...mocapIds('test').slice(0, 20).map(mocapClip));
  for (const preset of ['clip', 'loop'] as const) {
    const { motions, reports } = await correctBatch(
      inputs.map((joints) => ({ joints })),
      { preset },
    );
    reports.forEach((report, i) => {
      for (const [name, joints] of [
        ['before', inputs[i]],
        ['after', motions[i].joints],
      ] as const) {
        const wanted = measure(joints);
        for (const key of ['penetrate', 'float', 'skate', 'physErr', 'jerk', 'rootSpeed'] as const)
          near(report[name][key], wanted[key], 1e-6 * (1 + wanted[key]), `${preset} ${i} ${name}.${key}`);
      }
      if (report.before.rootSpeed > 0)
        near(
          report.ratio.rootSpeed ?? Number.NaN,
          report.after.rootSpeed / report.before.rootSpeed,
          0,
          'ratio',
        );
      else assert.is(report.ratio.rootSpeed, undefined);
      for (const [path, value] of numbersOf(report)) assert.ok(Number.isFinite(value), `${i} ${path}`);
    });
  }
});

test('the body is measured where its soles are: sunk, floating and sliding by known amounts', async () => {
  const cases = {
    standing: moved(40, () => [0, 0, 0]),
    sunk: moved(40, () => [0, -0.05, 0]),
    lifted: moved(40, () => [0, 0.06, 0]),
    sliding: moved(40, (t) => [0.01 * t, 0, 0]),
  };
  const { reports } = await correctBatch(Object.values(cases).map((joints) => ({ joints })));
  const [standing, sunk, lifted, sliding] = reports.map(({ body }) => body as NonNullable<typeof body>);
  for (const { after } of [standing, sunk, lifted]) {
    near(after.penetrate, 0, 0, 'penetrate after');
    near(after.float, 0, 0, 'float after');
    near(after.skate, 0, 0.05, 'skate after');
  }
  // The ground lies between 13 and 25 mm, a sole's thickness, under the joints of a standing foot at y = 0.
  near(standing.before.penetrate, 0, 0, 'standing penetrates');
  near(standing.before.float, 0, 0, 'standing floats');
  near(standing.before.skate, 0, 1e-3, 'standing slides');
  near(sunk.before.penetrate, 50, 6, 'sunk penetrates');
  near(lifted.before.float, 60, 12, 'lifted floats');
  near(sliding.before.skate, 10, 0.1, 'sliding slides');
  assert.ok(sliding.after.skate < 1, `${sliding.after.skate}`);
});

test('a heel under the ground is seen by the body, not by the joints', async () => {
  // 6 cm lower with the toe joints as high as the ankles: the soles point up and the heels are in the ground.
  const joints = moved(40, () => [0, -0.06, 0]);
  for (let t = 0; t < 40; t++) for (const foot of [10, 11]) joints[66 * t + 3 * foot + 1] = 0.01;
  const [report] = (await correctBatch([{ joints }], { gamma: 0 })).reports;
  assert.is(report.before.penetrate, 0);
  assert.ok((report.body?.before.penetrate ?? 0) > 30, JSON.stringify(report.body));
});

test('contact labels: both soles of a figure that stands, none of one that is kept in the air', async () => {
  const jump = moved(60, (t) => [0, Math.max(0, (t - 20) * (32 - t)) * (9.81 / 800), 0]);
  const { motions } = await correctBatch([{ joints: waving(60) }]);
  assert.ok(motions[0].contacts.every((label) => label === 1));
  const { contacts } = (await correctBatch([{ joints: jump }], { gamma: 0 })).motions[0];
  for (let t = 0; t < 60; t++)
    for (let i = 0; i < 4; i++) assert.is(contacts[4 * t + i], t > 20 && t < 32 ? 0 : 1, `frame ${t}`);
});

test('a simulated sole carries load where it is low, and none where it is in the air', async () => {
  const inputs = proceduralMotions({ count: 40, seed: 5 });
  const { motions, reports } = await correctBatch(inputs, { preset: 'loop' });
  let carried = 0;
  let raised = 0;
  motions.forEach(({ joints, contacts }, i) => {
    if (reports[i].status !== 'ok') return;
    [7, 10, 8, 11].forEach((joint, part) => {
      for (let t = 1; t < contacts.length / 4; t++) {
        const height = (frame: number) => joints[66 * frame + 3 * joint + 1];
        const high = joint < 10 ? 0.2 : 0.1;
        // Load since the frame before: the sole may have left the ground in between.
        if (height(t) > high && height(t - 1) > high) {
          raised++;
          assert.is(contacts[4 * t + part], 0, `motion ${i} frame ${t} joint ${joint}`);
        } else carried += contacts[4 * t + part];
      }
    });
  });
  assert.ok(carried > 1000 && raised > 100, `${carried} loaded, ${raised} raised`);
});

test('contact labels name the sides and the parts in HumanML3D order', async () => {
  // Standing on the left leg, the right foot lifted by 20 cm.
  const joints = waving(60);
  for (let t = 0; t < 60; t++)
    for (const joint of [5, 8, 11]) joints[66 * t + 3 * joint + 1] += joint === 5 ? 0.02 : 0.2;
  const { motions } = await correctBatch([{ joints }], { gamma: 0 });
  const { contacts } = motions[0];
  for (let t = 0; t < 60; t++) assert.equal([...contacts.slice(4 * t, 4 * t + 4)], [1, 1, 0, 0]);
});

test('torques: a body that is thrown about reaches its limits, one that stands does not', async () => {
  const wild = waving(60);
  for (let t = 0; t < 60; t++)
    for (const joint of [18, 20, 4, 7, 10]) wild[66 * t + 3 * joint + 2] += 0.25 * Math.sin(2.2 * t);
  const { reports } = await correctBatch([{ joints: waving(60) }, { joints: wild }], { preset: 'loop' });
  const [standing, thrown] = reports;
  assert.is(standing.torque.saturation, 0);
  assert.ok(standing.torque.effort > 0.01 && standing.torque.effort < 0.5, `${standing.torque.effort}`);
  assert.ok(thrown.torque.effort >= 1 && thrown.torque.effort < 10, `${thrown.torque.effort}`);
  assert.ok(
    thrown.torque.saturation > 0.001 && thrown.torque.saturation < 0.6,
    `${thrown.torque.saturation}`,
  );
  for (const { residualTorque } of reports) {
    assert.ok(residualTorque.max >= residualTorque.mean);
    assert.ok(residualTorque.mean > 0);
  }
  assert.ok(standing.residualTorque.max <= 300 * (1 + 1e-6));
});

test('a motion kept by gamma is measured, and its after is its before', async () => {
  const [report] = (await correctBatch([{ joints: moved(40, () => [0, -0.05, 0]) }], { gamma: 0 })).reports;
  assert.equal(report.after, report.before);
  assert.equal(report.body?.after, report.body?.before);
  near(report.body?.before.penetrate ?? 0, 50, 6, 'penetrate');
});

test('a rejected motion has finite numbers and no measure of a body', async () => {
  const { motions, reports } = await correctBatch([
    { joints: new Float32Array(66 * 10).fill(Number.NaN) },
    { joints: new Float32Array(66 * 10) },
  ]);
  reports.forEach((report: CorrectionReport, i) => {
    assert.is(report.status, 'rejected');
    assert.is(report.body, undefined);
    for (const [path, value] of numbersOf(report)) assert.ok(Number.isFinite(value), path);
    assert.equal(motions[i].contacts, new Uint8Array(40));
  });
});

test.run();

// Cleaned without a simulation: the control that shows what simulating adds.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CorrectorError, correctBatch, proceduralMotions } from '../../src/index.js';

const SUNK = 0.04;
/** Motions that sink 4 cm into the ground: no foot of theirs is right. */
const sunk = proceduralMotions({ count: 8, seed: 3 }).map(({ joints }) => ({
  joints: joints.map((value, i) => (i % 3 === 1 ? value - SUNK : value)),
}));
const options = { preset: 'loop', rate: 120 } as const;

test('a motion is cleaned and not simulated: ok, no rung, no help, the same on any number of threads', async () => {
  const cleaned = await correctBatch(sunk, { ...options, simulate: false, threads: 1 });
  const simulated = await correctBatch(sunk, { ...options, threads: 1 });
  const again = await correctBatch(sunk, { ...options, simulate: false, threads: 3 });
  cleaned.reports.forEach((report, i) => {
    assert.is(report.status, 'ok');
    assert.is(report.reason, undefined);
    assert.is(report.rung, -1);
    assert.equal([report.residualForce.max, report.residualTorque.max, report.support], [0, 0, 0]);
    assert.ok(report.before.penetrate > 5, `before: ${report.before.penetrate} mm`);
    assert.ok(report.after.penetrate < 1, `after: ${report.after.penetrate} mm`);
    assert.is.not(simulated.reports[i].rung, -1);
    assert.not.equal(cleaned.motions[i].joints, simulated.motions[i].joints);
    assert.equal(cleaned.motions[i].joints, again.motions[i].joints);
  });
});

test('it is the motion that comes back where no rung can track: the same cleaning', async () => {
  // Nobody follows a body that jumps half a metre every other frame.
  const wild = sunk.map(({ joints }) => ({
    joints: joints.map((value, i) => value + (i % 3 === 0 && Math.floor(i / 66) % 8 < 4 ? 0.5 : 0)),
  }));
  const tracked = await correctBatch(wild, options);
  const cleaned = await correctBatch(wild, { ...options, simulate: false });
  const failed = tracked.reports.flatMap(({ status }, i) => (status === 'failed' ? [i] : []));
  assert.ok(failed.length > 0, 'one that no rung can track');
  for (const i of failed) assert.equal(cleaned.motions[i].joints, tracked.motions[i].joints);
});

test('Rapier, which has no cleaning of its own to show, refuses', async () => {
  try {
    await correctBatch(sunk, { simulate: false, device: 'rapier' });
  } catch (error) {
    assert.instance(error, CorrectorError);
    assert.is((error as CorrectorError).code, 'ERR_RANGE');
    assert.match(
      (error as Error).message,
      /^Expected true for simulate on device 'rapier' but received false$/,
    );
    return;
  }
  assert.unreachable('it did not refuse');
});

test.run();

// Tracking by sampling: what one simulation loses without outside help, many that watch their balance do not.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CorrectOptions,
  CorrectorError,
  correctBatch,
  proceduralMotions,
  type SamplingOptions,
} from '../../src/index.js';
import { haveMocap, MOCAP, mocapClip, mocapIds } from '../support/motions.js';

const ALONE = { force: 0, torque: 0 };
const motions = proceduralMotions({ count: 20, seed: 11 }).map(({ joints }) => ({ joints }));
/** Tracked without outside help. */
const alone = async (inputs: { joints: Float32Array }[], options: CorrectOptions) => {
  const result = await correctBatch(inputs, { assist: ALONE, preset: 'clip', ...options });
  return { ...result, ok: result.reports.filter(({ status }) => status === 'ok').length };
};

test('built-in motions without outside help: samples keep more of them up, and need none indeed', async () => {
  const one = await alone(motions, {});
  const many = await alone(motions, { sampling: { samples: 64 } });
  console.log(
    `tracked without outside help: one simulation ${one.ok}, 64 samples ${many.ok} of ${motions.length}`,
  );
  assert.ok(many.ok >= one.ok + 3, `${one.ok} with one simulation, ${many.ok} with 64`);
  many.reports.forEach((report, i) => {
    if (report.status !== 'ok') return;
    assert.equal(report.residualForce, { mean: 0, max: 0 });
    assert.equal(report.residualTorque, { mean: 0, max: 0 });
    assert.is(report.support, 0);
    assert.ok(report.after.penetrate < 1, `penetrate ${report.after.penetrate}`);
    // What one simulation tracks is not sampled: the same bytes.
    if (one.reports[i].status === 'ok') assert.equal(many.motions[i], one.motions[i]);
    assert.is(report.sampled, one.reports[i].status !== 'ok');
  });
});

test('the result depends on the seed, not on threads, order or neighbours', async () => {
  const sampling = { samples: 20, keep: 5 };
  const some = motions.slice(0, 6);
  const { motions: first, reports } = await alone(some, { sampling, threads: 1, seed: 1 });
  assert.ok(reports.some(({ sampled }) => sampled));
  const { motions: again } = await alone([...some].reverse(), { sampling, threads: 3, seed: 1 });
  assert.equal(again.reverse(), first);
  const { motions: other } = await alone(some, { sampling, threads: 1, seed: 2 });
  reports.forEach(({ sampled, status }, i) => {
    if (status !== 'ok') return;
    const same = first[i].joints.every((value, k) => value === other[i].joints[k]);
    assert.is(same, !sampled);
  });
});

test('an abort in the middle of sampling settles at once, and the next call works', async () => {
  const long = proceduralMotions({ count: 2, seed: 5, seconds: [6, 6] }).map(({ joints }) => {
    const repeated = new Float32Array(joints.length * 4);
    for (let k = 0; k < 4; k++) repeated.set(joints, k * joints.length);
    return { joints: repeated };
  });
  const abort = new AbortController();
  const start = performance.now();
  const whole = alone(long, { sampling: { samples: 2048 }, signal: abort.signal });
  setTimeout(() => abort.abort(new Error('enough')), 200);
  await whole.then(
    () => assert.unreachable('2,048 samples of long motions should take longer than 200 ms'),
    (error: Error) => assert.is(error.message, 'enough'),
  );
  assert.ok(performance.now() - start < 5000);
  assert.is((await correctBatch(motions.slice(0, 2))).reports.length, 2);
});

test('bad options name the option, what was expected and what came', async () => {
  const cases: [SamplingOptions | unknown, RegExp][] = [
    [7, /sampling/],
    [null, /sampling/],
    [{ sample: 3 }, /an option name of sampling.*sample/],
    [{ samples: 1 }, /sampling\.samples/],
    [{ samples: 12.5 }, /sampling\.samples/],
    [{ samples: 8, keep: 9 }, /sampling\.keep/],
    [{ keep: 0 }, /sampling\.keep/],
    [{ window: 0 }, /sampling\.window/],
    [{ lookahead: -1 }, /sampling\.lookahead/],
    [{ lookahead: Number.NaN }, /sampling\.lookahead/],
  ];
  for (const [sampling, message] of cases)
    await correctBatch([], { sampling: sampling as SamplingOptions }).then(
      () => assert.unreachable(`${JSON.stringify(sampling)} was accepted`),
      (error: Error) => {
        assert.instance(error, CorrectorError);
        assert.match(error.message, message);
      },
    );
});

if (!haveMocap) console.log(`note: ${MOCAP} is missing; real motion without outside help is not tested here`);
else
  test('real test clips without outside help: at least 95 % with 64 samples', async () => {
    const inputs = mocapIds('test').map((id) => ({ joints: mocapClip(id) }));
    const one = await alone(inputs, {});
    const many = await alone(inputs, { sampling: { samples: 64 } });
    console.log(
      `real test clips without outside help: one simulation ${one.ok}, 64 samples ${many.ok} of ${inputs.length}`,
    );
    assert.ok(many.ok >= 0.95 * inputs.length, `${many.ok} of ${inputs.length}`);
  });

test.run();

import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { correctBatch, Random } from '../../src/index.js';
import { haveMocap, mocapClip, mocapIds, waving } from '../support/motions.js';

/** Motions of different lengths and difficulty; with real clips where they are at hand. */
const mixed = (): { joints: Float32Array }[] => {
  const motions = Array.from({ length: 24 }, (_, i) => ({ joints: waving(30 + 7 * (i % 5), i) }));
  if (haveMocap) for (const id of mocapIds('test')) motions.push({ joints: mocapClip(id) });
  return motions;
};

test('a valid motion comes back as ok, of the same shape, finite, and its input untouched', async () => {
  const joints = waving(80);
  const copy = joints.slice();
  const { motions, reports } = await correctBatch([{ joints }]);
  assert.is(motions[0].joints.length, joints.length);
  assert.ok(motions[0].joints.every(Number.isFinite));
  assert.equal(joints, copy);
  const [report] = reports;
  assert.is(report.status, 'ok');
  assert.is(report.reason, undefined);
  assert.is(report.after.penetrate, 0);
  assert.ok(report.after.skate < 1, `skate ${report.after.skate}`);
  assert.ok(report.errorRoot < 30, `root-relative change ${report.errorRoot} mm`);
  assert.ok(report.residualForce.mean < 0.1, `residual ${report.residualForce.mean} body weights`);
  assert.ok(report.residualForce.max <= 0.5 + 1e-6);
});

test('one bad motion never fails a batch: each has its own status and comes back as it came', async () => {
  const bad = {
    empty: new Float32Array(0),
    ragged: new Float32Array(100),
    nan: waving(40).map((value, i) => (i === 777 ? Number.NaN : value)),
    infinite: waving(40).map((value, i) => (i === 5 ? Number.POSITIVE_INFINITY : value)),
    huge: waving(40).map((value) => value * 1e30),
    point: new Float32Array(40 * 66),
    short: waving(2),
    fast: waving(40).map((value, i) => value + Math.floor(i / 66) * 500),
  };
  const names = Object.keys(bad) as (keyof typeof bad)[];
  const inputs = [
    { joints: waving(40) },
    ...names.map((name) => ({ joints: bad[name] })),
    { joints: waving(50) },
  ];
  const { motions, reports } = await correctBatch(inputs);
  assert.equal([reports[0].status, reports.at(-1)?.status], ['ok', 'ok']);
  names.forEach((name, i) => {
    assert.is(reports[i + 1].status, 'rejected', name);
    assert.type(reports[i + 1].reason, 'string', name);
    assert.equal(
      new Uint8Array(motions[i + 1].joints.buffer),
      new Uint8Array(bad[name].slice().buffer),
      name,
    );
  });
  assert.match(reports[1].reason ?? '', /no frames/);
  assert.match(reports[2].reason ?? '', /frames of 22 x 3/);
  assert.match(reports[3].reason ?? '', /not finite/);
});

test('a bone that is off in a third of the frames is repaired, not a reason to reject', async () => {
  const joints = waving(60);
  for (let t = 0; t < 60; t += 3) joints[t * 66 + 20 * 3] += 0.3; // the left wrist, 30 cm to the side
  const [report] = (await correctBatch([{ joints }])).reports;
  assert.is(report.status, 'ok', report.reason);
});

test('an empty batch is an empty result', async () => {
  const { motions, reports, summary } = await correctBatch([]);
  assert.equal([motions, reports], [[], []]);
  assert.is(summary.count, 0);
});

test('a result depends neither on threads, nor on the neighbours, nor on the order', async () => {
  const inputs = mixed();
  const whole = await correctBatch(inputs, { threads: 1 });
  const parallel = await correctBatch(inputs, { threads: 5 });
  const order = [...new Random(1).permutation(inputs.length)];
  const shuffled = await correctBatch(order.map((i) => inputs[i]));
  const alone = await Promise.all([0, 13, inputs.length - 1].map((i) => correctBatch([inputs[i]])));
  inputs.forEach((_, i) => {
    assert.equal(parallel.motions[i], whole.motions[i], `threads, motion ${i}`);
    assert.equal(parallel.reports[i], whole.reports[i]);
  });
  order.forEach((i, at) => assert.equal(shuffled.motions[at], whole.motions[i], `order, motion ${i}`));
  [0, 13, inputs.length - 1].forEach((i, at) =>
    assert.equal(alone[at].motions[0], whole.motions[i], `alone, motion ${i}`),
  );
});

test('gamma corrects each motion with probability gamma / (1 + gamma), by seed and index', async () => {
  const inputs = Array.from({ length: 400 }, (_, i) => ({ joints: waving(8, i) }));
  const { motions, reports } = await correctBatch(inputs, { gamma: 3, seed: 11 });
  const kept = reports.map((report, i) => {
    const same = motions[i].joints.every((value, k) => value === inputs[i].joints[k]);
    assert.is(same, report.reason === 'kept as it is (gamma)');
    return same;
  });
  // 400 draws of probability 1/4: mean 100, standard deviation 8.7
  const count = kept.filter(Boolean).length;
  assert.ok(count > 65 && count < 135, `${count} kept`);
  const again = await correctBatch(inputs.slice(0, 50), { gamma: 3, seed: 11 });
  assert.equal(again.motions, motions.slice(0, 50));
  const none = await correctBatch(inputs.slice(0, 5), { gamma: 0 });
  assert.equal(
    none.motions.map(({ joints }) => joints),
    inputs.slice(0, 5).map(({ joints }) => joints),
  );
});

test('progress grows to the end, and the event loop stays free meanwhile', async () => {
  const inputs = Array.from({ length: 600 }, (_, i) => ({ joints: waving(100, i) }));
  const seen: number[] = [];
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await correctBatch(inputs, { onProgress: ({ done, total }) => seen.push(done) && assert.is(total, 600) });
  clearInterval(timer);
  assert.is(seen.at(-1), 600);
  assert.ok(seen.every((done, i) => i === 0 || done >= seen[i - 1]));
  // A call that held the event loop would let no timer fire until it is done.
  assert.ok(ticks >= 5, `${ticks} timers fired`);
});

test('abort rejects with the reason, sooner than the work would take, and leaves the corrector usable', async () => {
  const inputs = Array.from({ length: 2000 }, (_, i) => ({ joints: waving(100, i) }));
  const timed = async (work: () => Promise<unknown>) => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const whole = await timed(() => correctBatch(inputs));
  const reason = new Error('enough');
  for (const delay of [0, 5, 30]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), delay);
    const aborted = await timed(async () => {
      try {
        await correctBatch(inputs, { signal: controller.signal });
        assert.unreachable('it did not reject');
      } catch (error) {
        assert.is(error, reason);
      }
    });
    assert.ok(aborted < 0.75 * whole, `aborted after ${aborted} ms of ${whole} ms`);
  }
  try {
    await correctBatch(inputs, { signal: AbortSignal.abort(reason) });
    assert.unreachable();
  } catch (error) {
    assert.is(error, reason);
  }
  assert.is((await correctBatch([{ joints: waving(30) }])).reports[0].status, 'ok');
});

test('several workers may use it at once, and one may end in the middle of its job', async () => {
  const code = `
    import { parentPort } from 'node:worker_threads';
    import { correctBatch } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)};
    import { waving } from ${JSON.stringify(new URL('../support/motions.js', import.meta.url).href)};
    const inputs = Array.from({ length: 3000 }, (_, i) => ({ joints: waving(100, i) }));
    const job = correctBatch(inputs.slice(0, 40));
    parentPort.postMessage((await job).reports.filter((report) => report.status === 'ok').length);
    await correctBatch(inputs);
    parentPort.postMessage('not reached');
  `;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
      const first = await new Promise((resolve, reject) =>
        worker.once('message', resolve).once('error', reject),
      );
      assert.is(first, 40);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.is(await worker.terminate(), 1);
    }),
  );
  assert.is((await correctBatch([{ joints: waving(30) }])).reports[0].status, 'ok');
});

test.run();

/** An abort at any point: settles within 50 ms, writes nothing afterwards, and leaves the corrector usable. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type BatchOptions,
  correct,
  correctBatch,
  type PackedMotions,
  proceduralMotions,
} from '../../src/index.js';
import { Random } from '../../src/random/random.js';
import { waving } from '../support/motions.js';

const LIMIT = 50; // ms
const CORES = availableParallelism();
const reason = new Error('enough');
const random = new Random('abort');

const pack = (clips: Float32Array[]): PackedMotions => {
  const joints = new Float32Array(clips.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const clip of clips) {
    joints.set(clip, at);
    at += clip.length;
  }
  return { joints, lengths: Int32Array.from(clips, ({ length }) => length / 66) };
};
const packed = (count: number, frames: number): PackedMotions =>
  pack(Array.from({ length: count }, (_, i) => waving(frames, i)));
const digest = (array: Float32Array): string =>
  createHash('sha256').update(new Uint8Array(array.buffer)).digest('hex');

interface Settled {
  /** Milliseconds from abort to settling: on the clock, and of work that each thread could have done meanwhile. */
  clock: number;
  work: number;
}

/** Aborts a call after `delay` ms, or sooner where it is done by then. */
async function aborted(
  delay: number,
  call: (signal: AbortSignal) => Promise<unknown>,
  threads = CORES,
): Promise<Settled> {
  const controller = new AbortController();
  let at = 0;
  let spent: NodeJS.CpuUsage | undefined;
  const timer = setTimeout(() => {
    at = performance.now();
    spent = process.cpuUsage();
    controller.abort(reason);
    controller.abort(new Error('a second abort says nothing'));
  }, delay);
  try {
    await call(controller.signal);
  } catch (error) {
    const { user, system } = process.cpuUsage(spent);
    assert.is(error, reason);
    return { clock: performance.now() - at, work: (user + system) / 1000 / threads };
  } finally {
    clearTimeout(timer);
  }
  return aborted(delay / 2, call, threads);
}

/**
 * Every abort within the limit by the work done since, which other work on the machine hardly changes: threads that go on are
 * seen in it. By the clock, which counts waits for a processor too, a quarter of the aborts: a wait that is our own is in all.
 */
function check(name: string, settled: Settled[]): void {
  const worst = Math.max(...settled.map(({ work }) => work));
  const clock = settled.map((one) => one.clock).sort((a, b) => a - b);
  const quarter = clock[clock.length >> 2];
  console.log(
    `${name}: ${quarter.toFixed(1)} ms in a quarter, ${clock.at(-1)?.toFixed(1)} ms at worst, at most ${worst.toFixed(1)} ms of work`,
  );
  assert.ok(worst < LIMIT, `${name}: ${worst} ms of work`);
  assert.ok(quarter < LIMIT, `${name}: ${quarter} ms on the clock`);
}

/** Returns when this process is idle: calls that settled at once may have left threads behind. */
async function atRest(): Promise<void> {
  for (let spent = Number.POSITIVE_INFINITY; spent > 10_000; ) {
    const before = process.cpuUsage();
    await sleep(60);
    const { user, system } = process.cpuUsage(before);
    spent = user + system;
  }
}

for (const [name, inputs, options] of [
  ['motions of 9.8 s', packed(200, 196), {}],
  ['preset loop', packed(200, 196), { preset: 'loop' }],
  ['many short motions', packed(4000, 12), {}],
  [
    'sampling',
    pack(proceduralMotions({ count: 16, seed: 2 }).map(({ joints }) => joints)),
    { assist: { force: 0, torque: 0 }, sampling: true },
  ],
] as [string, PackedMotions, BatchOptions][])
  test(`an abort at 20 points settles in time, and nothing is written afterwards: ${name}`, async () => {
    const out = new Float32Array(inputs.joints.length);
    const started = performance.now();
    await correctBatch(inputs, { ...options, out });
    const whole = performance.now() - started;
    if (options.sampling)
      assert.ok((await correctBatch(inputs, options)).reports.some(({ sampled }) => sampled));

    const settled: Settled[] = [];
    for (let point = 0; point < 20; point++) {
      out.fill(0);
      const delay = 0.6 * whole * (point === 0 ? 0 : random.uniform());
      settled.push(await aborted(delay, (signal) => correctBatch(inputs, { ...options, out, signal })));
      const before = digest(out);
      await sleep(15);
      assert.is(digest(out), before, 'written after it settled');
    }
    check(name, settled);
    const [first] = inputs.lengths;
    const one = { joints: inputs.joints.slice(0, first * 66), lengths: inputs.lengths.slice(0, 1) };
    assert.is.not((await correctBatch(one, options)).reports[0].status, 'aborted');
  });

test('an abort settles at once where the caller has no array for the results, whatever the threads are at', async () => {
  const inputs = packed(1, 20_000);
  const settled: Settled[] = [];
  for (let point = 0; point < 8; point++) {
    settled.push(await aborted(100 * random.uniform(), (signal) => correctBatch(inputs, { signal }), 1));
    await atRest();
  }
  check('a motion of 16 minutes', settled);
});

test('an abort of a stream settles in time', async () => {
  const clip = waving(196);
  function* endless() {
    for (;;) yield { joints: clip };
  }
  const settled: Settled[] = [];
  for (let point = 0; point < 20; point++)
    settled.push(
      await aborted(400 * random.uniform(), async (signal) => {
        for await (const _ of correct(endless(), { signal }));
      }),
    );
  check('a stream', settled);
});

test('progress is silent once a call is aborted', async () => {
  const inputs = packed(1000, 196);
  for (let point = 0; point < 4; point++) {
    let calls = 0;
    let settled = false;
    await aborted(60 + 60 * point, (signal) =>
      correctBatch(inputs, {
        signal,
        onProgress: () => {
          assert.not.ok(signal.aborted || settled, 'told after the abort');
          calls++;
        },
      }),
    );
    settled = true;
    const before = calls;
    await sleep(70);
    assert.is(calls, before);
  }
});

test('an abort afterwards changes nothing, and signals may be used again and again', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const inputs = packed(40, 60);
  const first = await correctBatch(inputs, { signal });
  const [second, third] = await Promise.all([
    correctBatch(inputs, { signal }),
    correctBatch(inputs, { signal, gamma: 0 }),
  ]);
  controller.abort(reason);
  assert.equal(first.motions, second.motions);
  assert.equal(third.joints, inputs.joints);
  assert.equal(first.motions, (await correctBatch(inputs)).motions);
});

test('one of several calls at once may be aborted', async () => {
  const inputs = packed(400, 60);
  const wanted = (await correctBatch(inputs)).motions;
  const calls = [correctBatch(inputs), correctBatch(inputs, { threads: 1 })];
  await aborted(10, (signal) => correctBatch(inputs, { signal }));
  for (const call of calls) assert.equal((await call).motions, wanted);
});

test.run();
